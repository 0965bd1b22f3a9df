package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// timed is a client whose timers run in virtual time, in milliseconds.
type timed struct {
	*run
	now      int
	deadline map[fsm.Timer]int
	paused   map[fsm.Timer]int // what is left
	secret   int               // credentials given so far, so that each is new
	targets  int
}

func startTimed(t require.TestingT, cfg ClientConfig) *timed {
	c, err := NewClient("ws://h/p", cfg)
	require.NoError(t, err)
	v := &timed{run: &run{monitor: monitor{t: t}, c: c}, deadline: map[fsm.Timer]int{}, paused: map[fsm.Timer]int{}}
	v.do(c.Connect())
	return v
}

// do takes outputs and sets the timers that they speak of.
func (v *timed) do(outs []Output) {
	for _, o := range outs {
		left, isPaused := v.paused[o.Timer]
		due, runs := v.deadline[o.Timer]
		switch o.Kind {
		case ArmTimer:
			v.deadline[o.Timer] = v.now + 1000*DefaultSeconds(o.Timer)
			delete(v.paused, o.Timer)
		case StopTimer:
			delete(v.deadline, o.Timer)
			delete(v.paused, o.Timer)
		case PauseTimer:
			if runs {
				v.paused[o.Timer] = due - v.now
				delete(v.deadline, o.Timer)
			}
		case ResumeTimer:
			if isPaused {
				v.deadline[o.Timer] = v.now + left
				delete(v.paused, o.Timer)
			}
		case StopTimers:
			clear(v.deadline)
			clear(v.paused)
		}
	}
	v.take(outs)
}

// next returns the timer that runs out first.
func (v *timed) next() (first fsm.Timer, due int) {
	for timer, at := range v.deadline {
		if first == 0 || at < due || at == due && timer < first {
			first, due = timer, at
		}
	}
	require.NotZero(v.t, first, "a timer runs in %v: %v", v.c.Phase(), v.all)
	return first, due
}

// expire lets time pass until a timer runs out.
func (v *timed) expire() {
	timer, due := v.next()
	v.now = due
	delete(v.deadline, timer)
	v.do(v.c.TimerExpired(timer))
}

// wait lets time pass, but no timer run out.
func (v *timed) wait(ms int) {
	_, due := v.next()
	v.now = min(v.now+ms, due-1)
}

// target is a place not visited before.
func (v *timed) target() string {
	v.targets++
	return "ws://h/" + itoa(v.targets)
}

// credentials are new ones.
func (v *timed) credentials() {
	v.secret++
	v.do(v.c.Credentials("Basic " + itoa(v.secret)))
}

// unitOf gives a response and its terminator.
func (v *timed) unitOf(text string) {
	v.do(v.c.Message(wire.Binary, []byte(text)))
	v.do(v.c.Message(wire.Binary, nil))
}

// longest is how long a connect call may take, in milliseconds: for the first connection, each follow-up and one retry through a proxy all of the
// opening, overall and close timers, and a credential timer for each replay. Logins, 401s in the opening handshake, cost a connection of their own
// each, so with them an opening timer comes on top for each replay: LIV-02 speaks of calls without them.
func longest(cfg fsm.ClientConfig, logins bool) int {
	seconds := DefaultSeconds(fsm.TimerOpening) + DefaultSeconds(fsm.TimerOverall) + DefaultSeconds(fsm.TimerClose) + int(cfg.MaxReplays)*DefaultSeconds(fsm.TimerCredentials)
	if logins {
		seconds += int(cfg.MaxReplays) * DefaultSeconds(fsm.TimerOpening)
	}
	return 1000 * seconds * (int(cfg.MaxRedirects) + 2)
}

// peer does the next thing that a server, or the host, may do to keep the client busy.
func (v *timed) peer(t *rapid.T, cfg ClientConfig, logins bool) {
	const last = 9
	what := rapid.IntRange(0, last).Draw(t, "what")
	switch v.c.Phase() {
	case fsm.ClientConnecting:
		v.do(v.c.Connected([16]byte{}))
	case fsm.ClientOpening:
		switch {
		case what == 0:
			v.do(v.c.OpeningRefused(302, []HeaderField{{"Location", v.target()}}, nil))
		case what == 1:
			v.do(v.c.OpeningRefused(407, []HeaderField{{"Proxy-Authenticate", "Basic"}}, nil))
		case what < 6 && logins:
			v.do(v.c.OpeningRefused(401, []HeaderField{{"WWW-Authenticate", "Basic"}}, nil))
		default:
			v.do(v.c.Opened(Protocol, nil, ""))
		}
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		if what < 5 {
			v.do(v.c.Message(wire.Binary, []byte(reroute+v.target())))
		} else if v.c.Phase() == fsm.ClientAwaitProceed {
			v.do(v.c.Message(wire.Binary, []byte(proceed)))
		}
	case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
		v.credentials()
	case fsm.ClientSendingBody:
		v.do(v.c.BodyWritten())
	case fsm.ClientAwaitResponse, fsm.ClientReading:
		switch what {
		case 0, 1, 2:
			v.unitOf(challengeBasic)
		case 3:
			v.unitOf(response(202))
		case 4:
			v.unitOf(response(100))
		case 5, 6:
			v.unitOf(redirect(303, v.target()))
		case 7:
			v.unitOf(response(407, "Proxy-Authenticate: Basic"))
		case 8:
			v.do(v.c.Message(wire.Binary, []byte("H")))
		case last:
			if cfg.Machine.Profile == fsm.ProfileKaazing {
				v.unitOf(switching())
			}
		}
	case fsm.ClientClosing, fsm.ClientDraining:
		switch what {
		case 0:
			v.do(v.c.PeerClosed(1000, ""))
		case 1:
			v.do(v.c.Lost(""))
		default:
			v.do(v.c.Message(wire.Binary, []byte("goes on and on")))
			v.do(v.c.Ping(nil))
		}
	}
}

// Whatever the server does and however slowly, every connect call ends in time, and with nothing but its own timers to end it.
func TestClient_EndsInTime(t *testing.T) {
	for _, logins := range []bool{false, true} {
		name := map[bool]string{false: "challenged-by-the-extended-response", true: "challenged-by-the-opening-response-too"}[logins]
		t.Run(name, func(t *testing.T) {
			proves(t, "LIV-01")
			if !logins {
				proves(t, "LIV-02")
			}
			rapid.Check(t, func(t *rapid.T) {
				cfg := ClientConfig{Machine: fsm.DefaultClientConfig(), HasCredentials: true, HasProxyLogin: true}
				cfg.Machine.MaxRedirects = uint8(rapid.IntRange(0, 5).Draw(t, "redirects"))
				cfg.Machine.MaxReplays = uint8(rapid.IntRange(0, 3).Draw(t, "replays"))
				if rapid.Bool().Draw(t, "kaazing") {
					cfg.Machine.Profile = fsm.ProfileKaazing
				} else if rapid.Bool().Draw(t, "body") {
					cfg.Body = []byte("b")
				}
				v := startTimed(t, cfg)
				patience := rapid.IntRange(0, 200).Draw(t, "things done")
				for i := 0; !v.over && v.opens == 0; i++ {
					if i > patience || rapid.IntRange(0, 30).Draw(t, "silence") == 0 {
						v.expire()
						continue
					}
					v.wait(rapid.SampledFrom([]int{0, 1, 500, 4000, 1 << 30, 1 << 30, 1 << 30}).Draw(t, "delay"))
					v.peer(t, cfg, logins)
				}
				require.LessOrEqual(t, v.now, longest(cfg.Machine, logins), "%v", v.all)
			})
		})
	}
}

// The bound is not just a large number: a server that takes all the time it is given comes close to it, and no further.
func TestClient_EndsInTime_Slowest(t *testing.T) {
	t.Run("challenged-by-the-extended-response", func(t *testing.T) {
		proves(t, "LIV-02")
		v := slowest(t, false)
		most := longest(fsm.DefaultClientConfig(), false)
		require.LessOrEqual(t, v.now, most)
		require.Greater(t, v.now, most-1000, "to a few milliseconds")
		require.Equal(t, 7, v.c.Attempt(), "connections")
	})
	t.Run("challenged-by-the-opening-response-too", func(t *testing.T) {
		v := slowest(t, true)
		require.LessOrEqual(t, v.now, longest(fsm.DefaultClientConfig(), true))
		require.Equal(t, 7*4, v.c.Attempt(), "connections: each login dials again")
	})
}

// slowest runs a connect call against that server.
func slowest(t *testing.T, logins bool) *timed {
	v := startTimed(t, ClientConfig{HasCredentials: true, HasProxyLogin: true})
	leave := response(407, "Proxy-Authenticate: Basic")
	goOn := func() { v.unitOf(leave); leave = redirect(302, v.target()) }
	for !v.over {
		v.wait(1 << 30)
		switch timer, _ := v.next(); v.c.Phase() {
		case fsm.ClientConnecting:
			v.do(v.c.Connected([16]byte{}))
		case fsm.ClientOpening:
			if logins && v.c.State().Replays() < 3 {
				v.do(v.c.OpeningRefused(401, []HeaderField{{"WWW-Authenticate", "Basic"}}, nil))
			} else {
				v.do(v.c.Opened(Protocol, nil, ""))
			}
		case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
			v.credentials()
		case fsm.ClientAwaitResponse:
			switch {
			case timer == fsm.TimerOverall: // nothing can be gained any more
				goOn()
			case v.c.State().Replays() < 3:
				v.unitOf(challengeBasic)
			case v.c.State().Interim() == 0:
				v.unitOf(response(202))
			default:
				goOn()
			}
		case fsm.ClientClosing:
			v.expire()
		default:
			t.Fatalf("unexpected phase %v", v.c.Phase())
		}
	}
	return v
}

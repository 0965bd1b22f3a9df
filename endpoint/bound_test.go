package endpoint

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// timed is a client in virtual time.
type timed struct {
	*run
	now     time.Time
	secret  int // credentials given so far, so that each is new
	targets int
}

func startTimed(t require.TestingT, cfg ClientConfig) *timed {
	c, err := NewClient("ws://h/p", cfg)
	require.NoError(t, err)
	v := &timed{run: newRun(t, c), now: t0}
	v.take(c.Connect(v.now))
	return v
}

// due is when the next timer ends.
func (v *timed) due() time.Time {
	due := v.c.Deadline()
	require.NotZero(v.t, due, "a timer runs in %v: %v", v.c.Phase(), v.all)
	return due
}

// expire lets time pass until a timer ends.
func (v *timed) expire() {
	v.now = v.due()
	v.take(v.c.Expire(v.now))
}

// wait lets time pass, but no timer end.
func (v *timed) wait(d time.Duration) {
	if last := v.due().Add(-time.Millisecond); last.Before(v.now.Add(d)) {
		d = last.Sub(v.now)
	}
	v.now = v.now.Add(d)
	v.take(v.c.Expire(v.now))
	require.Empty(v.t, v.last, "it is too early")
}

// target is a place not visited before.
func (v *timed) target() string {
	v.targets++
	return "ws://h/" + itoa(v.targets)
}

// credentials are new ones.
func (v *timed) credentials() {
	v.secret++
	v.take(v.c.Credentials(v.now, "Basic "+itoa(v.secret)))
}

// unitOf gives a response and its terminator.
func (v *timed) unitOf(text string) {
	v.take(v.c.Message(v.now, wire.Binary, []byte(text)))
	v.take(v.c.Message(v.now, wire.Binary, nil))
}

// longest is when a connect call must be over: for the first connection, each follow-up and one
// retry through a proxy all of the opening, overall and close timers, and a credential timer for
// each replay. Logins, 401s in the opening handshake, cost a connection of their own each, so with
// them an opening timer comes on top for each replay: LIV-02 speaks of calls without them.
func longest(cfg fsm.ClientConfig, logins bool) time.Time {
	var timeouts Timeouts
	replays := time.Duration(cfg.MaxReplays)
	d := timeouts.Of(fsm.TimerOpening) + timeouts.Of(fsm.TimerOverall) + timeouts.Of(fsm.TimerClose) +
		replays*timeouts.Of(fsm.TimerCredentials)
	if logins {
		d += replays * timeouts.Of(fsm.TimerOpening)
	}
	return t0.Add(d * time.Duration(cfg.MaxRedirects+2))
}

// peer does the next thing that a server, or the host, may do to keep the client busy.
func (v *timed) peer(t *rapid.T, cfg ClientConfig, logins bool) {
	const last = 9
	what := rapid.IntRange(0, last).Draw(t, "what")
	switch v.c.Phase() {
	case fsm.ClientConnecting:
		v.take(v.c.Connected(v.now, [16]byte{}))
	case fsm.ClientOpening:
		switch {
		case what == 0:
			v.take(v.c.OpeningRefused(v.now, 302, []HeaderField{{"Location", v.target()}}, nil))
		case what == 1:
			v.take(v.c.OpeningRefused(v.now, 407, []HeaderField{{"Proxy-Authenticate", "Basic"}}, nil))
		case what < 6 && logins:
			v.take(v.c.OpeningRefused(v.now, 401, []HeaderField{{"WWW-Authenticate", "Basic"}}, nil))
		default:
			v.take(v.c.Opened(v.now, Subprotocol, nil, ""))
		}
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		if what < 5 {
			v.take(v.c.Message(v.now, wire.Binary, []byte(reroute+v.target())))
		} else if v.c.Phase() == fsm.ClientAwaitProceed {
			v.take(v.c.Message(v.now, wire.Binary, []byte(proceed)))
		}
	case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
		v.credentials()
	case fsm.ClientSendingBody:
		v.take(v.c.BodyWritten(v.now))
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
			v.take(v.c.Message(v.now, wire.Binary, []byte("H")))
		case last:
			if cfg.Machine.Profile == fsm.ProfileKaazing {
				v.unitOf(switching())
			}
		}
	case fsm.ClientClosing, fsm.ClientDraining:
		switch what {
		case 0:
			v.take(v.c.PeerClosed(v.now, 1000, ""))
		case 1:
			v.take(v.c.Lost(v.now, ""))
		default:
			v.take(v.c.Message(v.now, wire.Binary, []byte("goes on and on")))
			v.take(v.c.Ping(v.now, nil))
		}
	}
}

// Whatever the server does and however slowly, every connect call ends in time, and with nothing
// but its own timers to end it.
func TestClient_EndsInTime(t *testing.T) {
	for _, logins := range []bool{false, true} {
		name := map[bool]string{false: "challenged-by-the-extended-response",
			true: "challenged-by-the-opening-response-too"}[logins]
		t.Run(name, func(t *testing.T) {
			proves(t, "LIV-01")
			if !logins {
				proves(t, "LIV-02")
			}
			rapid.Check(t, func(t *rapid.T) {
				cfg := ClientConfig{Machine: fsm.DefaultClientConfig(), HasCredentials: true,
					HasProxyLogin: true}
				cfg.Machine.MaxRedirects = uint8(rapid.IntRange(1, 5).Draw(t, "redirects"))
				cfg.Machine.MaxReplays = uint8(rapid.IntRange(1, 3).Draw(t, "replays")) // 0 is the default
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
					const long = time.Hour
					v.wait(rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Second / 2, 4 * time.Second,
						long, long, long}).Draw(t, "delay"))
					v.peer(t, cfg, logins)
				}
				require.False(t, v.now.After(longest(cfg.Machine, logins)), "%v", v.all)
			})
		})
	}
}

// The bound is not just a large number: a server that takes all the time it is given comes close to
// it, and no further.
func TestClient_EndsInTime_Slowest(t *testing.T) {
	t.Run("challenged-by-the-extended-response", func(t *testing.T) {
		proves(t, "LIV-02")
		v := slowest(t, false)
		most := longest(fsm.DefaultClientConfig(), false)
		require.False(t, v.now.After(most))
		require.True(t, v.now.After(most.Add(-time.Second)), "to a few milliseconds")
		require.Equal(t, 7, v.c.Attempt(), "connections")
	})
	t.Run("challenged-by-the-opening-response-too", func(t *testing.T) {
		v := slowest(t, true)
		require.False(t, v.now.After(longest(fsm.DefaultClientConfig(), true)))
		require.Equal(t, 7*4, v.c.Attempt(), "connections: each login dials again")
	})
}

// slowest runs a connect call against that server.
func slowest(t *testing.T, logins bool) *timed {
	v := startTimed(t, ClientConfig{HasCredentials: true, HasProxyLogin: true})
	leave := response(407, "Proxy-Authenticate: Basic")
	goOn := func() { v.unitOf(leave); leave = redirect(302, v.target()) }
	for !v.over {
		v.wait(time.Hour)
		switch timer := v.c.Timer(); v.c.Phase() {
		case fsm.ClientConnecting:
			v.take(v.c.Connected(v.now, [16]byte{}))
		case fsm.ClientOpening:
			if logins && v.c.State().Replays() < 3 {
				v.take(v.c.OpeningRefused(v.now, 401, []HeaderField{{"WWW-Authenticate", "Basic"}}, nil))
			} else {
				v.take(v.c.Opened(v.now, Subprotocol, nil, ""))
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

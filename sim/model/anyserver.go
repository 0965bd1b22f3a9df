package model

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
)

// AnyServer is the model of an honest client whose server, network and clock may do anything in any
// order: every event that can reach the machine through an honest driver, with every combination of
// findings that matters.
type AnyServer struct {
	Config fsm.ClientConfig
	Fault  act.Fault // the zero value is none

	Unlimited bool // for all limits at once; those of Config must be 1
}

// Start returns a client that was not asked for anything yet.
func (m AnyServer) Start() world.Client { return world.Client{State: m.Config.Start()} }

// AtRest reports whether the client has come to its end.
func (m AnyServer) AtRest(w world.Client) bool { return w.Phase().Terminal() }

// Edges is how many edges both machines have.
func (AnyServer) Edges() int { return act.EdgeCount() }

// Steps offers every event that can happen in w.
func (m AnyServer) Steps(w world.Client, yield func(*step[world.Client])) {
	if w.Phase().Terminal() {
		return
	}
	var s step[world.Client]
	for ev := range m.events(&w) {
		s.Next, s.Fair = w, ev.Kind == fsm.EventTimerExpired || ev.Kind == fsm.EventConnectRequested
		s.Action, _, s.Broken, s.Differs = s.Next.Take(m.Config, &m.Fault, ev)
		if s.Broken != "" || s.Differs != "" || s.Action.Index >= 0 || s.Next != w {
			if m.Unlimited {
				eachClient(w, &s, yield)
				continue
			}
			yield(&s)
		}
	}
}

// events lists the possible events in w.
func (m *AnyServer) events(w *world.Client) func(yield func(fsm.Event) bool) {
	return func(yield func(fsm.Event) bool) {
		one := func(kind fsm.EventKind, facts ...fsm.Facts) {
			if len(facts) == 0 {
				facts = []fsm.Facts{0}
			}
			for _, f := range facts {
				yield(fsm.Event{Kind: kind, Facts: f})
			}
		}
		h, phase := &w.Host, w.Phase()
		if phase == fsm.ClientIdle || h.Is(world.Following) {
			one(fsm.EventConnectRequested, fsm.FactTargetUsable, 0)
		}
		if h.Is(world.Dialing) {
			one(fsm.EventConnected)
			one(fsm.EventConnectFailed)
			one(fsm.EventConnectionLost)
		}
		if h.Is(world.Connected) && !h.Is(world.WebSocket) {
			one(fsm.EventOpened, fsm.FactKHP, 0)
			violation(yield, fsm.FailureOpening)
			each(responses, yield)
		}
		if h.Is(world.WebSocket) {
			m.received(w, one, yield)
		}
		if h.Is(world.Connected) {
			one(fsm.EventConnectionLost, 0, headComplete(phase))
		}
		if h.Is(world.Asked) {
			one(fsm.EventCredentialsSupplied, fsm.FactNewCredentials, 0)
			one(fsm.EventCredentialsDeclined)
		}
		if h.Is(world.Writing) {
			one(fsm.EventBodyWritten)
		}
		for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
			if h.Timers.Has(t) {
				yield(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t})
				if headComplete(phase) != 0 {
					yield(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t, Facts: fsm.FactHeadComplete})
				}
			}
		}
		if phase.Open() {
			one(fsm.EventSendRequested)
		}
		one(fsm.EventCloseRequested)
	}
}

// received lists the events that an established WebSocket can lead to.
func (m *AnyServer) received(
	w *world.Client, one func(fsm.EventKind, ...fsm.Facts), yield func(fsm.Event) bool,
) {
	one(fsm.EventPingReceived)
	switch phase := w.Phase(); phase {
	case fsm.ClientReading:
		one(fsm.EventDataReceived)
		each(responses, yield)
	case fsm.ClientAwaitResponse:
		one(fsm.EventDataReceived)
		one(fsm.EventTerminatorReceived)
		if m.Config.Profile == fsm.ProfileAuto {
			one(fsm.EventProceedReceived)
			one(fsm.EventRerouteReceived, targets...)
		}
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		one(fsm.EventProceedReceived)
		one(fsm.EventRerouteReceived, targets...)
		one(fsm.EventDataReceived)
		one(fsm.EventTerminatorReceived)
	default:
		one(fsm.EventDataReceived)
		one(fsm.EventTerminatorReceived)
	}
	one(fsm.EventPeerClosed, 0, headComplete(w.Phase()))
	violation(yield, fsm.FailureFrame)
	violation(yield, fsm.FailureLimit)
}

// headComplete is the fact that a unit misses only its terminator, where there can be one.
func headComplete(p fsm.ClientPhase) fsm.Facts {
	if p == fsm.ClientReading {
		return fsm.FactHeadComplete
	}
	return 0
}

func violation(yield func(fsm.Event) bool, f fsm.Failure) {
	yield(fsm.Event{Kind: fsm.EventViolation, Failure: f})
}

// targets are the findings about a redirect target.
var targets = []fsm.Facts{fsm.FactTargetUsable, fsm.FactTargetVisited, fsm.FactTargetRefused, 0}

// representatives has one status of every action, and of the codes that look like another one's
// elsewhere.
var representatives = []uint16{100, 101, 102, 200, 201, 202, 204, 300, 302, 304, 305, 307, 308, 309,
	401, 403, 407, 426, 451, 511, 600}

// responses are decided responses: all findings fine, each one of them missing, and nothing but the
// status.
var responses = func() (list []fsm.Event) {
	for _, status := range representatives {
		for _, x := range findings(fsm.Status(int(status)).Action) {
			list = append(list,
				fsm.Event{Kind: fsm.EventResponse, Status: status, Facts: world.Completing | x})
			for f := fsm.Facts(1); f <= world.Completing; f <<= 1 {
				if world.Completing&f != 0 {
					list = append(list,
						fsm.Event{Kind: fsm.EventResponse, Status: status, Facts: world.Completing&^f | x})
				}
			}
			list = append(list, fsm.Event{Kind: fsm.EventResponse, Status: status, Facts: x})
		}
	}
	return list
}()

// findings are the other relevant facts about a response with an action.
func findings(a codes.Action) []fsm.Facts {
	switch a {
	case codes.ActionReplay:
		return []fsm.Facts{fsm.FactChallengeUsable, 0}
	case codes.ActionRedirect, codes.ActionRedirectIfGet, codes.ActionRedirectChoice:
		return targets
	case codes.ActionProxyAuth:
		return []fsm.Facts{fsm.FactProxyChallenge, 0}
	case codes.ActionUpgrade:
		return []fsm.Facts{fsm.FactUpgradeTLS | fsm.FactTargetUsable,
			fsm.FactUpgradeTLS | fsm.FactTargetVisited, 0}
	}
	return []fsm.Facts{0}
}

// each yields the events of a list.
func each(list []fsm.Event, yield func(fsm.Event) bool) {
	for _, ev := range list {
		yield(ev)
	}
}

// Properties returns the properties of the model.
func (m AnyServer) Properties() explore.Properties[world.Client] {
	in := func(p ...fsm.ClientPhase) func(world.Client) bool {
		return func(w world.Client) bool { return slices.Contains(p, w.Phase()) }
	}
	p := explore.Properties[world.Client]{
		Always: []explore.Property[world.Client]{
			holds("INV-05", "exactly one terminal event, told when the machine is at its end",
				func(w world.Client) bool {
					return w.Host.Ended == 1 == w.Phase().Terminal() && w.Host.Ended <= 1
				}),
			holds("INV-20", "replays stay within their bound",
				func(w world.Client) bool { return w.State.Replays() <= int(m.Config.MaxReplays) }),
			holds("INV-21", "redirects stay within their bound",
				func(w world.Client) bool { return w.State.Redirects() <= int(m.Config.MaxRedirects) }),
			holds("KHP-OPEN-06", "a plain WebSocket only if that is allowed",
				func(w world.Client) bool { return m.Config.PlainFallback || w.Phase() != fsm.ClientPlain }),
			holds("LIV-06", "the timers that the phase needs run, and no others",
				func(w world.Client) bool { return w.Timed() }),
			holds("LIV-08", "a wait after 202 has its deadline until it is over", m.waitGuarded),
		},
		AtSteps:  slices.Concat(world.ClientChecks, world.Checks(world.ClientObligations)),
		Compared: world.OracleChecks(&m.Fault),
		LeadsTo: []explore.Promise[world.Client]{
			leads("LIV-01", "every connect call ends or opens", nil,
				func(w world.Client) bool { return w.Phase().Terminal() || w.Phase().Open() }),
			leads("LIV-11", "what is closing comes to an end or to the next connection",
				in(fsm.ClientClosing, fsm.ClientDraining), func(w world.Client) bool {
					return w.Phase().Terminal() || w.Phase() == fsm.ClientRedirecting
				}),
		},
		Sometimes: []explore.Property[world.Client]{
			holds("LIV-03", "open", in(fsm.ClientOpen)),
			holds("LIV-05", "open after the last redirect", func(w world.Client) bool {
				return w.Phase() == fsm.ClientOpen && w.State.Redirects() == int(m.Config.MaxRedirects)
			}),
			holds("LIV-10", "a missing terminator is named",
				func(w world.Client) bool { return w.State.Failure() == fsm.FailureMissingTerminator }),
		},
	}
	switch {
	case m.Config.NoRedirects:
		p.Sometimes = p.Sometimes[:1]
	case m.Unlimited:
		p.Sometimes = p.Sometimes[:2] // failures are left out
	}
	return p
}

// waitGuarded reports whether the wait deadline runs, or stands still for the credentials, as long
// as a 202 is the last word.
func (m AnyServer) waitGuarded(w world.Client) bool {
	if w.Phase() != fsm.ClientAwaitResponse || w.State.Status() != 202 {
		return true
	}
	return w.Host.Timers.Has(fsm.TimerWait)
}

// Size is the length of an encoding.
func (AnyServer) Size() int { return world.ClientSize }

// Encode writes w into b.
func (AnyServer) Encode(w world.Client, b []byte) { w.Encode(b) }

// Decode returns the state whose encoding is b.
func (AnyServer) Decode(b []byte) (w world.Client) { w.Decode(b); return w }

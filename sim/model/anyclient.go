package model

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
)

// AnyClient is the model of an honest server whose clients, application, network and clock may do
// anything in any order.
type AnyClient struct {
	Config fsm.ServerConfig
	Fault  act.Fault // the zero value is none

	Unlimited bool // for all limits at once; those of Config must be 1
}

// Start returns a server that was just connected to.
func (m AnyClient) Start() world.Server {
	w := world.ConnectedTo(m.Config.Start())
	w.Host.Put(world.Unchecked, m.Config.Unchecked)
	return w
}

// AtRest reports whether the server has come to its end.
func (m AnyClient) AtRest(w world.Server) bool { return w.Phase().Terminal() }

// Edges is how many edges both machines have.
func (AnyClient) Edges() int { return act.EdgeCount() }

// Steps offers every event that can happen in w.
func (m AnyClient) Steps(w world.Server, yield func(*step[world.Server])) {
	if w.Phase().Terminal() {
		return
	}
	var s step[world.Server]
	for ev := range m.events(&w) {
		s.Next, s.Fair = w, ev.Kind == fsm.EventTimerExpired
		s.Action, _, s.Broken, s.Differs = s.Next.Take(m.Config, &m.Fault, ev)
		if s.Broken != "" || s.Differs != "" || s.Action.Index >= 0 || s.Next != w {
			if m.Unlimited {
				eachServer(w, &s, yield)
				continue
			}
			yield(&s)
		}
	}
}

// allMet are the facts of a decision that carries everything any status may require.
const allMet = fsm.FactSelectionValid | fsm.FactLocation | fsm.FactChallenge |
	fsm.FactProxyChallenge | fsm.FactUpgrade

// events lists the possible events in w.
func (m *AnyClient) events(w *world.Server) func(yield func(fsm.Event) bool) {
	return func(yield func(fsm.Event) bool) {
		h, phase := &w.Host, w.Phase()
		kind := func(kinds ...fsm.EventKind) {
			for _, k := range kinds {
				yield(fsm.Event{Kind: k})
			}
		}
		if phase == fsm.ServerOpening {
			for _, f := range []fsm.Facts{fsm.FactValid | fsm.FactKHP,
				fsm.FactValid | fsm.FactKHP | fsm.FactKaazing, fsm.FactValid, fsm.FactValid | fsm.FactKaazing} {
				yield(fsm.Event{Kind: fsm.EventOpeningRequest, Facts: f})
			}
			yield(fsm.Event{Kind: fsm.EventOpeningRequest, Status: 405})
		}
		if h.Is(world.WebSocket) {
			m.received(w, yield)
		}
		if h.Is(world.Connected) {
			kind(fsm.EventConnectionLost)
			violation(yield, fsm.FailureFrame)
		}
		if h.Is(world.Deciding) {
			for _, status := range representatives {
				for _, f := range []fsm.Facts{allMet, allMet | fsm.FactReroute,
					allMet &^ fsm.FactSelectionValid, fsm.FactSelectionValid, 0} {
					yield(fsm.Event{Kind: fsm.EventDecided, Status: status, Facts: f})
				}
			}
			kind(fsm.EventApplicationFailed)
		}
		for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
			if h.Timers.Has(t) {
				yield(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t})
			}
		}
		if phase.Open() {
			kind(fsm.EventSendRequested)
		}
		kind(fsm.EventCloseRequested)
	}
}

// received lists the events that an established WebSocket can lead to.
func (m *AnyClient) received(w *world.Server, yield func(fsm.Event) bool) {
	for _, k := range []fsm.EventKind{fsm.EventDataReceived, fsm.EventTerminatorReceived,
		fsm.EventPingReceived, fsm.EventPeerClosed} {
		yield(fsm.Event{Kind: k})
	}
	switch w.Phase() {
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		for _, f := range []fsm.Facts{0, fsm.FactExpectBody, fsm.FactExtensionAgain,
			fsm.FactExtensionAgain | fsm.FactExpectBody} {
			yield(fsm.Event{Kind: fsm.EventRequest, Facts: f})
		}
		for _, status := range []uint16{400, 505} {
			yield(fsm.Event{Kind: fsm.EventBadRequest, Status: status})
		}
	case fsm.ServerAwaitBody:
		yield(fsm.Event{Kind: fsm.EventBodyReceived})
		yield(fsm.Event{Kind: fsm.EventBadRequest, Status: 400})
	}
}

// Properties returns the properties of the model.
func (m AnyClient) Properties() explore.Properties[world.Server] {
	in := func(p fsm.ServerPhase) func(world.Server) bool {
		return func(w world.Server) bool { return w.Phase() == p }
	}
	return explore.Properties[world.Server]{
		Always: []explore.Property[world.Server]{
			holds("INV-05", "exactly one terminal event, told when the machine is at its end",
				func(w world.Server) bool {
					return w.Host.Ended == 1 == w.Phase().Terminal() && w.Host.Ended <= 1
				}),
			holds("INV-40", "after a terminating status the connection is closing",
				func(w world.Server) bool {
					return !w.Host.Is(world.Decided) || w.Host.Opened > 0 || w.Host.Is(world.CloseSent) ||
						w.Phase().Terminal() || w.Phase().Open()
				}),
			holds("LIV-06", "the timers that the phase needs run, and no others",
				func(w world.Server) bool { return w.Timed() }),
			holds("KHP-OPEN-06", "a plain WebSocket only if that is allowed",
				func(w world.Server) bool { return m.Config.Plain || w.Phase() != fsm.ServerPlain }),
		},
		AtSteps:  slices.Concat(world.ServerChecks, world.Checks(world.ServerObligations)),
		Compared: world.OracleChecks(&m.Fault),
		LeadsTo: []explore.Promise[world.Server]{
			leads("LIV-01", "what began ends or opens",
				func(w world.Server) bool { return w.Phase() != fsm.ServerOpening }, func(w world.Server) bool {
					return w.Phase().Terminal() || w.Phase().Open()
				}),
			leads("LIV-06", "a server does not wait for a request for ever", func(w world.Server) bool {
				return waiting(w.Phase())
			}, func(w world.Server) bool { return !waiting(w.Phase()) }),
			leads("LIV-07", "what is closing comes to an end", in(fsm.ServerClosing),
				func(w world.Server) bool { return w.Phase().Terminal() }),
		},
		Sometimes: []explore.Property[world.Server]{
			holds("LIV-03", "open", in(fsm.ServerOpen)),
			holds("LIV-04", "open after the last challenge", func(w world.Server) bool {
				return w.Phase() == fsm.ServerOpen && w.State.Challenges() == int(m.Config.MaxChallenges)
			}),
		},
	}
}

// waiting reports whether the server waits for a request.
func waiting(p fsm.ServerPhase) bool {
	return p == fsm.ServerAwaitRequest || p == fsm.ServerAwaitReplay || p == fsm.ServerAwaitBody
}

// Size is the length of an encoding.
func (AnyClient) Size() int { return world.ServerSize }

// Encode writes w into b.
func (AnyClient) Encode(w world.Server, b []byte) { w.Encode(b) }

// Decode returns the state whose encoding is b.
func (AnyClient) Decode(b []byte) (w world.Server) { w.Decode(b); return w }

package sim

import "example.com/khp/fsm"

// AnyClient is the model of an honest server whose clients, application, network and clock may do anything in any order.
type AnyClient struct {
	Config fsm.ServerConfig
	Fault  Fault // the zero value is none
}

// ServerWorld is a state of [AnyClient].
type ServerWorld struct {
	state fsm.ServerState
	host  serverHost
}

// Phase returns what the server is waiting for.
func (w ServerWorld) Phase() fsm.ServerPhase { return w.state.Phase() }

// String names the phase of the server.
func (w ServerWorld) String() string { return "server " + bare(w.state.Phase()) }

// Start returns a server that was just connected to.
func (m AnyClient) Start() ServerWorld {
	return ServerWorld{state: m.Config.Start(), host: serverHost{connected: true, unchecked: m.Config.Unchecked}}
}

// AtRest reports whether the server has come to its end.
func (m AnyClient) AtRest(w ServerWorld) bool { return w.state.Phase().Terminal() }

// Steps offers every event that can happen in w.
func (m AnyClient) Steps(w ServerWorld, yield func(*Step[ServerWorld])) {
	if w.state.Phase().Terminal() {
		return
	}
	step := &Step[ServerWorld]{Client: -1}
	for ev := range m.events(&w) {
		if m.take(&w, ev, step) {
			yield(step)
		}
	}
}

// take gives ev to the server and fills step. ok is false if it made nothing of it. Decisions may be misuse: that is how the machine refuses what breaks an obligation, and then nothing changes.
func (m *AnyClient) take(w *ServerWorld, ev fsm.Event, step *Step[ServerWorld]) (ok bool) {
	state, effects, verdict := m.Fault.stepServer(m.Config, w.state, ev)
	step.Action, step.Phase, step.Server, step.Next, step.Broken = Action{Side: Server, Event: ev}, uint8(w.state.Phase()), effects.Edge(), *w, ""
	step.Fair = ev.Kind == fsm.EventTimerExpired
	if verdict == fsm.Misuse {
		if ev.Kind != fsm.EventDecided {
			step.Broken = "TOTAL: an honest driver is told Misuse"
		}
		return step.Broken != ""
	}
	step.Next.host.learn(w.state, ev)
	if verdict == fsm.Accepted {
		step.Next.state = state
		step.Broken = step.Next.host.obey(w.state, state, ev, effects)
	}
	return step.Broken != "" || step.Server >= 0 || step.Next != *w
}

// allMet are the facts of a decision that carries everything any status may require.
const allMet = fsm.FactSelectionValid | fsm.FactLocation | fsm.FactChallenge | fsm.FactProxyChallenge | fsm.FactUpgrade

// events lists what can happen in w.
func (m *AnyClient) events(w *ServerWorld) func(yield func(fsm.Event) bool) {
	return func(yield func(fsm.Event) bool) {
		h, phase := &w.host, w.state.Phase()
		kind := func(kinds ...fsm.EventKind) {
			for _, k := range kinds {
				yield(fsm.Event{Kind: k})
			}
		}
		if phase == fsm.ServerOpening {
			for _, f := range []fsm.Facts{fsm.FactValid | fsm.FactKHP, fsm.FactValid | fsm.FactKHP | fsm.FactKaazing, fsm.FactValid, fsm.FactValid | fsm.FactKaazing} {
				yield(fsm.Event{Kind: fsm.EventOpeningRequest, Facts: f})
			}
			yield(fsm.Event{Kind: fsm.EventOpeningRequest, Status: 405})
		}
		if h.webSocket {
			m.received(w, yield)
		}
		if h.connected {
			kind(fsm.EventConnectionLost)
			violation(yield, fsm.FailureFrame)
		}
		if h.deciding {
			for _, status := range representatives {
				for _, f := range []fsm.Facts{allMet, allMet | fsm.FactReroute, allMet &^ fsm.FactSelectionValid, fsm.FactSelectionValid, 0} {
					yield(fsm.Event{Kind: fsm.EventDecided, Status: status, Facts: f})
				}
			}
			kind(fsm.EventApplicationFailed)
		}
		for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
			if h.timers.has(t) {
				yield(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t})
			}
		}
		if phase.Open() {
			kind(fsm.EventSendRequested)
		}
		kind(fsm.EventCloseRequested)
	}
}

// received lists what can come out of an established WebSocket.
func (m *AnyClient) received(w *ServerWorld, yield func(fsm.Event) bool) {
	for _, k := range []fsm.EventKind{fsm.EventDataReceived, fsm.EventTerminatorReceived, fsm.EventPingReceived, fsm.EventPeerClosed} {
		yield(fsm.Event{Kind: k})
	}
	switch w.state.Phase() {
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		for _, f := range []fsm.Facts{0, fsm.FactExpectBody, fsm.FactExtensionAgain, fsm.FactExtensionAgain | fsm.FactExpectBody} {
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

// Properties returns what must hold in every run of the model.
func (m AnyClient) Properties() Properties[ServerWorld] {
	in := func(p fsm.ServerPhase) func(ServerWorld) bool {
		return func(w ServerWorld) bool { return w.state.Phase() == p }
	}
	return Properties[ServerWorld]{
		Always: []Property[ServerWorld]{
			{"INV-05", "exactly one terminal event, told when the machine is at its end", func(w ServerWorld) bool {
				return w.host.ended == 1 == w.state.Phase().Terminal() && w.host.ended <= 1
			}},
			{"INV-40", "after a terminating status the connection is closing", func(w ServerWorld) bool {
				return !w.host.decided || w.host.opened > 0 || w.host.closeSent || w.state.Phase().Terminal() || w.state.Phase().Open()
			}},
			{"LIV-06", "a server that waits for its client does so with a timer", func(w ServerWorld) bool { return guardedServer(w.state.Phase(), &w.host) }},
			{"KHP-OPEN-06", "a plain WebSocket only if that is allowed", func(w ServerWorld) bool { return m.Config.Plain || w.state.Phase() != fsm.ServerPlain }},
		},
		AtSteps: serverChecks,
		LeadsTo: []Promise[ServerWorld]{
			{"LIV-01", "what began ends or opens", func(w ServerWorld) bool { return w.state.Phase() != fsm.ServerOpening }, func(w ServerWorld) bool {
				return w.state.Phase().Terminal() || w.state.Phase().Open()
			}},
			{"LIV-06", "a server does not wait for a request for ever", func(w ServerWorld) bool { return waiting(w.state.Phase()) }, func(w ServerWorld) bool { return !waiting(w.state.Phase()) }},
			{"LIV-07", "what is closing comes to an end", in(fsm.ServerClosing), func(w ServerWorld) bool { return w.state.Phase().Terminal() }},
		},
		Sometimes: []Property[ServerWorld]{
			{"LIV-03", "open", in(fsm.ServerOpen)},
			{"LIV-04", "open after the last challenge", func(w ServerWorld) bool {
				return w.state.Phase() == fsm.ServerOpen && w.state.Challenges() == int(m.Config.MaxChallenges)
			}},
		},
	}
}

// guardedServer reports whether time ends every wait of a server.
func guardedServer(p fsm.ServerPhase, h *serverHost) bool {
	return p == fsm.ServerOpening || p.Open() || p.Terminal() || h.timers.running != 0
}

// waiting reports whether the server waits for a request.
func waiting(p fsm.ServerPhase) bool {
	return p == fsm.ServerAwaitRequest || p == fsm.ServerAwaitReplay || p == fsm.ServerAwaitBody
}

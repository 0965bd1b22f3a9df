package sim

import "example.com/khp/fsm"

// AnyServer is the model of an honest client whose server, network and clock may do anything in any order: every event that can reach the machine
// through an honest driver, with every combination of findings that matters.
type AnyServer struct {
	Config fsm.ClientConfig
	Fault  Fault // the zero value is none
}

// ClientWorld is a state of [AnyServer].
type ClientWorld struct {
	state fsm.ClientState
	host  clientHost
}

// Phase returns what the client is waiting for.
func (w ClientWorld) Phase() fsm.ClientPhase { return w.state.Phase() }

// String names the phase of the client.
func (w ClientWorld) String() string { return "client " + bare(w.state.Phase()) }

// Start returns a client that was not asked for anything yet.
func (m AnyServer) Start() ClientWorld { return ClientWorld{state: m.Config.Start()} }

// AtRest reports whether the client has come to its end.
func (m AnyServer) AtRest(w ClientWorld) bool { return w.state.Phase().Terminal() }

// Steps offers every event that can happen in w.
func (m AnyServer) Steps(w ClientWorld, yield func(*Step[ClientWorld])) {
	if w.state.Phase().Terminal() {
		return
	}
	step := &Step[ClientWorld]{Server: -1}
	for ev := range m.events(&w) {
		if m.take(&w, ev, step) {
			yield(step)
		}
	}
}

// take gives ev to the client and fills step. ok is false if it made nothing of it.
func (m *AnyServer) take(w *ClientWorld, ev fsm.Event, step *Step[ClientWorld]) (ok bool) {
	state, effects, verdict := m.Fault.stepClient(m.Config, w.state, ev)
	step.Action, step.Phase, step.Client, step.Next, step.Broken = Action{Side: Client, Event: ev}, uint8(w.state.Phase()), effects.Edge(), *w, ""
	step.Fair = ev.Kind == fsm.EventTimerExpired || ev.Kind == fsm.EventConnectRequested
	step.Next.host.learn(m.Config, w.state, ev)
	switch verdict {
	case fsm.Misuse:
		step.Broken = "TOTAL: an honest driver is told Misuse"
	case fsm.Accepted:
		step.Next.state = state
		step.Broken = step.Next.host.obey(m.Config, w.state, state, ev, effects)
	}
	return step.Broken != "" || step.Client >= 0 || step.Next != *w
}

// events lists what can happen in w.
func (m *AnyServer) events(w *ClientWorld) func(yield func(fsm.Event) bool) {
	return func(yield func(fsm.Event) bool) {
		one := func(kind fsm.EventKind, facts ...fsm.Facts) {
			if len(facts) == 0 {
				facts = []fsm.Facts{0}
			}
			for _, f := range facts {
				yield(fsm.Event{Kind: kind, Facts: f})
			}
		}
		h, phase := &w.host, w.state.Phase()
		if phase == fsm.ClientIdle || h.following {
			one(fsm.EventConnectRequested, fsm.FactTargetUsable, 0)
		}
		if h.dialing {
			one(fsm.EventConnected)
			one(fsm.EventConnectFailed)
			one(fsm.EventConnectionLost)
		}
		if h.connected && !h.webSocket {
			one(fsm.EventOpened, fsm.FactKHP, 0)
			violation(yield, fsm.FailureOpening)
			each(responses, yield)
		}
		if h.webSocket {
			m.received(w, one, yield)
		}
		if h.connected {
			one(fsm.EventConnectionLost, 0, headComplete(phase))
		}
		if h.asked {
			one(fsm.EventCredentialsSupplied, fsm.FactNewCredentials, 0)
			one(fsm.EventCredentialsDeclined)
		}
		if h.writing {
			one(fsm.EventBodyWritten)
		}
		for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
			if h.timers.has(t) {
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

// received lists what can come out of an established WebSocket.
func (m *AnyServer) received(w *ClientWorld, one func(fsm.EventKind, ...fsm.Facts), yield func(fsm.Event) bool) {
	one(fsm.EventPingReceived)
	switch phase := w.state.Phase(); phase {
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
	one(fsm.EventPeerClosed, 0, headComplete(w.state.Phase()))
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

// representatives has one status of every action, and of the codes that look like another one's elsewhere.
var representatives = []uint16{100, 101, 102, 200, 201, 202, 204, 300, 302, 304, 305, 307, 308, 309, 401, 403, 407, 426, 451, 511, 600}

// responses are decided responses: all findings fine, each one of them missing, and nothing but the status.
var responses = func() (list []fsm.Event) {
	for _, status := range representatives {
		for _, x := range findings(fsm.Status(int(status)).Action) {
			list = append(list, fsm.Event{Kind: fsm.EventResponse, Status: status, Facts: completing | x})
			for f := fsm.Facts(1); f <= completing; f <<= 1 {
				if completing&f != 0 {
					list = append(list, fsm.Event{Kind: fsm.EventResponse, Status: status, Facts: completing&^f | x})
				}
			}
			list = append(list, fsm.Event{Kind: fsm.EventResponse, Status: status, Facts: x})
		}
	}
	return list
}()

// findings are what matters besides about a response with an action.
func findings(a fsm.Action) []fsm.Facts {
	switch a {
	case fsm.ActionReplay:
		return []fsm.Facts{fsm.FactChallengeUsable, 0}
	case fsm.ActionRedirect, fsm.ActionRedirectIfGet, fsm.ActionRedirectChoice:
		return targets
	case fsm.ActionProxyAuth:
		return []fsm.Facts{fsm.FactProxyChallenge, 0}
	case fsm.ActionUpgrade:
		return []fsm.Facts{fsm.FactUpgradeTLS | fsm.FactTargetUsable, fsm.FactUpgradeTLS | fsm.FactTargetVisited, 0}
	}
	return []fsm.Facts{0}
}

// each yields the events of a list.
func each(list []fsm.Event, yield func(fsm.Event) bool) {
	for _, ev := range list {
		yield(ev)
	}
}

// Properties returns what must hold in every run of the model.
func (m AnyServer) Properties() Properties[ClientWorld] {
	in := func(p ...fsm.ClientPhase) func(ClientWorld) bool {
		return func(w ClientWorld) bool {
			for _, x := range p {
				if w.state.Phase() == x {
					return true
				}
			}
			return false
		}
	}
	p := Properties[ClientWorld]{
		Always: []Property[ClientWorld]{
			{"INV-04", "at most one open event, and none after the end", func(w ClientWorld) bool { return w.host.opened <= 1 }},
			{"INV-05", "exactly one terminal event, told when the machine is at its end", func(w ClientWorld) bool {
				return w.host.ended == 1 == w.state.Phase().Terminal() && w.host.ended <= 1
			}},
			{"INV-20", "replays stay within their bound", func(w ClientWorld) bool { return w.state.Replays() <= int(m.Config.MaxReplays) }},
			{"INV-21", "redirects stay within their bound", func(w ClientWorld) bool { return w.state.Redirects() <= int(m.Config.MaxRedirects) }},
			{"KHP-OPEN-06", "a plain WebSocket only if that is allowed", func(w ClientWorld) bool { return m.Config.PlainFallback || w.state.Phase() != fsm.ClientPlain }},
			{"LIV-06", "some timer runs whenever the client waits for somebody", func(w ClientWorld) bool { return guardedClient(w.state.Phase(), &w.host) }},
			{"LIV-08", "a wait after 202 has its deadline until it is over", m.waitGuarded},
		},
		AtSteps: clientChecks,
		LeadsTo: []Promise[ClientWorld]{
			{"LIV-01", "every connect call ends or opens", nil, func(w ClientWorld) bool { return w.state.Phase().Terminal() || w.state.Phase().Open() }},
			{"LIV-11", "what is closing comes to an end or to the next connection", in(fsm.ClientClosing, fsm.ClientDraining), func(w ClientWorld) bool {
				return w.state.Phase().Terminal() || w.state.Phase() == fsm.ClientRedirecting
			}},
		},
		Sometimes: []Property[ClientWorld]{
			{"LIV-03", "open", in(fsm.ClientOpen)},
			{"LIV-05", "open after the last redirect", func(w ClientWorld) bool {
				return w.state.Phase() == fsm.ClientOpen && w.state.Redirects() == int(m.Config.MaxRedirects)
			}},
			{"LIV-10", "a missing terminator is named", func(w ClientWorld) bool { return w.state.Failure() == fsm.FailureMissingTerminator }},
		},
	}
	if m.Config.NoRedirects {
		p.Sometimes = p.Sometimes[:1]
	}
	return p
}

// guardedClient reports whether time ends every wait of a client: before open, something always runs that leads on. [LIV-01, LIV-07]
func guardedClient(p fsm.ClientPhase, h *clientHost) bool {
	switch {
	case p == fsm.ClientIdle, p == fsm.ClientRedirecting, p.Open(), p.Terminal():
		return true
	}
	return h.timers.running != 0
}

// waitGuarded reports whether the wait deadline runs, or stands still for the credentials, as long as a 202 is the last word.
func (m AnyServer) waitGuarded(w ClientWorld) bool {
	if w.state.Phase() != fsm.ClientAwaitResponse || w.state.Status() != 202 {
		return true
	}
	return w.host.timers.has(fsm.TimerWait)
}

package world

import (
	"slices"
	"sync"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// serverTurn is a step of a server, for its obligations. Steps are many, so they are used again.
type serverTurn struct {
	cfg           fsm.ServerConfig
	before, after Server
	ev            fsm.Event
	effects       fsm.Effects
}

var serverTurns = sync.Pool{New: func() any { return new(serverTurn) }}

func (m *serverTurn) in(phases ...fsm.ServerPhase) bool {
	return slices.Contains(phases, m.before.Phase())
}
func (m *serverTurn) to(phases ...fsm.ServerPhase) bool {
	return slices.Contains(phases, m.after.Phase())
}
func (m *serverTurn) fact(f fsm.Facts) bool      { return m.ev.Facts.Has(f) }
func (m *serverTurn) does(k fsm.EffectKind) bool { return has(&m.effects, k) }
func (m *serverTurn) rule() codes.Rule           { return fsm.Status(int(m.ev.Status)) }

// responds reports whether a response with a status between the two was sent.
func (m *serverTurn) responds(from, to int) bool {
	for e := range m.effects.All() {
		if e.Kind == fsm.EffectSendResponse && int(e.Code) >= from && int(e.Code) <= to {
			return true
		}
	}
	return false
}

// refuses reports whether an error was sent and the connection is closing.
func (m *serverTurn) refuses() bool {
	return m.responds(400, 599) && m.to(fsm.ServerClosing) && m.after.Host.Is(CloseSent)
}

// decides reports whether a decision is awaited and has one of the actions.
func (m *serverTurn) decides(actions ...codes.Action) bool {
	return m.before.Host.Is(Deciding) && slices.Contains(actions, m.rule().Action)
}

// met reports whether a decision carries the fields that its status requires.
func (m *serverTurn) met() bool {
	r := m.rule()
	return m.cfg.Unchecked || r.Duties&codes.NeverSend == 0 && fsm.MissingField(r, m.ev.Facts) == ""
}

func (m *serverTurn) kaazing() bool { return m.before.State.Profile() == fsm.ProfileKaazing }

var ServerObligations = []obligation[serverTurn]{
	{"INV-37", "a Ping is answered and changes nothing", kinds(fsm.EventPingReceived),
		func(m *serverTurn) bool { return m.before.Host.Is(WebSocket) && !m.before.Host.Is(peerClosed) },
		func(m *serverTurn) bool {
			return m.before.State == m.after.State && m.effects.Len() == 1 && m.does(fsm.EffectSendPong)
		}},
	{"WSP-FRAME-06", "a Close is answered with Close, and ends the connection",
		kinds(fsm.EventPeerClosed), nil,
		func(m *serverTurn) bool { return m.after.Host.Is(CloseSent) && m.to(fsm.ServerDone) }},
	{"KHP-CLOSE-01", "a lost connection is the end", kinds(fsm.EventConnectionLost), nil,
		func(m *serverTurn) bool { return m.to(fsm.ServerDone) }},
	{"WSP-CLOSE-02", "a Close is sent before an established connection is left", EveryKind, nil,
		func(m *serverTurn) bool { return m.after.Host.closedProperly(&m.before.Host.Host, m.ev.Kind) }},
	{"WSP-FRAME-04", "a violation is the end", kinds(fsm.EventViolation), nil,
		func(m *serverTurn) bool { return m.to(fsm.ServerDone) }},
	{"LIV-11", "the application's close is followed at once", kinds(fsm.EventCloseRequested), nil,
		func(m *serverTurn) bool { return m.to(fsm.ServerClosing, fsm.ServerDone) }},
	{"KHP-OPEN-04", "an opening request that asks for KHP is agreed to",
		kinds(fsm.EventOpeningRequest),
		func(m *serverTurn) bool { return m.fact(fsm.FactValid | fsm.FactKHP) },
		func(m *serverTurn) bool {
			return m.does(fsm.EffectSendOpening) && m.to(fsm.ServerAwaitRequest) &&
				m.does(fsm.EffectSendProceed) == m.fact(fsm.FactKaazing)
		}},
	{"KHP-OPEN-03", "any other opening request is refused, or served as plain",
		kinds(fsm.EventOpeningRequest),
		func(m *serverTurn) bool { return !m.fact(fsm.FactValid | fsm.FactKHP) },
		func(m *serverTurn) bool {
			if m.cfg.Plain && m.fact(fsm.FactValid) {
				return m.does(fsm.EffectSendOpening) && m.does(fsm.EffectOpenPlain)
			}
			return m.does(fsm.EffectRefuseOpening) && m.to(fsm.ServerDone)
		}},
	{"WSP-OPEN-08", "an opening request is answered, also at the end", kinds(fsm.EventCloseRequested),
		func(m *serverTurn) bool { return m.in(fsm.ServerOpening) },
		func(m *serverTurn) bool { return m.does(fsm.EffectRefuseOpening) }},
	{"INV-43", "a request that names an extension of the opening handshake is refused",
		kinds(fsm.EventRequest),
		func(m *serverTurn) bool { return m.fact(fsm.FactExtensionAgain) },
		(*serverTurn).refuses},
	{"KHP-EXT-RSP-01", "a request is decided on, or its body asked for",
		kinds(fsm.EventRequest, fsm.EventBodyReceived),
		func(m *serverTurn) bool { return !m.fact(fsm.FactExtensionAgain) },
		func(m *serverTurn) bool {
			if m.fact(fsm.FactExpectBody) {
				return m.responds(100, 100) && m.to(fsm.ServerAwaitBody)
			}
			return m.does(fsm.EffectAskDecision)
		}},
	{"KHP-EXT-03", "what is no request is refused",
		kinds(fsm.EventBadRequest, fsm.EventApplicationFailed),
		func(m *serverTurn) bool { return !m.in(fsm.ServerClosing, fsm.ServerDone) },
		(*serverTurn).refuses},
	{"KHP-EXT-02", "a message that is not awaited ends the handshake",
		kinds(fsm.EventDataReceived, fsm.EventTerminatorReceived),
		func(m *serverTurn) bool {
			return m.in(fsm.ServerAwaitRequest, fsm.ServerAwaitReplay, fsm.ServerDeciding, fsm.ServerPending)
		},
		(*serverTurn).refuses},
	{"KHP-GEN-05", "an open connection carries messages both ways",
		kinds(fsm.EventSendRequested, fsm.EventDataReceived, fsm.EventTerminatorReceived),
		func(m *serverTurn) bool { return m.before.Phase().Open() },
		func(m *serverTurn) bool {
			if m.ev.Kind == fsm.EventSendRequested {
				return m.does(fsm.EffectSendMessage)
			}
			return m.does(fsm.EffectDeliver)
		}},
	{"KHP-STATUS-101-02", "an acceptance opens, or sends a kaazing client elsewhere",
		kinds(fsm.EventDecided),
		func(m *serverTurn) bool {
			return m.decides(codes.ActionComplete) && m.fact(fsm.FactSelectionValid) &&
				(m.kaazing() || !m.fact(fsm.FactReroute))
		},
		func(m *serverTurn) bool {
			if m.fact(fsm.FactReroute) {
				return m.responds(int(m.ev.Status), int(m.ev.Status)) && m.does(fsm.EffectSendReroute) &&
					m.to(fsm.ServerClosing)
			}
			return m.responds(int(m.ev.Status), int(m.ev.Status)) && m.does(fsm.EffectComplete) &&
				m.does(fsm.EffectSendProceed) == m.kaazing()
		}},
	{"KHP-STATUS-202-02", "a 202 is sent, within its limit", kinds(fsm.EventDecided),
		func(m *serverTurn) bool {
			return m.decides(codes.ActionWait) && m.before.State.Deferrals() < int(m.cfg.MaxDeferrals)
		},
		func(m *serverTurn) bool { return m.responds(202, 202) && m.to(fsm.ServerPending) }},
	{"KHP-STATUS-401-04", "a challenge is sent, within its limit; then 403", kinds(fsm.EventDecided),
		func(m *serverTurn) bool { return m.decides(codes.ActionReplay) && m.met() },
		func(m *serverTurn) bool {
			if m.before.State.Challenges() < int(m.cfg.MaxChallenges) {
				return m.responds(401, 401) && m.to(fsm.ServerAwaitReplay)
			}
			return m.responds(403, 403) && m.refuses()
		}},
	{"KHP-REDIR-01", "a terminating status is sent, and Close behind it", kinds(fsm.EventDecided),
		func(m *serverTurn) bool {
			return m.before.Host.Is(Deciding) &&
				m.rule().Action.Terminates() && m.met()
		},
		func(m *serverTurn) bool {
			return m.responds(int(m.ev.Status), int(m.ev.Status)) && m.to(fsm.ServerClosing) &&
				m.after.Host.Is(CloseSent)
		}},
	{causeID, causeText, EveryKind, nil, (*serverTurn).caused},
	{"RFC2068-408-01", "a client that takes too long is told before Close",
		kinds(fsm.EventTimerExpired),
		func(m *serverTurn) bool {
			return slices.Contains(serverTimersIn(&m.before), m.ev.Timer) && !m.in(fsm.ServerClosing)
		},
		(*serverTurn).refuses},
}

var serverOwes = byKind(ServerObligations)

// serverTimersIn lists the timers that each phase needs.
func serverTimersIn(w *Server) []fsm.Timer {
	switch w.Phase() {
	case fsm.ServerAwaitRequest:
		return []fsm.Timer{fsm.TimerRequest, fsm.TimerOverall}
	case fsm.ServerAwaitBody:
		return []fsm.Timer{fsm.TimerBody, fsm.TimerOverall}
	case fsm.ServerDeciding, fsm.ServerPending:
		return []fsm.Timer{fsm.TimerOverall}
	case fsm.ServerAwaitReplay:
		return []fsm.Timer{fsm.TimerReplay}
	case fsm.ServerClosing:
		return []fsm.Timer{fsm.TimerClose}
	case fsm.ServerOpening, fsm.ServerOpen, fsm.ServerPlain, fsm.ServerDone:
	}
	return nil
}

// Timed reports whether the timers that the phase needs run, and no others.
func (w *Server) Timed() bool { return w.Host.Timers.runsJust(serverTimersIn(w)) }

package world

import (
	"slices"
	"sync"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// clientTurn is a step of a client, for its obligations. Steps are many, so they are used again.
type clientTurn struct {
	cfg           fsm.ClientConfig
	before, after Client
	ev            fsm.Event
	effects       fsm.Effects
}

var clientTurns = sync.Pool{New: func() any { return new(clientTurn) }}

func (m *clientTurn) in(phases ...fsm.ClientPhase) bool {
	return slices.Contains(phases, m.before.Phase())
}
func (m *clientTurn) to(phases ...fsm.ClientPhase) bool {
	return slices.Contains(phases, m.after.Phase())
}
func (m *clientTurn) fact(f fsm.Facts) bool      { return m.ev.Facts.Has(f) }
func (m *clientTurn) does(k fsm.EffectKind) bool { return has(&m.effects, k) }
func (m *clientTurn) action() codes.Action {
	return fsm.Status(int(m.ev.Status)).Action
}

// answers reports whether the event is a response that decides an extended request.
func (m *clientTurn) answers(actions ...codes.Action) bool {
	return m.in(fsm.ClientReading) && slices.Contains(actions, m.action())
}

// fine reports whether a response that keeps the connection meets the conditions of all of them.
func (m *clientTurn) fine() bool {
	return m.fact(fsm.FactExtensionsAsked) &&
		(m.fact(fsm.FactTerminated) || m.cfg.TerminatorOptional) && !m.before.Host.Is(cut)
}

// ends reports whether the client gave up: it closes, waits for the end of TCP, or has come to its
// own end.
func (m *clientTurn) ends() bool {
	return m.to(fsm.ClientClosing, fsm.ClientDraining, fsm.ClientDone, fsm.ClientFailed)
}

// fails is ends, and nothing follows.
func (m *clientTurn) fails() bool {
	return m.to(fsm.ClientFailed) || m.to(fsm.ClientClosing, fsm.ClientDraining) &&
		m.after.State.Plan() == fsm.PlanFail
}

// pointed reports whether the event names a place to go to. In the opening handshake the request is
// a GET always.
func (m *clientTurn) pointed() bool {
	switch m.ev.Kind {
	case fsm.EventRerouteReceived:
		return true
	case fsm.EventResponse:
		if m.in(fsm.ClientReading, fsm.ClientOpening) {
			a := m.action()
			return a == codes.ActionRedirect || a == codes.ActionRedirectChoice ||
				a == codes.ActionRedirectIfGet && (!m.cfg.OtherMethod || m.in(fsm.ClientOpening))
		}
	}
	return false
}

// allowed reports whether the target may be gone to.
func (m *clientTurn) allowed() bool {
	return m.fact(fsm.FactTargetUsable) && !m.fact(fsm.FactTargetVisited) &&
		!m.fact(fsm.FactTargetRefused)
}

func (m *clientTurn) redirectsLeft() bool {
	return m.before.State.Redirects() < int(m.cfg.MaxRedirects)
}

// plans reports whether the step has begun a follow-up of that kind.
func (m *clientTurn) plans(p fsm.Plan) bool {
	return m.after.State.Plan() == p && m.before.State.Plan() != p
}

var ClientObligations = []obligation[clientTurn]{
	{"INV-37", "a Ping is answered and changes nothing", kinds(fsm.EventPingReceived),
		func(m *clientTurn) bool { return m.before.Host.Is(WebSocket) && !m.before.Host.Is(CloseSent) },
		func(m *clientTurn) bool {
			return m.before.State == m.after.State && m.effects.Len() == 1 && m.does(fsm.EffectSendPong)
		}},
	{"WSP-FRAME-06", "a Close is answered with Close, and ends the connection",
		kinds(fsm.EventPeerClosed), nil,
		func(m *clientTurn) bool {
			return m.after.Host.Is(CloseSent) && m.ends() &&
				!m.to(fsm.ClientClosing)
		}},
	{"KHP-CLOSE-01", "a lost connection ends the attempt, or is left for the next one",
		kinds(fsm.EventConnectionLost, fsm.EventConnectFailed), nil,
		func(m *clientTurn) bool {
			return m.to(fsm.ClientDone, fsm.ClientFailed,
				fsm.ClientRedirecting)
		}},
	{"WSP-CLOSE-02", "a Close is sent before an established connection is left", EveryKind, nil,
		func(m *clientTurn) bool { return m.after.Host.closedProperly(&m.before.Host.Host, m.ev.Kind) }},
	{"LIV-11", "the application's close is followed at once, by nothing else",
		kinds(fsm.EventCloseRequested),
		func(m *clientTurn) bool { return !m.in(fsm.ClientDone, fsm.ClientFailed) },
		func(m *clientTurn) bool {
			p := m.after.State.Plan()
			return m.to(fsm.ClientDone) || m.to(fsm.ClientClosing, fsm.ClientDraining) &&
				(p == fsm.PlanClose || p == fsm.PlanFail)
		}},
	{"KHP-CLOSE-02", "a violation and every terminating status end the connection",
		kinds(fsm.EventViolation, fsm.EventResponse),
		func(m *clientTurn) bool {
			return m.ev.Kind == fsm.EventViolation || m.in(fsm.ClientReading) && m.action().Terminates()
		},
		func(m *clientTurn) bool { return m.ends() || m.to(fsm.ClientRedirecting) }},
	{"WSP-OPEN-01", "a usable target is dialed, and the opening request sent",
		kinds(fsm.EventConnectRequested, fsm.EventConnected), nil,
		func(m *clientTurn) bool {
			if m.ev.Kind == fsm.EventConnected {
				return m.does(fsm.EffectSendOpening)
			}
			return m.does(fsm.EffectDial) == m.fact(fsm.FactTargetUsable)
		}},
	{"KHP-GEN-06", "once KHP is selected the extended handshake begins",
		kinds(fsm.EventOpened, fsm.EventProceedReceived),
		func(m *clientTurn) bool { return m.fact(fsm.FactKHP) || m.in(fsm.ClientAwaitProceed) },
		func(m *clientTurn) bool {
			return m.does(fsm.EffectSendRequest) ||
				m.cfg.Profile == fsm.ProfileKaazing && m.to(fsm.ClientAwaitProceed)
		}},
	{"KHP-OPEN-05", "without KHP a plain WebSocket, or the end", kinds(fsm.EventOpened),
		func(m *clientTurn) bool { return !m.fact(fsm.FactKHP) },
		func(m *clientTurn) bool {
			if m.cfg.PlainFallback {
				return m.does(fsm.EffectOpenPlain)
			}
			return m.fails()
		}},
	{"KHP-CLOSE-05", "a completing response that meets every condition opens, and no other",
		kinds(fsm.EventResponse),
		func(m *clientTurn) bool { return m.answers(codes.ActionComplete) },
		func(m *clientTurn) bool {
			if m.fine() && m.fact(fsm.FactAcceptMatches) && m.fact(fsm.FactProtocolOffered) {
				return m.does(fsm.EffectComplete) || m.to(fsm.ClientAwaitConfirm)
			}
			return m.fails()
		}},
	{"KHP-STATUS-101-01", "the second N opens", kinds(fsm.EventProceedReceived),
		func(m *clientTurn) bool { return m.in(fsm.ClientAwaitConfirm) },
		func(m *clientTurn) bool { return m.does(fsm.EffectComplete) }},
	{"KHP-STATUS-100-01", "the body is sent on 100 in answer to Expect, and only then",
		kinds(fsm.EventResponse),
		func(m *clientTurn) bool { return m.answers(codes.ActionContinue) },
		func(m *clientTurn) bool {
			if !m.fine() || !m.cfg.Expect || m.before.State.Interim() >= int(m.cfg.MaxInterim) {
				return m.fails()
			}
			return m.does(fsm.EffectSendBody) || m.to(fsm.ClientAwaitResponse)
		}},
	{"KHP-STATUS-202-01", "a 202 is waited after, within its limit", kinds(fsm.EventResponse),
		func(m *clientTurn) bool { return m.answers(codes.ActionWait) },
		func(m *clientTurn) bool {
			if !m.fine() || m.cfg.NoWait || m.before.State.Interim() >= int(m.cfg.MaxInterim) {
				return m.fails()
			}
			return m.to(fsm.ClientAwaitResponse) && m.after.Host.Timers.Has(fsm.TimerWait)
		}},
	{"KHP-STATUS-401-01", "credentials are asked for on a usable 401, within its limit",
		kinds(fsm.EventResponse),
		func(m *clientTurn) bool {
			return m.action() == codes.ActionReplay && m.in(fsm.ClientReading, fsm.ClientOpening) &&
				m.before.State.Replays() < int(m.cfg.MaxReplays)
		},
		func(m *clientTurn) bool {
			if m.in(fsm.ClientReading) && !m.fine() || !m.fact(fsm.FactChallengeUsable) {
				return m.fails()
			}
			return m.does(fsm.EffectAskCredentials)
		}},
	{"KHP-STATUS-401-02", "new credentials go with the next request, others nowhere",
		kinds(fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined),
		func(m *clientTurn) bool { return m.in(fsm.ClientAwaitCredentials, fsm.ClientAwaitLogin) },
		func(m *clientTurn) bool {
			switch {
			case m.ev.Kind == fsm.EventCredentialsDeclined, !m.fact(fsm.FactNewCredentials):
				return m.fails()
			case m.in(fsm.ClientAwaitLogin):
				return m.does(fsm.EffectDial)
			}
			return m.does(fsm.EffectReplayRequest)
		}},
	{"INV-25", "a follow-up only where the event names a target, " +
		"with a usable one that is not refused", EveryKind,
		func(m *clientTurn) bool { return m.plans(fsm.PlanRedirect) },
		func(m *clientTurn) bool {
			return m.pointed() && m.fact(fsm.FactTargetUsable) && !m.fact(fsm.FactTargetRefused) &&
				!m.cfg.NoRedirects
		}},
	{"INV-22", "no follow-up to a target that was visited", EveryKind,
		func(m *clientTurn) bool { return m.plans(fsm.PlanRedirect) || m.plans(fsm.PlanUpgrade) },
		func(m *clientTurn) bool { return !m.fact(fsm.FactTargetVisited) }},
	{"KHP-REDIR-03", "a target that may be gone to is followed, within the limit",
		kinds(fsm.EventResponse, fsm.EventRerouteReceived),
		func(m *clientTurn) bool {
			return m.pointed() && m.allowed() && !m.cfg.NoRedirects && m.redirectsLeft() && m.balancer()
		},
		func(m *clientTurn) bool { return m.plans(fsm.PlanRedirect) }},
	{"KHP-STATUS-407-02", "another connection only for a 407 of the proxy that is configured, once",
		EveryKind,
		func(m *clientTurn) bool { return m.plans(fsm.PlanProxyAuth) },
		func(m *clientTurn) bool {
			return m.action() == codes.ActionProxyAuth && m.fact(fsm.FactProxyChallenge) && m.cfg.Proxy
		}},
	{"KHP-STATUS-426-02", "another connection for 426 only with TLS, and only if that is allowed",
		EveryKind,
		func(m *clientTurn) bool { return m.plans(fsm.PlanUpgrade) },
		func(m *clientTurn) bool {
			return m.action() == codes.ActionUpgrade && m.fact(fsm.FactUpgradeTLS|fsm.FactTargetUsable) &&
				m.cfg.Upgrade && m.redirectsLeft()
		}},
	{"KHP-GEN-05", "an open connection carries messages both ways",
		kinds(fsm.EventSendRequested, fsm.EventDataReceived, fsm.EventTerminatorReceived),
		func(m *clientTurn) bool { return m.before.Phase().Open() },
		func(m *clientTurn) bool {
			if m.ev.Kind == fsm.EventSendRequested {
				return m.does(fsm.EffectSendMessage)
			}
			return m.does(fsm.EffectDeliver) != (m.ev.Kind == fsm.EventTerminatorReceived &&
				m.before.State.LateTerminator())
		}},
	{"KHP-EXT-02", "a message that nobody asked for ends the handshake",
		kinds(fsm.EventDataReceived, fsm.EventTerminatorReceived),
		func(m *clientTurn) bool {
			late := m.ev.Kind == fsm.EventTerminatorReceived && m.before.State.LateTerminator()
			return !late &&
				(m.in(fsm.ClientAwaitProceed, fsm.ClientAwaitCredentials, fsm.ClientAwaitConfirm) ||
					m.ev.Kind == fsm.EventTerminatorReceived &&
						m.in(fsm.ClientAwaitResponse, fsm.ClientSendingBody))
		},
		(*clientTurn).fails},
	{"KHP-GEN-09", "a response is read", kinds(fsm.EventDataReceived),
		func(m *clientTurn) bool {
			return m.in(fsm.ClientAwaitResponse, fsm.ClientReading, fsm.ClientSendingBody)
		},
		func(m *clientTurn) bool {
			return m.to(fsm.ClientReading) && m.does(fsm.EffectStopBody) == m.in(fsm.ClientSendingBody)
		}},
	{"WSP-CLOSE-01", "the end of TCP is awaited behind the peer's Close alone", EveryKind,
		func(m *clientTurn) bool {
			return m.to(fsm.ClientDraining) && !m.in(fsm.ClientDraining)
		},
		func(m *clientTurn) bool { return m.ev.Kind == fsm.EventPeerClosed }},
	{causeID, causeText, EveryKind, nil, (*clientTurn).caused},
	{"RFC2068-100-03", "once the body is sent the response is awaited", kinds(fsm.EventBodyWritten),
		func(m *clientTurn) bool { return m.in(fsm.ClientSendingBody) },
		func(m *clientTurn) bool { return m.to(fsm.ClientAwaitResponse) }},
}

// balancer reports whether a gateway's message may come here; elsewhere only a response names a
// target.
func (m *clientTurn) balancer() bool {
	return m.ev.Kind == fsm.EventResponse || m.in(fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm)
}

var clientOwes = byKind(ClientObligations)

// clientTimersIn lists the timers that each phase needs. A wait after 202 takes the place of the
// wait for a response.
func clientTimersIn(w *Client) []fsm.Timer {
	switch w.Phase() {
	case fsm.ClientConnecting, fsm.ClientOpening:
		return []fsm.Timer{fsm.TimerOpening}
	case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
		return []fsm.Timer{fsm.TimerCredentials}
	case fsm.ClientAwaitProceed:
		return []fsm.Timer{fsm.TimerOpening, fsm.TimerOverall}
	case fsm.ClientAwaitResponse, fsm.ClientReading, fsm.ClientSendingBody, fsm.ClientAwaitConfirm:
		if w.Host.Is(waits) {
			return []fsm.Timer{fsm.TimerWait, fsm.TimerOverall}
		}
		return []fsm.Timer{fsm.TimerResponse, fsm.TimerOverall}
	case fsm.ClientClosing, fsm.ClientDraining:
		return []fsm.Timer{fsm.TimerClose}
	case fsm.ClientIdle, fsm.ClientOpen, fsm.ClientPlain, fsm.ClientRedirecting, fsm.ClientDone,
		fsm.ClientFailed:
	}
	return nil
}

// Timed reports whether the timers that the phase needs run, and no others.
func (w *Client) Timed() bool { return w.Host.Timers.runsJust(clientTimersIn(w)) }

// kinds lists kinds of events.
func kinds(list ...fsm.EventKind) []fsm.EventKind { return list }

var EveryKind = func() (list []fsm.EventKind) {
	for k := fsm.EventConnectRequested; k <= fsm.EventApplicationFailed; k++ {
		list = append(list, k)
	}
	return list
}()

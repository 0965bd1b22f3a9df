package oracle

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// deciding: the application decides; in ServerPending a 202 was sent.
func (t *serverTurn) deciding() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDecided:
		return t.decided()
	case fsm.EventApplicationFailed:
		return t.refuse(500, fsm.FailureApplication, 1011)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // nothing is read as a request here
		return t.refuse(400, fsm.FailureUnexpectedMessage, 1002)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerOverall {
			return t.refuse(503, fsm.FailureTimeout, 1008)
		}
	}
	return t.established()
}

// decided: the application's answer.
func (t *serverTurn) decided() fsm.Verdict {
	status := t.ev.Status
	if !t.cfg.Unchecked {
		if status == 100 || NeverSent(int(status)) { // INV-46
			return fsm.Misuse
		}
		if !t.has(fieldOf(status)) { // INV-45
			return fsm.Misuse
		}
	}
	//exhaustive:ignore
	switch actionOf(status) {
	case codes.ActionComplete:
		return t.accept()
	case codes.ActionWait:
		if t.m.deferrals >= t.cfg.MaxDeferrals {
			return fsm.Misuse
		}
		t.respond(202)
		t.m.deferrals++
		return t.goes(fsm.ServerPending)
	case codes.ActionReplay:
		if t.m.challenges >= t.cfg.MaxChallenges {
			return t.refuse(403, fsm.FailureAuthLimit, 1000)
		}
		t.respond(401)
		// the time that a user takes is not the handshake's
		t.timer(fsm.EffectPauseTimer, fsm.TimerOverall)
		t.arm(fsm.TimerReplay)
		t.m.challenges++
		return t.goes(fsm.ServerAwaitReplay)
	}
	return t.refuse(status, fsm.FailureStatus, 1000)
}

// fieldFact is the finding that a decision carries the field.
func fieldFact(field string) fsm.Facts {
	switch field {
	case "Location":
		return fsm.FactLocation
	case "WWW-Authenticate":
		return fsm.FactChallenge
	case "Proxy-Authenticate":
		return fsm.FactProxyChallenge
	case "Upgrade":
		return fsm.FactUpgrade
	}
	return 0
}

// accept: a completing decision.
func (t *serverTurn) accept() fsm.Verdict {
	if !t.has(fsm.FactSelectionValid) { // no obligation of a status code, so Unchecked changes nothing
		return fsm.Misuse
	}
	if t.has(fsm.FactReroute) && !t.m.kaazing {
		return fsm.Misuse
	}
	t.respond(t.ev.Status)
	t.m.opened = true
	if t.has(fsm.FactReroute) {
		t.do(fsm.EffectSendReroute)
		return t.closes(1000)
	}
	if t.m.kaazing {
		t.do(fsm.EffectSendProceed)
	}
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectComplete)
	return t.goes(fsm.ServerOpen)
}

// established handles the events that are alike while the WebSocket stands and is not open.
func (t *serverTurn) established() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPingReceived:
		return t.just(fsm.EffectSendPong)
	case fsm.EventPeerClosed:
		t.m.failure = fsm.FailurePeerClosed
		t.code(fsm.EffectSendClose, 0)
		return t.end()
	case fsm.EventConnectionLost:
		return t.lost(fsm.FailureConnectionLost)
	case fsm.EventViolation:
		return t.violated()
	case fsm.EventCloseRequested: // left open by the text, but INV-41 wants an answer
		return t.refuse(503, fsm.FailureShutdown, 1001)
	case fsm.EventTimerExpired:
		return fsm.Ignored // late
	case fsm.EventSendRequested:
		return fsm.Misuse
	case fsm.EventDecided, fsm.EventApplicationFailed: // no decision was asked for
		return fsm.Misuse
	}
	return Refused
}

// open: the application's.
func (t *serverTurn) open() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived, fsm.EventTerminatorReceived:
		return t.just(fsm.EffectDeliver)
	case fsm.EventPingReceived:
		return t.just(fsm.EffectSendPong)
	case fsm.EventSendRequested:
		return t.just(fsm.EffectSendMessage)
	case fsm.EventPeerClosed: // the server closes TCP first, AMB-68
		t.code(fsm.EffectSendClose, 0)
		return t.end()
	case fsm.EventConnectionLost:
		return t.end()
	case fsm.EventViolation:
		return t.violated()
	case fsm.EventCloseRequested:
		return t.closes(0)
	case fsm.EventTimerExpired:
		return fsm.Ignored
	}
	return Refused
}

// closing: Close sent.
func (t *serverTurn) closing() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPeerClosed, fsm.EventConnectionLost, fsm.EventViolation:
		return t.end()
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerClose {
			return t.end()
		}
		return fsm.Ignored
	case fsm.EventPingReceived: // no Close was received yet, WSP-FRAME-05
		return t.just(fsm.EffectSendPong)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived:
		return Nothing
	case fsm.EventDecided, fsm.EventApplicationFailed: // the client is gone
		return fsm.Ignored
	}
	return Refused
}

// over: terminal.
func (t *serverTurn) over() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventTimerExpired, fsm.EventDecided, fsm.EventApplicationFailed:
		return fsm.Ignored
	case fsm.EventDataReceived, fsm.EventTerminatorReceived, fsm.EventPingReceived,
		fsm.EventPeerClosed, fsm.EventConnectionLost, fsm.EventViolation:
		return Nothing
	}
	return Refused
}

// refuse: response, terminator, Close. [INV-42]
func (t *serverTurn) refuse(status uint16, f fsm.Failure, code uint16) fsm.Verdict {
	t.m.failure = f
	t.respond(status)
	return t.closes(code)
}

// respond: a response and its terminator.
func (t *serverTurn) respond(status uint16) {
	t.m.status = status
	t.code(fsm.EffectSendResponse, status)
	t.do(fsm.EffectSendTerminator)
}

// closes: with Close, whose answer is awaited.
func (t *serverTurn) closes(code uint16) fsm.Verdict {
	t.code(fsm.EffectSendClose, code)
	t.do(fsm.EffectStopTimers)
	t.arm(fsm.TimerClose)
	return t.goes(fsm.ServerClosing)
}

// violated: after a frame error nothing is awaited.
func (t *serverTurn) violated() fsm.Verdict {
	t.m.failure = t.ev.Failure
	t.code(fsm.EffectSendClose, closeCode(t.ev.Failure))
	return t.end()
}

// end: TCP closed; one terminal effect. [INV-05]
func (t *serverTurn) end() fsm.Verdict {
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectDisconnect)
	if t.m.opened {
		t.do(fsm.EffectClosed)
	} else {
		t.out.add(fsm.Effect{Kind: fsm.EffectFail, Failure: t.m.failure, Code: t.m.status})
	}
	return t.goes(fsm.ServerDone)
}

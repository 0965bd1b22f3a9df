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
		t.code(fsm.EffectSendResponse, 202)
		t.do(fsm.EffectSendTerminator)
		t.m.status = 202
		t.m.deferrals++
		t.goes(fsm.ServerPending)
		return fsm.Accepted
	case codes.ActionReplay:
		if t.m.challenges >= t.cfg.MaxChallenges {
			return t.refuse(403, fsm.FailureAuthLimit, 1000)
		}
		t.code(fsm.EffectSendResponse, 401)
		t.do(fsm.EffectSendTerminator)
		// the time that a user takes is not the handshake's
		t.timer(fsm.EffectPauseTimer, fsm.TimerOverall)
		t.arm(fsm.TimerReplay)
		t.m.status = 401
		t.m.challenges++
		t.goes(fsm.ServerAwaitReplay)
		return fsm.Accepted
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
	t.m.status, t.m.opened = t.ev.Status, true
	t.code(fsm.EffectSendResponse, t.ev.Status)
	t.do(fsm.EffectSendTerminator)
	if t.has(fsm.FactReroute) {
		t.do(fsm.EffectSendReroute)
		t.code(fsm.EffectSendClose, 1000)
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ServerClosing)
		return fsm.Accepted
	}
	if t.m.kaazing {
		t.do(fsm.EffectSendProceed)
	}
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectComplete)
	t.goes(fsm.ServerOpen)
	return fsm.Accepted
}

// established handles the events that are alike while the WebSocket stands and is not open.
func (t *serverTurn) established() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPingReceived:
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventPeerClosed:
		t.m.failure = fsm.FailurePeerClosed
		t.code(fsm.EffectSendClose, 0)
		return t.end()
	case fsm.EventConnectionLost:
		return t.lost(fsm.FailureConnectionLost)
	case fsm.EventViolation:
		t.m.failure = t.ev.Failure
		t.code(fsm.EffectSendClose, closeCode(t.ev.Failure))
		return t.end()
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
		t.do(fsm.EffectDeliver)
		return fsm.Accepted
	case fsm.EventPingReceived:
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventSendRequested:
		t.do(fsm.EffectSendMessage)
		return fsm.Accepted
	case fsm.EventPeerClosed: // the server closes TCP first, AMB-68
		t.code(fsm.EffectSendClose, 0)
		return t.end()
	case fsm.EventConnectionLost:
		return t.end()
	case fsm.EventViolation:
		t.m.failure = t.ev.Failure
		t.code(fsm.EffectSendClose, closeCode(t.ev.Failure))
		return t.end()
	case fsm.EventCloseRequested:
		t.code(fsm.EffectSendClose, 0)
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ServerClosing)
		return fsm.Accepted
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
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
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
	t.m.status, t.m.failure = status, f
	t.code(fsm.EffectSendResponse, status)
	t.do(fsm.EffectSendTerminator)
	t.code(fsm.EffectSendClose, code)
	t.do(fsm.EffectStopTimers)
	t.arm(fsm.TimerClose)
	t.goes(fsm.ServerClosing)
	return fsm.Accepted
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
	t.goes(fsm.ServerDone)
	return fsm.Accepted
}

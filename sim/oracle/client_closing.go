package oracle

import "example.com/khp/fsm"

// open: the application's. Nothing is interpreted any more. [AMB-16]
func (t *clientTurn) open() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived:
		t.m.lateTerminator = false
		return t.just(fsm.EffectDeliver)
	case fsm.EventTerminatorReceived:
		if t.m.lateTerminator { // AMB-01
			t.m.lateTerminator = false
			return fsm.Accepted
		}
		return t.just(fsm.EffectDeliver) // ADV-21
	case fsm.EventPingReceived:
		return t.just(fsm.EffectSendPong)
	case fsm.EventSendRequested:
		return t.just(fsm.EffectSendMessage)
	case fsm.EventViolation: // ends like a close, but the reason is kept
		t.m.plan, t.m.failure = fsm.PlanClose, t.ev.Failure
		return t.closes(closeCode(t.ev.Failure), fsm.ClientClosing)
	case fsm.EventPeerClosed:
		t.m.plan = fsm.PlanClose
		return t.closes(0, fsm.ClientDraining)
	case fsm.EventConnectionLost:
		return t.ended()
	case fsm.EventCloseRequested:
		t.m.plan = fsm.PlanClose
		return t.closes(0, fsm.ClientClosing)
	case fsm.EventTimerExpired:
		return fsm.Ignored
	}
	return Refused
}

// closing: Close sent, and in ClientDraining also received.
func (t *clientTurn) closing() fsm.Verdict {
	following := t.m.plan == fsm.PlanRedirect || t.m.plan == fsm.PlanUpgrade ||
		t.m.plan == fsm.PlanProxyAuth
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPeerClosed:
		if t.m.phase == fsm.ClientDraining {
			return Nothing
		}
		return t.goes(fsm.ClientDraining)
	case fsm.EventPingReceived:
		if t.m.phase == fsm.ClientDraining || t.m.plan == fsm.PlanFail {
			return Nothing
		}
		return t.just(fsm.EffectSendPong)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived:
		return Nothing
	// after a frame error nothing more is read, WSP-CLOSE-04
	case fsm.EventConnectionLost, fsm.EventViolation:
		return t.gone()
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerClose {
			return t.gone()
		}
		return fsm.Ignored
	case fsm.EventCloseRequested:
		if following { // LIV-11: nothing is followed after close()
			t.m.plan = fsm.PlanClose
			return fsm.Accepted
		}
		return Nothing
	// These come late. [ADV-42]
	case fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined, fsm.EventBodyWritten:
		return fsm.Ignored
	}
	return Refused
}

// gone: the old connection has ended.
func (t *clientTurn) gone() fsm.Verdict {
	//exhaustive:ignore
	switch t.m.plan {
	case fsm.PlanClose:
		return t.ended()
	case fsm.PlanRedirect, fsm.PlanProxyAuth, fsm.PlanUpgrade:
		return t.follow()
	}
	return t.failed(t.m.failure)
}

// redirecting: no connection, a target that may be followed.
func (t *clientTurn) redirecting() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnectRequested:
		if !t.has(fsm.FactTargetUsable) {
			return t.failed(fsm.FailureURL)
		}
		t.m = Client{redirects: t.m.redirects, proxyTried: t.m.proxyTried}
		return t.dial()
	case fsm.EventCloseRequested: // LIV-11
		return t.ended()
	case fsm.EventSendRequested:
		return fsm.Misuse
	case fsm.EventTimerExpired:
		return fsm.Ignored
	case fsm.EventConnectionLost:
		return Nothing
	}
	return Refused
}

// over: terminal.
func (t *clientTurn) over() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventTimerExpired:
		return fsm.Ignored
	// These come late. [ADV-42]
	case fsm.EventConnected, fsm.EventConnectFailed, fsm.EventCredentialsSupplied,
		fsm.EventCredentialsDeclined, fsm.EventBodyWritten:
		return fsm.Ignored
	case fsm.EventConnectionLost, fsm.EventPeerClosed, fsm.EventDataReceived,
		fsm.EventTerminatorReceived, fsm.EventPingReceived, fsm.EventViolation:
		return Nothing
	}
	return Refused
}

func (t *clientTurn) dial() fsm.Verdict {
	t.do(fsm.EffectDial)
	t.arm(fsm.TimerOpening)
	return t.goes(fsm.ClientConnecting)
}

// complete: INV-01.
func (t *clientTurn) complete() fsm.Verdict {
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectComplete)
	return t.goes(fsm.ClientOpen)
}

// fail: on an established WebSocket, with the close code of the failure.
func (t *clientTurn) fail(f fsm.Failure) fsm.Verdict { return t.failWith(f, closeCode(f)) }

func (t *clientTurn) failWith(f fsm.Failure, code uint16) fsm.Verdict {
	t.m.plan, t.m.failure = fsm.PlanFail, f
	return t.closes(code, fsm.ClientClosing)
}

// closes: with Close; in ClientDraining it is the answer to the peer's.
func (t *clientTurn) closes(code uint16, to fsm.ClientPhase) fsm.Verdict {
	t.code(fsm.EffectSendClose, code)
	t.do(fsm.EffectStopTimers)
	t.arm(fsm.TimerClose)
	return t.goes(to)
}

// closeFor takes a terminating response; plan is for the time after the close.
func (t *clientTurn) closeFor(plan fsm.Plan, f fsm.Failure) fsm.Verdict {
	if plan == fsm.PlanFail {
		return t.fail(f)
	}
	t.plan(plan)
	return t.closes(1000, fsm.ClientClosing) // AMB-70
}

// plan: the follow-up is decided; it is counted here and not only when the old connection is gone,
// a moment that cannot be observed from outside.
func (t *clientTurn) plan(plan fsm.Plan) {
	t.m.plan = plan
	if plan == fsm.PlanProxyAuth {
		t.m.proxyTried = true // does not use up the budget: INV-21 allows redirect_max + 2 connections
	} else {
		t.m.redirects++
	}
}

func (t *clientTurn) follow() fsm.Verdict {
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectDisconnect)
	t.do(fsm.EffectFollow)
	return t.goes(fsm.ClientRedirecting)
}

// failed: the end, with a failure.
func (t *clientTurn) failed(f fsm.Failure) fsm.Verdict {
	t.m.plan, t.m.failure = fsm.PlanFail, f
	t.drop()
	t.out.add(fsm.Effect{Kind: fsm.EffectFail, Failure: f, Code: t.m.status})
	return t.goes(fsm.ClientFailed)
}

// ended: the end, as asked.
func (t *clientTurn) ended() fsm.Verdict {
	t.m.plan = fsm.PlanClose
	t.drop()
	t.do(fsm.EffectClosed)
	return t.goes(fsm.ClientDone)
}

// drop: the connection ends, if there is one.
func (t *clientTurn) drop() {
	if t.m.phase != fsm.ClientIdle && t.m.phase != fsm.ClientRedirecting {
		t.do(fsm.EffectStopTimers)
		t.do(fsm.EffectDisconnect)
	}
}

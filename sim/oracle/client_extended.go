package oracle

import "example.com/khp/fsm"

// awaitProceed: kaazing profile, WebSocket established, first N awaited.
func (t *clientTurn) awaitProceed() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventProceedReceived:
		t.m.gateway = true
		t.do(fsm.EffectSendRequest)
		t.stop(fsm.TimerOpening)
		t.arm(fsm.TimerResponse)
		return t.goes(fsm.ClientAwaitResponse)
	case fsm.EventRerouteReceived:
		return t.reroute()
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // ADV-33, AMB-11
		return t.fail(fsm.FailureUnexpectedMessage)
	}
	return t.established()
}

// awaitResponse: request sent, no byte of a response yet.
func (t *clientTurn) awaitResponse() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived:
		t.m.lateTerminator = false // AMB-01: only the first message after the response
		t.m.silent = false
		return t.goes(fsm.ClientReading)
	case fsm.EventProceedReceived, fsm.EventRerouteReceived:
		return t.earlyBalancer()
	case fsm.EventTerminatorReceived:
		return t.unaskedTerminator()
	}
	return t.established()
}

// earlyBalancer: N or R where a response is awaited. Only who has left open which profile the
// server speaks is told of it.
func (t *clientTurn) earlyBalancer() fsm.Verdict {
	switch {
	case t.cfg.Profile != fsm.ProfileAuto:
		return Refused
	case !t.m.silent: // a gateway speaks first
		return t.fail(fsm.FailureUnexpectedMessage)
	case t.ev.Kind == fsm.EventRerouteReceived:
		return t.reroute()
	}
	t.m.silent, t.m.gateway = false, true
	return fsm.Accepted
}

// reading: a response has begun.
func (t *clientTurn) reading() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived: // a message too many is reported as a violation
		return fsm.Accepted
	case fsm.EventBodyWritten: // late
		if t.m.body == bodyCut {
			return fsm.Ignored
		}
		return Refused
	case fsm.EventResponse:
		return t.response()
	}
	return t.established()
}

// sendingBody: 100 came, the body is being written.
func (t *clientTurn) sendingBody() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventBodyWritten:
		t.m.body = bodySent
		return t.goes(fsm.ClientAwaitResponse)
	case fsm.EventDataReceived:
		t.do(fsm.EffectStopBody)
		t.m.body = bodyCut
		t.m.lateTerminator = false
		return t.goes(fsm.ClientReading)
	case fsm.EventTerminatorReceived:
		return t.unaskedTerminator()
	}
	return t.established()
}

// awaitCredentials: 401 came, credentials are being fetched.
func (t *clientTurn) awaitCredentials() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventCredentialsSupplied:
		if !t.has(fsm.FactNewCredentials) {
			return t.fail(fsm.FailureCredentialsRefused)
		}
		t.do(fsm.EffectReplayRequest)
		t.stop(fsm.TimerCredentials)
		if t.m.waiting { // the wait deadline replaces the response timer
			t.timer(fsm.EffectResumeTimer, fsm.TimerWait)
		} else {
			t.arm(fsm.TimerResponse)
		}
		t.timer(fsm.EffectResumeTimer, fsm.TimerOverall)
		t.m.replays++
		t.m.body = bodyHeld // AMB-44: body and Expect again
		return t.goes(fsm.ClientAwaitResponse)
	case fsm.EventCredentialsDeclined:
		return t.fail(fsm.FailureAuthRequired)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerCredentials {
			return t.fail(fsm.FailureCredentialTimeout)
		}
		return fsm.Ignored // they do not run meanwhile
	case fsm.EventDataReceived:
		return t.fail(fsm.FailureUnexpectedMessage)
	case fsm.EventTerminatorReceived:
		return t.unaskedTerminator()
	}
	return t.established()
}

// awaitConfirm: kaazing profile, completing response seen, second N awaited.
func (t *clientTurn) awaitConfirm() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventProceedReceived:
		return t.complete()
	case fsm.EventRerouteReceived:
		return t.reroute()
	case fsm.EventTerminatorReceived:
		return t.unaskedTerminator() // AMB-01: a late one is dropped here too
	case fsm.EventDataReceived:
		return t.fail(fsm.FailureUnexpectedMessage)
	}
	return t.established()
}

// established handles the events that are alike while the WebSocket stands and the extended
// handshake has not ended.
func (t *clientTurn) established() fsm.Verdict {
	reading := t.m.phase == fsm.ClientReading // only there a unit is in progress
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPingReceived: // INV-37
		return t.just(fsm.EffectSendPong)
	case fsm.EventViolation:
		return t.fail(t.ev.Failure)
	case fsm.EventPeerClosed:
		t.m.failure = fsm.FailurePeerClosed
		if reading && t.has(fsm.FactHeadComplete) { // ADV-19
			t.m.failure = fsm.FailureMissingTerminator
		}
		t.m.plan = fsm.PlanFail
		return t.closes(0, fsm.ClientDraining)
	case fsm.EventConnectionLost:
		if reading && t.has(fsm.FactHeadComplete) { // AMB-71
			return t.failed(fsm.FailureMissingTerminator)
		}
		return t.failed(fsm.FailureConnectionLost)
	case fsm.EventTimerExpired:
		return t.timerExpired(reading)
	case fsm.EventCloseRequested:
		t.m.plan = fsm.PlanClose
		return t.closes(0, fsm.ClientClosing) // as the application asked, 1000 if it did not say
	case fsm.EventSendRequested:
		return fsm.Misuse
	}
	return Refused
}

// timerExpired ends the handshake for a timer that can run in the phase.
func (t *clientTurn) timerExpired(reading bool) fsm.Verdict {
	late := true
	//exhaustive:ignore
	switch t.ev.Timer {
	case fsm.TimerResponse:
		// "no wait running"; not started before the request
		late = t.m.waiting || t.m.phase == fsm.ClientAwaitProceed
	case fsm.TimerWait:
		late = !t.m.waiting // it was never started
	case fsm.TimerOverall:
		late = false
	case fsm.TimerOpening:
		late = t.m.phase != fsm.ClientAwaitProceed
	}
	if late {
		return fsm.Ignored
	}
	if t.ev.Timer == fsm.TimerWait { // AMB-40: always 1000
		return t.fail(fsm.FailureAcceptedOnly)
	}
	if reading && t.has(fsm.FactHeadComplete) { // LIV-10
		return t.failWith(fsm.FailureMissingTerminator, 1008)
	}
	return t.fail(fsm.FailureTimeout)
}

// unaskedTerminator: an empty binary message where no response has begun.
func (t *clientTurn) unaskedTerminator() fsm.Verdict {
	if t.m.lateTerminator { // AMB-01
		t.m.lateTerminator = false
		return fsm.Accepted
	}
	return t.fail(fsm.FailureUnexpectedMessage)
}

package oracle

import "example.com/khp/fsm"

// Server is the memory of the oracle about a connection.
type Server struct {
	phase      fsm.ServerPhase
	failure    fsm.Failure
	status     uint16
	challenges uint8
	deferrals  uint8
	kaazing    bool
	opened     bool // it was open once, or its client was sent elsewhere: it did not fail
}

// NewServer is the memory before the opening request.
func NewServer() Server { return Server{phase: fsm.ServerOpening} }

// serverTurn is one step of the oracle.
type serverTurn struct {
	turn
	cfg fsm.ServerConfig
	m   Server
}

// Step returns the step that the text of the requirements demands.
func (m Server) Step(cfg fsm.ServerConfig, ev fsm.Event) (Server, Orders, fsm.Verdict) {
	t := &serverTurn{turn{ev: ev}, cfg, m}
	verdict := t.take()
	if verdict != fsm.Accepted {
		return m, Orders{}, verdict
	}
	return t.m, t.out, fsm.Accepted
}

// goes ends a step in a phase.
func (t *serverTurn) goes(p fsm.ServerPhase) fsm.Verdict {
	t.m.phase = p
	return fsm.Accepted
}

// take handles the events that are alike in all phases and hands the others to the phase.
func (t *serverTurn) take() fsm.Verdict {
	if t.ev.Kind == 0 || t.ev.Kind > fsm.EventApplicationFailed { // no event at all
		return fsm.Misuse
	}
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnectRequested, fsm.EventConnected, fsm.EventConnectFailed, fsm.EventOpened,
		fsm.EventProceedReceived, fsm.EventRerouteReceived,
		fsm.EventResponse, fsm.EventBodyWritten, fsm.EventCredentialsSupplied,
		fsm.EventCredentialsDeclined:
		return Refused // events of the client
	case fsm.EventTimerExpired:
		//exhaustive:ignore
		switch t.ev.Timer {
		case fsm.TimerOverall, fsm.TimerClose, fsm.TimerRequest, fsm.TimerBody, fsm.TimerReplay:
		default:
			return Refused // not a timer of the server
		}
	}
	switch t.m.phase {
	case fsm.ServerOpening:
		return t.opening()
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		return t.awaitRequest()
	case fsm.ServerAwaitBody:
		return t.awaitBody()
	case fsm.ServerDeciding, fsm.ServerPending:
		return t.deciding()
	case fsm.ServerOpen, fsm.ServerPlain:
		return t.open()
	case fsm.ServerClosing:
		return t.closing()
	case fsm.ServerDone:
		return t.over()
	}
	return fsm.Misuse
}

// opening: the opening request is being read.
func (t *serverTurn) opening() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventOpeningRequest:
		if !t.has(fsm.FactValid) {
			return t.refuseOpening(t.ev.Status, fsm.FailureOpening)
		}
		if !t.has(fsm.FactKHP) && !t.cfg.Plain { // plain WebSockets are not served
			return t.refuseOpening(400, fsm.FailureNotSelected)
		}
		t.do(fsm.EffectSendOpening)
		if !t.has(fsm.FactKHP) {
			t.do(fsm.EffectOpenPlain)
			t.goes(fsm.ServerPlain)
			t.m.opened = true
			return fsm.Accepted
		}
		if t.has(fsm.FactKaazing) {
			t.m.kaazing = true
			t.do(fsm.EffectSendProceed)
		}
		t.arm(fsm.TimerRequest)
		t.arm(fsm.TimerOverall)
		return t.goes(fsm.ServerAwaitRequest)
	case fsm.EventConnectionLost:
		return t.lost(fsm.FailureConnectionLost)
	case fsm.EventViolation:
		return t.lost(t.ev.Failure)
	case fsm.EventCloseRequested: // left open by the text
		return t.refuseOpening(503, fsm.FailureShutdown)
	case fsm.EventSendRequested:
		return fsm.Misuse
	}
	return Refused
}

func (t *serverTurn) refuseOpening(status uint16, f fsm.Failure) fsm.Verdict {
	t.m.status, t.m.failure = status, f
	t.code(fsm.EffectRefuseOpening, status)
	return t.end()
}

// lost: ended without anything on the wire.
func (t *serverTurn) lost(f fsm.Failure) fsm.Verdict {
	t.m.failure = f
	return t.end()
}

// awaitRequest: the extended request is awaited, in ServerAwaitReplay once more, after 401.
func (t *serverTurn) awaitRequest() fsm.Verdict {
	replay := t.m.phase == fsm.ServerAwaitReplay
	waited := fsm.TimerRequest
	if replay {
		waited = fsm.TimerReplay
	}
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventRequest:
		return t.request(waited)
	case fsm.EventBadRequest:
		return t.refuse(t.ev.Status, fsm.FailureMalformed, 1002)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // AMB-05
		return t.refuse(400, fsm.FailureUnexpectedMessage, 1002)
	case fsm.EventTimerExpired:
		if t.ev.Timer == waited || t.ev.Timer == fsm.TimerOverall && !replay {
			return t.refuse(408, fsm.FailureTimeout, 1008)
		}
	case fsm.EventDecided, fsm.EventApplicationFailed:
		if replay { // out of time
			return fsm.Ignored
		}
	}
	return t.established()
}

// request: a well-formed request for the right target.
func (t *serverTurn) request(waited fsm.Timer) fsm.Verdict {
	if t.has(fsm.FactExtensionAgain) {
		return t.refuse(400, fsm.FailureMalformed, 1002)
	}
	t.stop(waited)
	if waited == fsm.TimerReplay {
		t.timer(fsm.EffectResumeTimer, fsm.TimerOverall)
	}
	if t.has(fsm.FactExpectBody) { // and in a replay: body and Expect again, AMB-44
		t.respond(100)
		t.arm(fsm.TimerBody)
		return t.goes(fsm.ServerAwaitBody)
	}
	t.do(fsm.EffectAskDecision)
	return t.goes(fsm.ServerDeciding)
}

// awaitBody: 100 was sent.
func (t *serverTurn) awaitBody() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventBodyReceived:
		t.stop(fsm.TimerBody)
		t.do(fsm.EffectAskDecision)
		return t.goes(fsm.ServerDeciding)
	case fsm.EventBadRequest:
		return t.refuse(t.ev.Status, fsm.FailureMalformed, 1002)
	// a part of the body, which is not complete yet
	case fsm.EventDataReceived, fsm.EventTerminatorReceived:
		return fsm.Accepted
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerBody || t.ev.Timer == fsm.TimerOverall {
			return t.refuse(408, fsm.FailureTimeout, 1008)
		}
	}
	return t.established()
}

package fsm

// serverTable is the transition table of the server: every edge of the machine is a row of it, and
// nothing else moves the machine. It reads like that of the client: cells that do something, inputs
// that are ignored; any other input is the embedder's misuse.
var serverTable = func() (t [serverPhases][serverInputs]cell) {
	for p := ServerOpening; p < serverPhases; p++ {
		serverTablePhases[p].fill(t[p][:], p.String(), serverInput.word)
	}
	number(t[:])
	return t
}()

var serverTablePhases = [serverPhases]phase[serverInput]{
	// The opening request has not been judged yet. [KHP opening handshake, RFC 6455 4.2]
	ServerOpening: {
		on: cells[serverInput]{
			byOpeningRequest: {
				to("await-request-kaazing", ServerAwaitRequest, "KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04",
					do(EffectSendOpening), do(EffectSendProceed), arm(TimerRequest), arm(TimerOverall)).
					when(validRequest, khpSelected, kaazingAsked).marking(markKaazing, 0),
				to("await-request", ServerAwaitRequest, "KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04",
					do(EffectSendOpening), arm(TimerRequest), arm(TimerOverall)).
					when(validRequest, khpSelected),
				to("plain", ServerPlain, "KHP-OPEN-05 WSP-OPEN-08", do(EffectSendOpening), do(EffectOpenPlain)).
					when(validRequest, plainServed).marking(markOpened, 0),
				refuseOpening(FailureNotSelected, 400, "KHP-OPEN-03").when(validRequest),
				refuseOpening(FailureOpening, statusOfState, "KHP-OPEN-03"),
			},
			byViolation: {gone(0, "KHP-OPEN-03")},
			byLost:      {gone(FailureConnectionLost, "KHP-CLOSE-01")},
			byClose:     {refuseOpening(FailureShutdown, 503, "LIV-11")},
		},
		ignored: serverTimers,
	},

	// The opening 101 is sent; the client speaks first. [KHP extended handshake]
	ServerAwaitRequest: {
		on: connected.with(cells[serverInput]{
			byRequest:      request(stop(TimerRequest)),
			byBadRequest:   {refuseRequest()},
			byData:         {refuse(400, closeProtocol, FailureUnexpectedMessage, "KHP-EXT-02")},
			byRequestTimer: {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
			byOverallTimer: {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
		}),
		ignored: serverTimers,
	},

	// 100 was sent and the body is on its way. [KHP 100 Continue]
	ServerAwaitBody: {
		on: connected.with(cells[serverInput]{
			byBadRequest: {refuseRequest()},
			byBody: {to("decide", ServerDeciding, "KHP-STATUS-100-01 RFC2068-100-04",
				stop(TimerBody), do(EffectAskDecision))},
			byData:         {stay("more", "KHP-EXT-03")},
			byBodyTimer:    {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
			byOverallTimer: {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
		}),
		ignored: serverTimers,
	},

	// The application has the request. [KHP response codes]
	ServerDeciding: {on: serverDeciding, ignored: serverTimers},

	// The application has asked for time with 202. [KHP 202 Accepted]
	ServerPending: {on: serverDeciding, ignored: serverTimers},

	// The client has been challenged. [KHP 401 Unauthorized]
	ServerAwaitReplay: {
		on: connected.with(cells[serverInput]{
			byRequest:     request(stop(TimerReplay), resume(TimerOverall)),
			byBadRequest:  {refuseRequest()},
			byData:        {refuse(400, closeProtocol, FailureUnexpectedMessage, "KHP-EXT-02")},
			byReplayTimer: {refuse(408, closePolicy, FailureTimeout, "KHP-STATUS-401-03 RFC2068-408-01")},
		}),
		ignored: decisionsAndTimersAnd(),
	},

	// The handshake is over: nothing is interpreted any more. [AMB-16]
	ServerOpen: {on: serverOpened, ignored: decisionsAndTimersAnd()},

	// As open, without KHP.
	ServerPlain: {on: serverOpened, ignored: decisionsAndTimersAnd()},

	// Close was sent; messages are discarded until the client answers. [RFC 6455 7.1.1]
	ServerClosing: {
		on: cells[serverInput]{
			byPing:       {stay("pong", "WSP-FRAME-05", do(EffectSendPong))},
			byViolation:  ended,
			byPeerClosed: ended,
			byLost:       ended,
			byCloseTimer: ended,
		},
		ignored: decisionsAndTimersAnd(byRequest, byBadRequest, byBody, byData, byClose),
	},

	// Only late events can come.
	ServerDone: {
		ignored: decisionsAndTimersAnd(byRequest, byBadRequest, byBody, byData, byViolation, byPing,
			byPeerClosed, byLost, byClose),
	},
}

// serverTimers are ignored wherever no cell says otherwise: a timer may run out just before it is
// stopped.
var serverTimers = []serverInput{byRequestTimer, byBodyTimer, byReplayTimer, byOverallTimer,
	byCloseTimer}

// decisionsAndTimersAnd adds inputs to those that come late once no decision is awaited.
func decisionsAndTimersAnd(more ...serverInput) []serverInput {
	return append(append(more, byAccept, byContinue, byDefer, byChallenge, byRefusal,
		byApplicationFailure), serverTimers...)
}

// Rows and cells that recur in the server's table.

// connected are the cells of every phase between the opening handshake and the open connection,
// unless the phase has its own.
var connected = cells[serverInput]{
	byViolation:  {gone(0, "WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01", sendClose(closeOfFailure))},
	byPing:       {stay("pong", "WSP-FRAME-05", do(EffectSendPong))},
	byPeerClosed: {gone(FailurePeerClosed, "WSP-FRAME-06", sendClose(0))},
	byLost:       {gone(FailureConnectionLost, "KHP-CLOSE-01")},
	byClose:      {refuse(503, closeGoingAway, FailureShutdown, "LIV-11")},
}

// serverDeciding are the cells of a server that owes a decision, before 202 and after.
var serverDeciding = connected.with(cells[serverInput]{
	byData:   {refuse(400, closeProtocol, FailureUnexpectedMessage, "KHP-EXT-02")},
	byAccept: accept(),
	byContinue: {
		refuse(statusOfState, closeNormal, FailureStatus, "").when(unchecked),
		misuseRow(), // 100 is the machine's own answer to Expect
	},
	byDefer:              postpone(),
	byChallenge:          challenge(),
	byRefusal:            decline(),
	byApplicationFailure: {refuse(500, closeInternal, FailureApplication, "KHP-CLASS-5XX-01")},
	byOverallTimer:       {refuse(503, closePolicy, FailureTimeout, "RFC2068-202-02")},
})

// serverOpened are the cells of an open connection, with KHP or without. [AMB-16]
var serverOpened = cells[serverInput]{
	byData: {stay("deliver", "KHP-GEN-05", do(EffectDeliver))},
	byViolation: {to("closed", ServerDone, "WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01",
		sendClose(closeOfFailure), do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed)).
		with(opFailureOfEvent)},
	byPing: {stay("pong", "WSP-FRAME-05", do(EffectSendPong))},
	byPeerClosed: {to("closed", ServerDone, "WSP-FRAME-06 WSP-CLOSE-01", sendClose(0),
		do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed))},
	byLost: {to("closed", ServerDone, "KHP-CLOSE-01", do(EffectStopTimers),
		do(EffectDisconnect), do(EffectClosed))},
	bySend:  {stay("send", "KHP-GEN-05", do(EffectSendMessage))},
	byClose: {to("close", ServerClosing, "LIV-11", sendClose(0), arm(TimerClose))},
}

// ended is the end of a closing connection: as closed if it was open, as failed otherwise.
var ended = cell{
	to("closed", ServerDone, "LIV-07 WSP-CLOSE-01", do(EffectStopTimers), do(EffectDisconnect),
		do(EffectClosed)).when(wasOpen),
	to("failed", ServerDone, "LIV-07 WSP-CLOSE-01", do(EffectStopTimers), do(EffectDisconnect),
		do(EffectFail)),
}

// refuseOpening answers the opening request with an HTTP error.
func refuseOpening(f Failure, status uint16, reqs string) row {
	return to(wordOf(f), ServerDone, reqs, Effect{Kind: EffectRefuseOpening, Code: status},
		do(EffectDisconnect), do(EffectFail)).
		because(f).answering(status)
}

// refuse answers with status, ends the response and closes, as a server does after every
// terminating code. [AMB-69] The host reports the same status when the connection has ended.
func refuse(status, code uint16, f Failure, reqs string) row {
	return to(wordOf(f), ServerClosing, "KHP-EXT-RSP-01 KHP-EXT-RSP-14 "+reqs,
		respond(status), do(EffectSendTerminator), sendClose(code), do(EffectStopTimers),
		arm(TimerClose)).because(f).answering(status)
}

// refuseRequest answers a request that cannot be taken with the status that the event names.
func refuseRequest() row {
	return refuse(statusOfState, closeProtocol, FailureMalformed, "KHP-EXT-03")
}

// gone ends a connection that is lost, because of f or, if that is 0, of the failure that the event
// names.
func gone(f Failure, reqs string, effects ...Effect) row {
	effects = append(effects, do(EffectStopTimers), do(EffectDisconnect), do(EffectFail))
	if f == 0 {
		return to("failed", ServerDone, reqs, effects...).with(opFailureOfEvent)
	}
	return to(wordOf(f), ServerDone, reqs, effects...).because(f)
}

// request takes a well-formed request, first or replayed. The effects adjust the clock: they stop
// the timer that ran for the request, and resume the one that was paused.
func request(clock ...Effect) cell {
	begun := func(effects ...Effect) []Effect {
		return append(append([]Effect(nil), clock...), effects...)
	}
	return cell{
		refuse(400, closeProtocol, FailureMalformed, "KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04").
			when(extensionAgain),
		to("continue", ServerAwaitBody, "KHP-STATUS-100-01",
			begun(respond(100), do(EffectSendTerminator), arm(TimerBody))...).
			when(bodyExpected).answering(100),
		to("decide", ServerDeciding, "KHP-EXT-RSP-01", begun(do(EffectAskDecision))...),
	}
}

// accept answers with a completing status and opens.
func accept() cell {
	ok := func(r row) row { return r.when(selectionValid).answering(statusOfState) }
	return cell{
		ok(to("reroute", ServerClosing, "KHP-EXT-RSP-14", respond(statusOfState),
			do(EffectSendTerminator), do(EffectSendReroute), sendClose(closeNormal),
			do(EffectStopTimers), arm(TimerClose))).
			when(kaazing, rerouteGiven).marking(markOpened, 0),
		ok(to("open-kaazing", ServerOpen, "KHP-EXT-RSP-14", respond(statusOfState),
			do(EffectSendTerminator), do(EffectSendProceed), do(EffectStopTimers),
			do(EffectComplete))).
			when(kaazing).marking(markOpened, 0),
		misuseRow().when(rerouteGiven),
		ok(to("open", ServerOpen, "KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14",
			respond(statusOfState), do(EffectSendTerminator), do(EffectStopTimers),
			do(EffectComplete))).
			marking(markOpened, 0),
		misuseRow(), // selected without a request
	}
}

// challenge answers with 401, or ends with 403 once there were enough. The overall clock stands
// still while the user enters a password. [AMB-72]
func challenge() cell {
	return cell{
		misuseRow().unless(obligationsMet),
		to("await-replay", ServerAwaitReplay, "KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14",
			respond(401), do(EffectSendTerminator), pause(TimerOverall),
			arm(TimerReplay)).when(replaysLeft).with(opReplay).answering(401),
		refuse(403, closeNormal, FailureAuthLimit, "KHP-STATUS-401-03"),
	}
}

// postpone answers with 202; the decision is still owed.
func postpone() cell {
	return cell{
		to("wait", ServerPending, "KHP-STATUS-202-01 KHP-EXT-RSP-14", respond(202),
			do(EffectSendTerminator)).when(interimLeft).with(opInterim).answering(202),
		misuseRow(),
	}
}

// decline answers with any terminating status.
func decline() cell {
	return cell{
		refuse(statusOfState, closeNormal, FailureStatus,
			"KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13").
			when(obligationsMet).answering(statusOfState),
		misuseRow(),
	}
}

package fsm

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
	byViolation: {to("closed", ServerDone, "WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01", sendClose(closeOfFailure), do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed)).
		with(opFailureOfEvent)},
	byPing:       {stay("pong", "WSP-FRAME-05", do(EffectSendPong))},
	byPeerClosed: {to("closed", ServerDone, "WSP-FRAME-06 WSP-CLOSE-01", sendClose(0), do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed))},
	byLost:       {to("closed", ServerDone, "KHP-CLOSE-01", do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed))},
	bySend:       {stay("send", "KHP-GEN-05", do(EffectSendMessage))},
	byClose:      {to("close", ServerClosing, "LIV-11", sendClose(0), arm(TimerClose))},
}

// ended is the end of a closing connection: as closed if it was open, as failed otherwise.
var ended = cell{
	to("closed", ServerDone, "LIV-07 WSP-CLOSE-01", do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed)).when(wasOpen),
	to("failed", ServerDone, "LIV-07 WSP-CLOSE-01", do(EffectStopTimers), do(EffectDisconnect), do(EffectFail)),
}

// refuseOpening answers the opening request with an HTTP error.
func refuseOpening(f Failure, status uint16, reqs string) row {
	return to(wordOf(f), ServerDone, reqs, Effect{Kind: EffectRefuseOpening, Code: status}, do(EffectDisconnect), do(EffectFail)).
		because(f).answering(status)
}

// refuse answers with status, ends the response and closes: what a server owes after every
// terminating code. [AMB-69] The status is also what the host reports once the connection is gone.
func refuse(status, code uint16, f Failure, reqs string) row {
	return to(wordOf(f), ServerClosing, "KHP-EXT-RSP-01 KHP-EXT-RSP-14 "+reqs,
		respond(status), do(EffectSendTerminator), sendClose(code), do(EffectStopTimers), arm(TimerClose)).because(f).answering(status)
}

// refuseRequest answers a request that cannot be taken with the status that the event names.
func refuseRequest() row {
	return refuse(statusOfState, closeProtocol, FailureMalformed, "KHP-EXT-03")
}

// gone ends a connection on which nothing more can be said, because of f or, if that is 0, of what
// the event names.
func gone(f Failure, reqs string, effects ...Effect) row {
	effects = append(effects, do(EffectStopTimers), do(EffectDisconnect), do(EffectFail))
	if f == 0 {
		return to("failed", ServerDone, reqs, effects...).with(opFailureOfEvent)
	}
	return to(wordOf(f), ServerDone, reqs, effects...).because(f)
}

// request takes a well-formed request, first or replayed. The effects set the clock right: the
// timer that ran for it, and what stood still meanwhile.
func request(clock ...Effect) cell {
	begun := func(effects ...Effect) []Effect { return append(append([]Effect(nil), clock...), effects...) }
	return cell{
		refuse(400, closeProtocol, FailureMalformed, "KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04").when(extensionAgain),
		to("continue", ServerAwaitBody, "KHP-STATUS-100-01", begun(respond(100), do(EffectSendTerminator), arm(TimerBody))...).when(bodyExpected).answering(100),
		to("decide", ServerDeciding, "KHP-EXT-RSP-01", begun(do(EffectAskDecision))...),
	}
}

// accept answers with a completing status and opens.
func accept() cell {
	ok := func(r row) row { return r.when(selectionValid).answering(statusOfState) }
	return cell{
		ok(to("reroute", ServerClosing, "KHP-EXT-RSP-14", respond(statusOfState), do(EffectSendTerminator), do(EffectSendReroute), sendClose(closeNormal), do(EffectStopTimers), arm(TimerClose))).
			when(kaazing, rerouteGiven).marking(markOpened, 0),
		ok(to("open-kaazing", ServerOpen, "KHP-EXT-RSP-14", respond(statusOfState), do(EffectSendTerminator), do(EffectSendProceed), do(EffectStopTimers), do(EffectComplete))).
			when(kaazing).marking(markOpened, 0),
		misuseRow().when(rerouteGiven),
		ok(to("open", ServerOpen, "KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14", respond(statusOfState), do(EffectSendTerminator), do(EffectStopTimers), do(EffectComplete))).
			marking(markOpened, 0),
		misuseRow(), // selected what was not requested
	}
}

// challenge answers with 401, or ends with 403 once there were enough. The overall clock stands
// still while somebody looks for a password. [AMB-72]
func challenge() cell {
	return cell{
		misuseRow().unless(obligationsMet),
		to("await-replay", ServerAwaitReplay, "KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14", respond(401), do(EffectSendTerminator), pause(TimerOverall), arm(TimerReplay)).when(replaysLeft).with(opReplay).answering(401),
		refuse(403, closeNormal, FailureAuthLimit, "KHP-STATUS-401-03"),
	}
}

// postpone answers with 202; the decision is still owed.
func postpone() cell {
	return cell{
		to("wait", ServerPending, "KHP-STATUS-202-01 KHP-EXT-RSP-14", respond(202), do(EffectSendTerminator)).when(interimLeft).with(opInterim).answering(202),
		misuseRow(),
	}
}

// decline answers with any terminating status.
func decline() cell {
	return cell{
		refuse(statusOfState, closeNormal, FailureStatus, "KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13").when(obligationsMet).answering(statusOfState),
		misuseRow(),
	}
}

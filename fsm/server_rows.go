package fsm

// Rows that many cells of the server table share.

// again is the row of another phase that does the same: a copy, so that its edges are edges of their own.
func again(cells [serverInputs]cell) [serverInputs]cell {
	for in := range cells {
		cells[in] = append(cell(nil), cells[in]...)
	}
	return cells
}

// refuse answers with status, ends the response and closes: what a server owes after every terminating code. [AMB-69]
// The status is also what the host reports once the connection is gone.
func refuse(id string, status, code uint16, f Failure, reqs string) row {
	return to(id, ServerClosing, "KHP-EXT-RSP-01 KHP-EXT-RSP-14 "+reqs,
		respond(status), do(EffectSendTerminator), sendClose(code), do(EffectStopTimers), arm(TimerClose)).because(f).answering(status)
}

// refuseRequest answers a request that cannot be taken with the status that the event names.
func refuseRequest(id string) row {
	return refuse(id, statusOfState, closeProtocol, FailureMalformed, "KHP-EXT-03")
}

// gone ends a connection on which nothing more can be said, because of f or, if that is 0, of what the event names.
func gone(id string, f Failure, reqs string, effects ...Effect) row {
	r := to(id, ServerDone, reqs, append(effects, do(EffectStopTimers), do(EffectDisconnect), do(EffectFail))...)
	if f == 0 {
		return r.with(opFailureOfEvent)
	}
	return r.because(f)
}

// shutdown refuses because the application wants to end.
func shutdown(id string) cell {
	return cell{refuse(id, 503, closeGoingAway, FailureShutdown, "LIV-11")}
}

// timeout refuses because of a timer.
func timeout(id string, status uint16, reqs string) cell {
	return cell{refuse(id, status, closePolicy, FailureTimeout, reqs)}
}

// request takes a well-formed request, first or replayed. The effects set the clock right: the timer that ran for it, and what stood still meanwhile.
func request(id string, clock ...Effect) cell {
	begun := func(effects ...Effect) []Effect { return append(append([]Effect(nil), clock...), effects...) }
	return cell{
		refuse("S7", 400, closeProtocol, FailureMalformed, "KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04").given(FactExtensionAgain),
		to("S8", ServerAwaitBody, "KHP-STATUS-100-01", begun(respond(100), do(EffectSendTerminator), arm(TimerBody))...).given(FactExpectBody).answering(100),
		to(id, ServerDeciding, "KHP-EXT-RSP-01", begun(do(EffectAskDecision))...),
	}
}

// accept answers with a completing status and opens.
func accept() cell {
	ok := func(r row) row { return r.given(FactSelectionValid).answering(statusOfState) }
	return cell{
		ok(to("K9", ServerClosing, "KHP-EXT-RSP-14", respond(statusOfState), do(EffectSendTerminator), do(EffectSendReroute), sendClose(closeNormal), do(EffectStopTimers), arm(TimerClose))).
			while(condKaazing).given(FactReroute).marking(markOpened, 0),
		ok(to("K10", ServerOpen, "KHP-EXT-RSP-14", respond(statusOfState), do(EffectSendTerminator), do(EffectSendProceed), do(EffectStopTimers), do(EffectComplete))).
			while(condKaazing).marking(markOpened, 0),
		misuseRow().given(FactReroute),
		ok(to("S11", ServerOpen, "KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14", respond(statusOfState), do(EffectSendTerminator), do(EffectStopTimers), do(EffectComplete))).
			marking(markOpened, 0),
		misuseRow(), // S31: selected what was not requested
	}
}

// challenge answers with 401, or ends with 403 once there were enough. The overall clock stands still while somebody looks for a password. [AMB-72]
func challenge() cell {
	return cell{
		misuseRow().notWhile(condObligationsMet),
		to("S12", ServerAwaitReplay, "KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14", respond(401), do(EffectSendTerminator), pause(TimerOverall), arm(TimerReplay)).while(condReplayLeft).with(opReplay).answering(401),
		refuse("S13", 403, closeNormal, FailureAuthLimit, "KHP-STATUS-401-03"),
	}
}

// postpone answers with 202; the decision is still owed.
func postpone() cell {
	return cell{
		to("S16", ServerPending, "KHP-STATUS-202-01 KHP-EXT-RSP-14", respond(202), do(EffectSendTerminator)).while(condInterimLeft).with(opInterim).answering(202),
		misuseRow(),
	}
}

// decline answers with any terminating status.
func decline(id string) cell {
	return cell{
		refuse(id, statusOfState, closeNormal, FailureStatus, "KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13").while(condObligationsMet).answering(statusOfState),
		misuseRow(),
	}
}

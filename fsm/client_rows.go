package fsm

// Rows that many cells of the client table share.

// redirecting lists what following a redirect implements.
const redirecting = "KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04"

// fail closes an established WebSocket because of f: Close with the code of f, then wait for the peer. [AMB-68, AMB-70]
func fail(id string, f Failure, reqs string) row {
	return failWith(id, f, CloseCode(f), reqs)
}

// failWith is fail with a close code of its own.
func failWith(id string, f Failure, code uint16, reqs string) row {
	return to(id, ClientClosing, reqs, sendClose(code), do(EffectStopTimers), arm(TimerClose)).planning(PlanFail).because(f)
}

// failByEvent is fail for the failure that the event names.
func failByEvent(id, reqs string) row {
	return to(id, ClientClosing, reqs, sendClose(closeOfFailure), do(EffectStopTimers), arm(TimerClose)).planning(PlanFail).with(opFailureOfEvent)
}

// end gives up where there is no WebSocket to close.
func end(id string, f Failure, reqs string) row {
	return to(id, ClientFailed, reqs, do(EffectStopTimers), do(EffectDisconnect), do(EffectFail)).because(f)
}

// done ends as the application asked, where there is no WebSocket to close.
func done(id string) row {
	return to(id, ClientDone, "LIV-11", do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed))
}

// closeByApplication starts the closing handshake with the application's code.
func closeByApplication(id string) row {
	return to(id, ClientClosing, "LIV-11", sendClose(0), do(EffectStopTimers), arm(TimerClose)).planning(PlanClose)
}

// closedByPeer answers Close and waits for the end of TCP.
func closedByPeer(id string, f Failure, reqs string) row {
	return to(id, ClientDraining, reqs, do(EffectStopTimers), sendClose(0), arm(TimerClose)).planning(PlanFail).because(f)
}

// A complete response that misses only its terminator is named as such, whatever ends the wait for it. [AMB-71, LIV-10]

func closedByPeerWhileReading() cell {
	return cell{
		closedByPeer("C42", FailureMissingTerminator, "KHP-CLOSE-01 KHP-CLOSE-04 WSP-FRAME-06").given(FactHeadComplete),
		closedByPeer("C42", FailurePeerClosed, "KHP-CLOSE-01 WSP-FRAME-06"),
	}
}

func lostWhileReading() cell {
	return cell{
		end("C44", FailureMissingTerminator, "KHP-CLOSE-01 KHP-CLOSE-04").given(FactHeadComplete),
		end("C44", FailureConnectionLost, "KHP-CLOSE-01"),
	}
}

func timedOutWhileReading() cell {
	return cell{
		failWith("C46", FailureMissingTerminator, closePolicy, "KHP-CLOSE-04").given(FactHeadComplete),
		fail("C46", FailureTimeout, "KHP-CLOSE-02"),
	}
}

// unlessWaiting is c for the response timer, which the wait deadline replaces once there was a 202. [AMB-40]
func unlessWaiting(c cell) cell { return append(cell{ignoreRow().while(condWaiting)}, c...) }

// waitIsOver ends the wait for a deciding response after 202.
func waitIsOver() cell {
	return cell{
		fail("C46", FailureAcceptedOnly, "KHP-STATUS-202-02").while(condWaiting),
		ignoreRow(),
	}
}

// replay sends the request again with new credentials and lets the clock go on.
func replay(timers ...Effect) row {
	return to("C29", ClientAwaitResponse, "KHP-STATUS-401-02", append([]Effect{do(EffectReplayRequest), stop(TimerCredentials)}, timers...)...).
		given(FactNewCredentials).with(opReplay).marking(0, markBodySent)
}

// follow is the follow-up of a redirect, then every reason not to follow in the order in which it is reported.
// Before there is a WebSocket (established false) the connection is simply dropped.
func follow(ok, not string, established bool, reqs string) cell {
	refuse := func(f Failure) row {
		if established {
			return fail(not, f, reqs)
		}
		return end(not, f, reqs)
	}
	return cell{
		followUp(ok, established, PlanRedirect, reqs).given(FactTargetUsable).lacking(FactTargetVisited | FactTargetRefused).while(condFollow | condRedirectLeft).with(opRedirect),
		refuse(FailureStatus).notWhile(condFollow),
		refuse(FailureRedirectLoop).given(FactTargetVisited),
		refuse(FailureRedirectRefused).given(FactTargetRefused),
		refuse(FailureRedirectTarget).lacking(FactTargetUsable),
		refuse(FailureTooManyRedirects),
	}
}

// followIfGet is follow for 307, which is followed in answer to a GET only.
func followIfGet(reqs string) cell {
	c := follow("C34", "C35", true, reqs)
	c[0] = c[0].while(condGet)
	return append(cell{c[0], fail("C35", FailureRedirectMethod, "KHP-STATUS-307-03").notWhile(condGet)}, c[1:]...)
}

// followUp leaves the connection in order to start another one.
func followUp(id string, established bool, plan Plan, reqs string) row {
	if established {
		return to(id, ClientClosing, reqs, sendClose(closeNormal), do(EffectStopTimers), arm(TimerClose)).planning(plan)
	}
	return to(id, ClientRedirecting, reqs, do(EffectStopTimers), do(EffectDisconnect), do(EffectFollow)).planning(plan)
}

// proxyAuth answers 407 once, through the configured proxy; otherwise it is a status like any other.
func proxyAuth(ok string, established bool, refused row) cell {
	return cell{
		followUp(ok, established, PlanProxyAuth, "KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03").given(FactProxyChallenge).while(condProxy).notWhile(condProxyUsed).marking(markProxy, 0),
		refused,
	}
}

// upgrade answers 426 by connecting with wss if that is switched on and the answer names TLS.
func upgrade(ok, not string, established bool, refused row, refuse func(id string, f Failure, reqs string) row) cell {
	on := func(r row) row { return r.given(FactUpgradeTLS).while(condUpgrade) }
	return cell{
		on(refuse(not, FailureRedirectLoop, "KHP-STATUS-426-01 KHP-REDIR-05")).given(FactTargetVisited),
		on(refuse(not, FailureTooManyRedirects, "KHP-STATUS-426-01 KHP-REDIR-04")).notWhile(condRedirectLeft),
		on(followUp(ok, established, PlanUpgrade, "KHP-STATUS-426-01 KHP-STATUS-426-02")).given(FactTargetUsable).with(opRedirect),
		refused,
	}
}

// valid adds what every response that keeps the connection must meet, beside its terminator. [AMB-29]
func valid(r row) row { return r.given(FactExtensionsAsked).notWhile(condBodyCut) }

// terminatedOr takes r if the response is terminated and, where the terminator is optional, also if it is not: then one may still come. [AMB-01]
func terminatedOr(r row) cell {
	return cell{
		r.given(FactTerminated),
		r.lacking(FactTerminated).notWhile(condTerminatorRequired).marking(markLateTerminator, 0),
	}
}

// invalid are the rows of a response that would keep the connection but does not meet its conditions.
func invalid() cell {
	return cell{
		fail("C32", FailureUnexpectedMessage, "KHP-EXT-02").while(condBodyCut),
		fail("C19", FailureExtensionNotRequested, "KHP-CLOSE-03 KHP-EXT-RSP-09").lacking(FactExtensionsAsked),
		fail("C19", FailureMissingTerminator, "KHP-CLOSE-04").while(condTerminatorRequired).lacking(FactTerminated),
	}
}

// cells joins rows and cells in order.
func cells(parts ...cell) cell {
	var all cell
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// early takes rows for a balancer message in the place of a response: in the auto profile a gateway may say N, or R, before anything else.
func early(rows ...row) cell {
	c := make(cell, len(rows), len(rows)+2)
	for i, r := range rows {
		c[i] = r.while(condEarly)
	}
	return append(c, fail("K5", FailureUnexpectedMessage, "KHP-EXT-02").while(condAuto), misuseRow())
}

// finish marks the rows of response cells as recording the status.
func finish(t [clientPhases][clientInputs]cell) [clientPhases][clientInputs]cell {
	for p := range t {
		for in := onComplete; in <= onUpgrade; in++ {
			t[p][in] = recordStatus(t[p][in])
		}
	}
	return t
}

// recordStatus returns a copy of c whose transitions record the status of the event.
func recordStatus(c cell) cell {
	out := make(cell, len(c))
	for i, r := range c {
		if r.verdict == Accepted {
			r.op |= opStatus
		}
		out[i] = r
	}
	return out
}

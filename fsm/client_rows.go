package fsm

// Rows and cells that recur in the client's table.

const (
	// redirecting lists the requirements that rows following a redirect implement.
	redirecting = "KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 " +
		"KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04"
	// completed lists the requirements that rows entering the open state implement.
	completed = "KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 " +
		"KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10"
)

// handshaking are the cells of every phase of the extended handshake, unless the phase has its own.
var handshaking = cells[clientInput]{
	onViolation: {to("failed", ClientClosing, "KHP-CLOSE-02 WSP-CLOSE-02",
		sendClose(closeOfFailure), do(EffectStopTimers), arm(TimerClose)).
		planning(PlanFail).with(opFailureOfEvent)},
	onPing:         {stay("pong", "WSP-FRAME-05", do(EffectSendPong))},
	onPeerClosed:   {closedByPeer(FailurePeerClosed, "KHP-CLOSE-01 WSP-FRAME-06")},
	onLost:         {end(FailureConnectionLost, "KHP-CLOSE-01")},
	onOverallTimer: {fail(FailureTimeout, "KHP-CLOSE-02")},
	onClose: {to("close", ClientClosing, "LIV-11", sendClose(0), do(EffectStopTimers),
		arm(TimerClose)).planning(PlanClose)},
}

// opened are the cells of an open connection, with KHP or without.
var opened = cells[clientInput]{
	onViolation: {to("close", ClientClosing, "WSP-CLOSE-02 WSP-FRAME-04", sendClose(closeOfFailure),
		arm(TimerClose)).
		planning(PlanClose).with(opFailureOfEvent)},
	onPing: {stay("pong", "WSP-FRAME-05", do(EffectSendPong))},
	onPeerClosed: {to("draining", ClientDraining, "WSP-FRAME-06", sendClose(0), arm(TimerClose)).
		planning(PlanClose)},
	onLost: {to("done", ClientDone, "KHP-CLOSE-01", do(EffectStopTimers),
		do(EffectDisconnect), do(EffectClosed))},
	onSend:  {stay("send", "KHP-GEN-05", do(EffectSendMessage))},
	onClose: {to("close", ClientClosing, "LIV-11", sendClose(0), arm(TimerClose)).planning(PlanClose)},
}

// closing are the cells of a connection that is ending. Its plan follows once it has ended.
var closing = cells[clientInput]{
	onViolation:  asPlanned,
	onLost:       asPlanned,
	onCloseTimer: asPlanned,
	onClose: {
		ignoreRow().when(planFail),
		ignoreRow().when(planClose),
		stay("give-up", "LIV-11").planning(PlanClose),
	},
}

var asPlanned = cell{
	to("failed", ClientFailed, "KHP-CLOSE-02", do(EffectStopTimers), do(EffectDisconnect),
		do(EffectFail)).when(planFail),
	to("done", ClientDone, "LIV-07", do(EffectStopTimers), do(EffectDisconnect), do(EffectClosed)).
		when(planClose),
	to("follow", ClientRedirecting, "KHP-REDIR-02 KHP-REDIR-03", do(EffectStopTimers),
		do(EffectDisconnect), do(EffectFollow)),
}

// timedOutReading names a complete response that misses only its terminator as such. [AMB-71,
// LIV-10]
var timedOutReading = orMissingTerminator(
	failWith(FailureMissingTerminator, closePolicy, "KHP-CLOSE-04"),
	fail(FailureTimeout, "KHP-CLOSE-02"))

// orMissingTerminator takes missing if the response was complete but for its terminator, else
// otherwise. [AMB-71, LIV-10]
func orMissingTerminator(missing, otherwise row) cell {
	return cell{missing.when(responseComplete), otherwise}
}

// requestAfterOpening sends the extended request at once.
func requestAfterOpening(id string) row {
	return to(id, ClientAwaitResponse, "KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01",
		do(EffectSendRequest), stop(TimerOpening), arm(TimerResponse), arm(TimerOverall))
}

// lateTerminatorOr drops the terminator of a response that was decided without it; any other empty
// message is r. [AMB-01]
func lateTerminatorOr(r row) cell {
	return cell{stay("late-terminator", "KHP-CLOSE-04").when(lateTerminator).
		marking(0, markLateTerminator), r}
}

// fail closes an established WebSocket because of f: Close with the code of f, then wait for the
// peer. [AMB-68, AMB-70]
func fail(f Failure, reqs string) row {
	return failWith(f, CloseCode(f), reqs)
}

// failWith is fail with a close code of its own.
func failWith(f Failure, code uint16, reqs string) row {
	return to(wordOf(f), ClientClosing, reqs, sendClose(code), do(EffectStopTimers),
		arm(TimerClose)).planning(PlanFail).because(f)
}

// end gives up where there is no WebSocket to close.
func end(f Failure, reqs string) row {
	return to(wordOf(f), ClientFailed, reqs, do(EffectStopTimers), do(EffectDisconnect),
		do(EffectFail)).because(f)
}

// done ends as the application asked, where there is no WebSocket to close.
func done() row {
	return to("done", ClientDone, "LIV-11", do(EffectStopTimers), do(EffectDisconnect),
		do(EffectClosed))
}

// closedByPeer answers Close and waits for the end of TCP.
func closedByPeer(f Failure, reqs string) row {
	return to(wordOf(f), ClientDraining, reqs, do(EffectStopTimers), sendClose(0),
		arm(TimerClose)).planning(PlanFail).because(f)
}

// unlessWaiting takes rows for the response timer, which the wait deadline replaces once there was
// a 202. [AMB-40]
func unlessWaiting(rows ...row) cell { return append(cell{ignoreRow().when(waiting)}, rows...) }

// waitIsOver ends the wait for a deciding response after 202.
func waitIsOver() cell {
	return cell{
		fail(FailureAcceptedOnly, "KHP-STATUS-202-02").when(waiting),
		ignoreRow(),
	}
}

// replay sends the request again with new credentials and lets the clock go on.
func replay(id string, timers ...Effect) row {
	return to(id, ClientAwaitResponse, "KHP-STATUS-401-02",
		append([]Effect{do(EffectReplayRequest), stop(TimerCredentials)}, timers...)...).
		when(newCredentials).with(opReplay).marking(0, markBodySent)
}

// follow is the follow-up of a redirect, then every reason not to follow in the order in which it
// is reported. Before there is a WebSocket (established false) the connection is simply dropped.
func follow(established bool, reqs string) cell {
	refuse := func(f Failure) row {
		if established {
			return fail(f, reqs)
		}
		return end(f, reqs)
	}
	return cell{
		followUp(established, PlanRedirect, reqs).
			when(targetUsable, redirectsOn, redirectsLeft).unless(targetVisited, targetRefused).
			with(opRedirect),
		refuse(FailureStatus).unless(redirectsOn),
		refuse(FailureRedirectLoop).when(targetVisited),
		refuse(FailureRedirectRefused).when(targetRefused),
		refuse(FailureRedirectTarget).unless(targetUsable),
		refuse(FailureTooManyRedirects),
	}
}

// followIfGet is follow for 307, which is followed in answer to a GET only.
func followIfGet(reqs string) cell {
	c := follow(true, reqs)
	c[0] = c[0].when(get)
	return append(cell{c[0], fail(FailureRedirectMethod, "KHP-STATUS-307-03").unless(get)}, c[1:]...)
}

// followUp leaves the connection in order to start another one.
func followUp(established bool, plan Plan, reqs string) row {
	if established {
		return to("follow", ClientClosing, reqs, sendClose(closeNormal), do(EffectStopTimers),
			arm(TimerClose)).planning(plan)
	}
	return to("follow", ClientRedirecting, reqs, do(EffectStopTimers), do(EffectDisconnect),
		do(EffectFollow)).planning(plan)
}

// proxyAuth answers 407 once, through the configured proxy; otherwise it is a status like any
// other.
func proxyAuth(established bool, refused row) cell {
	return cell{
		followUp(established, PlanProxyAuth,
			"KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03").
			when(proxyChallenge, proxyConfigured).unless(proxyTried).marking(markProxy, 0),
		refused,
	}
}

// upgrade answers 426 by connecting with wss if that is switched on and the answer names TLS.
func upgrade(established bool, refused row, refuse func(f Failure, reqs string) row) cell {
	on := func(r row) row { return r.when(upgradeToTLS, upgradeOn) }
	return cell{
		on(refuse(FailureRedirectLoop, "KHP-STATUS-426-01 KHP-REDIR-05")).when(targetVisited),
		on(refuse(FailureTooManyRedirects, "KHP-STATUS-426-01 KHP-REDIR-04")).unless(redirectsLeft),
		on(followUp(established, PlanUpgrade, "KHP-STATUS-426-01 KHP-STATUS-426-02")).when(targetUsable).
			with(opRedirect),
		refused,
	}
}

// valid adds the conditions for every response that keeps the connection, beside its terminator.
// [AMB-29]
func valid(r row) row { return r.when(extensionsAsked).unless(bodyCut) }

// terminatedOr takes r if the response is terminated and, where the terminator is optional, also if
// it is not: then one may still come. [AMB-01]
func terminatedOr(r row) cell {
	unterminated := r.unless(terminated, terminatorRequired).marking(markLateTerminator, 0)
	unterminated.id += "-unterminated"
	return cell{r.when(terminated), unterminated}
}

// invalid are the rows of a response that would keep the connection but does not meet its
// conditions.
func invalid() cell {
	return cell{
		fail(FailureUnexpectedMessage, "KHP-EXT-02").when(bodyCut),
		fail(FailureExtensionNotRequested, "KHP-CLOSE-03 KHP-EXT-RSP-09").unless(extensionsAsked),
		fail(FailureMissingTerminator, "KHP-CLOSE-04").when(terminatorRequired).unless(terminated),
	}
}

// early takes rows for a balancer message where a response is due: in the auto profile a gateway
// may send N or R first.
func early(rows ...row) cell {
	c := make(cell, len(rows), len(rows)+2)
	for i, r := range rows {
		c[i] = r.when(nothingReceived)
	}
	return append(c, fail(FailureUnexpectedMessage, "KHP-EXT-02").when(auto), misuseRow())
}

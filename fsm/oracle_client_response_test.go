package fsm_test

import "example.com/khp/fsm"

// response: an extended response was decided.
func (t *clientTurn) response() fsm.Verdict {
	t.m.status = int(t.ev.Status)
	t.m.lateTerminator = false
	switch oracleAction(int(t.ev.Status)) {
	case "COMPLETE":
		if f := t.completingFault(); f != 0 { // C19
			return t.fail(f)
		}
		t.m.lateTerminator = !t.has(fsm.FactTerminated)
		if t.m.gateway {
			t.goes(fsm.ClientAwaitConfirm)
			return fsm.Accepted
		}
		return t.complete() // C18
	case "CONTINUE_SEND_BODY":
		return t.continued()
	case "WAIT":
		return t.accepted()
	case "REPLAY_WITH_AUTH":
		return t.challenged()
	case "CLOSE_REDIRECT", "CLOSE_REDIRECT_MUST", "CLOSE_REDIRECT_CHOICE": // C34, C35
		return t.closeFor(t.judgeTarget())
	case "CLOSE_REDIRECT_IF_GET": // C34, C35
		if t.cfg.OtherMethod { // KHP-STATUS-307-03
			return t.fail(fsm.FailureRedirectMethod)
		}
		return t.closeFor(t.judgeTarget())
	case "CLOSE_MAY_PROXY_AUTH": // C36, C38
		return t.closeFor(t.judgeProxy())
	case "CLOSE_MAY_UPGRADE": // C37, C38
		return t.closeFor(t.judgeUpgrade())
	}
	return t.fail(fsm.FailureStatus) // C33
}

// completingFault: what is wrong with a completing response, in the order in which it is looked at. [AMB-13]
func (t *clientTurn) completingFault() fsm.Failure {
	switch {
	case t.m.body == "cut": // C32
		return fsm.FailureUnexpectedMessage
	case !t.has(fsm.FactAcceptMatches): // KHP-STATUS-101-03, AMB-19
		return fsm.FailureAcceptMismatch
	case !t.has(fsm.FactProtocolOffered): // AMB-31
		return fsm.FailureProtocolNotRequested
	}
	return t.continuingFault()
}

// continuingFault: likewise, of any response that leaves the connection standing.
func (t *clientTurn) continuingFault() fsm.Failure {
	switch {
	case t.m.body == "cut": // C32
		return fsm.FailureUnexpectedMessage
	case !t.has(fsm.FactExtensionsAsked): // KHP-CLOSE-03, AMB-29
		return fsm.FailureExtensionNotRequested
	case !t.has(fsm.FactTerminated) && !t.cfg.TerminatorOptional: // KHP-CLOSE-04, AMB-03
		return fsm.FailureMissingTerminator
	}
	return 0
}

// continued: 100.
func (t *clientTurn) continued() fsm.Verdict {
	if f := t.continuingFault(); f != 0 {
		return t.fail(f)
	}
	if !t.cfg.Expect { // C23
		return t.fail(fsm.FailureUnexpectedContinue)
	}
	if t.m.interim >= int(t.cfg.MaxInterim) { // C26
		return t.fail(fsm.FailureInterimLimit)
	}
	t.m.lateTerminator = !t.has(fsm.FactTerminated)
	t.m.interim++
	if t.m.body == "sent" { // C22
		t.goes(fsm.ClientAwaitResponse)
		return fsm.Accepted
	}
	t.do(fsm.EffectSendBody) // C20
	t.m.body = "sending"
	t.goes(fsm.ClientSendingBody)
	return fsm.Accepted
}

// accepted: 202.
func (t *clientTurn) accepted() fsm.Verdict {
	if f := t.continuingFault(); f != 0 {
		return t.fail(f)
	}
	if t.cfg.NoWait { // C25
		return t.fail(fsm.FailureAcceptedOnly)
	}
	if t.m.interim >= int(t.cfg.MaxInterim) { // C26
		return t.fail(fsm.FailureInterimLimit)
	}
	t.stop(fsm.TimerResponse) // C24: the wait replaces it
	if !t.m.waiting {         // AMB-40: not started again
		t.arm(fsm.TimerWait)
	}
	t.m.waiting = true
	t.m.interim++
	t.m.lateTerminator = !t.has(fsm.FactTerminated)
	t.goes(fsm.ClientAwaitResponse)
	return fsm.Accepted
}

// challenged: 401.
func (t *clientTurn) challenged() fsm.Verdict {
	if f := t.continuingFault(); f != 0 {
		return t.fail(f)
	}
	if !t.has(fsm.FactChallengeUsable) { // C28
		return t.fail(fsm.FailureAuthRequired)
	}
	if t.m.replays >= int(t.cfg.MaxReplays) { // C28
		return t.fail(fsm.FailureAuthLimit)
	}
	t.do(fsm.EffectAskCredentials) // C27
	t.stop(fsm.TimerResponse)
	t.timer(fsm.EffectPauseTimer, fsm.TimerWait)
	t.timer(fsm.EffectPauseTimer, fsm.TimerOverall)
	t.arm(fsm.TimerCredentials)
	t.m.lateTerminator = !t.has(fsm.FactTerminated)
	t.goes(fsm.ClientAwaitCredentials)
	return fsm.Accepted
}

// reroute: R, a redirect under the rules of 3xx.
func (t *clientTurn) reroute() fsm.Verdict { return t.closeFor(t.judgeTarget()) }

// judgeTarget: may the redirect be followed, and if not, why. [C34, C35, AMB-61 to AMB-64]
func (t *clientTurn) judgeTarget() (fsm.Plan, fsm.Failure) {
	switch {
	case t.cfg.NoRedirects:
		return fsm.PlanFail, fsm.FailureStatus
	case t.has(fsm.FactTargetVisited): // KHP-REDIR-05
		return fsm.PlanFail, fsm.FailureRedirectLoop
	case t.has(fsm.FactTargetRefused): // INV-26
		return fsm.PlanFail, fsm.FailureRedirectRefused
	case !t.has(fsm.FactTargetUsable): // AMB-63
		return fsm.PlanFail, fsm.FailureRedirectTarget
	case t.m.redirects >= int(t.cfg.MaxRedirects): // KHP-REDIR-04, KHP-CLASS-3XX-04
		return fsm.PlanFail, fsm.FailureTooManyRedirects
	}
	return fsm.PlanRedirect, 0
}

// judgeProxy: C36, C38.
func (t *clientTurn) judgeProxy() (fsm.Plan, fsm.Failure) {
	if t.cfg.Proxy && t.has(fsm.FactProxyChallenge) && !t.m.proxyTried {
		return fsm.PlanProxyAuth, 0
	}
	return fsm.PlanFail, fsm.FailureStatus
}

// judgeUpgrade: C37, C38.
func (t *clientTurn) judgeUpgrade() (fsm.Plan, fsm.Failure) {
	switch {
	case !t.cfg.Upgrade || !t.has(fsm.FactUpgradeTLS): // C38
		return fsm.PlanFail, fsm.FailureStatus
	case t.has(fsm.FactTargetVisited): // ADV-47
		return fsm.PlanFail, fsm.FailureRedirectLoop
	case t.m.redirects >= int(t.cfg.MaxRedirects): // ADV-47
		return fsm.PlanFail, fsm.FailureTooManyRedirects
	case !t.has(fsm.FactTargetUsable): // C38
		return fsm.PlanFail, fsm.FailureStatus
	}
	return fsm.PlanUpgrade, 0
}

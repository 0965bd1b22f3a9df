package oracle

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// response: an extended response was decided.
func (t *clientTurn) response() fsm.Verdict {
	t.m.status = t.ev.Status
	t.m.lateTerminator = false
	//exhaustive:ignore
	switch actionOf(t.ev.Status) {
	case codes.ActionComplete:
		if f := t.completingFault(); f != 0 {
			return t.fail(f)
		}
		t.m.lateTerminator = !t.has(fsm.FactTerminated)
		if t.m.gateway {
			return t.goes(fsm.ClientAwaitConfirm)
		}
		return t.complete()
	case codes.ActionContinue:
		return t.continued()
	case codes.ActionWait:
		return t.accepted()
	case codes.ActionReplay:
		return t.challenged()
	case codes.ActionRedirect, codes.ActionRedirectChoice:
		return t.closeFor(t.judgeTarget())
	case codes.ActionRedirectIfGet:
		if t.cfg.OtherMethod { // KHP-STATUS-307-03
			return t.fail(fsm.FailureRedirectMethod)
		}
		return t.closeFor(t.judgeTarget())
	case codes.ActionProxyAuth:
		return t.closeFor(t.judgeProxy())
	case codes.ActionUpgrade:
		return t.closeFor(t.judgeUpgrade())
	}
	return t.fail(fsm.FailureStatus)
}

// completingFault is the fault of a completing response; the first one in this order counts.
// [AMB-13]
func (t *clientTurn) completingFault() fsm.Failure {
	switch {
	case t.m.body == bodyCut:
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
	case t.m.body == bodyCut:
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
	if !t.cfg.Expect {
		return t.fail(fsm.FailureUnexpectedContinue)
	}
	if t.m.interim >= t.cfg.MaxInterim {
		return t.fail(fsm.FailureInterimLimit)
	}
	t.m.lateTerminator = !t.has(fsm.FactTerminated)
	t.m.interim++
	if t.m.body == bodySent {
		return t.goes(fsm.ClientAwaitResponse)
	}
	t.do(fsm.EffectSendBody)
	t.m.body = bodySending
	return t.goes(fsm.ClientSendingBody)
}

// accepted: 202.
func (t *clientTurn) accepted() fsm.Verdict {
	if f := t.continuingFault(); f != 0 {
		return t.fail(f)
	}
	if t.cfg.NoWait {
		return t.fail(fsm.FailureAcceptedOnly)
	}
	if t.m.interim >= t.cfg.MaxInterim {
		return t.fail(fsm.FailureInterimLimit)
	}
	t.stop(fsm.TimerResponse) // the wait replaces it
	if !t.m.waiting {         // AMB-40: not started again
		t.arm(fsm.TimerWait)
	}
	t.m.waiting = true
	t.m.interim++
	t.m.lateTerminator = !t.has(fsm.FactTerminated)
	return t.goes(fsm.ClientAwaitResponse)
}

// challenged: 401.
func (t *clientTurn) challenged() fsm.Verdict {
	if f := t.continuingFault(); f != 0 {
		return t.fail(f)
	}
	if !t.has(fsm.FactChallengeUsable) {
		return t.fail(fsm.FailureAuthRequired)
	}
	if t.m.replays >= t.cfg.MaxReplays {
		return t.fail(fsm.FailureAuthLimit)
	}
	t.do(fsm.EffectAskCredentials)
	t.stop(fsm.TimerResponse)
	t.timer(fsm.EffectPauseTimer, fsm.TimerWait)
	t.timer(fsm.EffectPauseTimer, fsm.TimerOverall)
	t.arm(fsm.TimerCredentials)
	t.m.lateTerminator = !t.has(fsm.FactTerminated)
	return t.goes(fsm.ClientAwaitCredentials)
}

// reroute: R, a redirect under the rules of 3xx.
func (t *clientTurn) reroute() fsm.Verdict { return t.closeFor(t.judgeTarget()) }

// judgeTarget: may the redirect be followed, and if not, why. [AMB-61 to AMB-64]
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
	case t.m.redirects >= t.cfg.MaxRedirects: // KHP-REDIR-04, KHP-CLASS-3XX-04
		return fsm.PlanFail, fsm.FailureTooManyRedirects
	}
	return fsm.PlanRedirect, 0
}

func (t *clientTurn) judgeProxy() (fsm.Plan, fsm.Failure) {
	if t.cfg.Proxy && t.has(fsm.FactProxyChallenge) && !t.m.proxyTried {
		return fsm.PlanProxyAuth, 0
	}
	return fsm.PlanFail, fsm.FailureStatus
}

func (t *clientTurn) judgeUpgrade() (fsm.Plan, fsm.Failure) {
	switch {
	case !t.cfg.Upgrade || !t.has(fsm.FactUpgradeTLS):
		return fsm.PlanFail, fsm.FailureStatus
	case t.has(fsm.FactTargetVisited): // ADV-47
		return fsm.PlanFail, fsm.FailureRedirectLoop
	case t.m.redirects >= t.cfg.MaxRedirects: // ADV-47
		return fsm.PlanFail, fsm.FailureTooManyRedirects
	case !t.has(fsm.FactTargetUsable):
		return fsm.PlanFail, fsm.FailureStatus
	}
	return fsm.PlanUpgrade, 0
}

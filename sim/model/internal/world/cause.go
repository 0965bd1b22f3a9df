package world

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// The report of an end has its cause in the event: the failure by the meaning of failures, the
// close code by the kind of event [AMB-70], the status that of the last response. Which of several
// causes goes first is left open.
const (
	causeID   = "CAUSE"
	causeText = "failure, close code and status are such as the event can cause"
)

// caused reports whether the step says nothing that its event cannot cause.
func (m *clientTurn) caused() bool {
	next := m.after.State
	if f := next.Failure(); f != m.before.State.Failure() && f != 0 && !m.means(f) {
		return false
	}
	if m.ev.Kind == fsm.EventResponse && m.before.State != next && next.Status() != int(m.ev.Status) {
		return false
	}
	closing := m.in(fsm.ClientClosing, fsm.ClientDraining)
	fails := m.to(fsm.ClientFailed) && !closing || m.plans(fsm.PlanFail)
	if fails && next.Failure() == 0 {
		return false
	}
	for e := range m.effects.All() {
		if e.Kind == fsm.EffectSendClose && !m.mayCloseWith(e.Code) {
			return false
		}
	}
	return true
}

// means reports whether a failure describes the event.
func (m *clientTurn) means(f fsm.Failure) bool {
	k, response := m.ev.Kind, m.ev.Kind == fsm.EventResponse
	interim := response && (m.action() == codes.ActionContinue || m.action() == codes.ActionWait)
	if k == fsm.EventViolation {
		return f == m.ev.Failure
	}
	switch f {
	case fsm.FailureAcceptMismatch:
		return response && m.action() == codes.ActionComplete && !m.fact(fsm.FactAcceptMatches)
	case fsm.FailureProtocolNotRequested:
		return response && m.action() == codes.ActionComplete && !m.fact(fsm.FactProtocolOffered)
	case fsm.FailureExtensionNotRequested:
		return response && !m.fact(fsm.FactExtensionsAsked)
	case fsm.FailureMissingTerminator:
		return response && !m.fact(fsm.FactTerminated) || !response && m.fact(fsm.FactHeadComplete)
	case fsm.FailureAcceptedOnly:
		return m.expired(fsm.TimerWait) || response && m.action() == codes.ActionWait && m.cfg.NoWait
	case fsm.FailureInterimLimit:
		return interim && m.before.State.Interim() >= int(m.cfg.MaxInterim)
	case fsm.FailureUnexpectedContinue:
		return response && m.action() == codes.ActionContinue && !m.cfg.Expect
	case fsm.FailureUnexpectedMessage:
		return response && m.before.Host.Is(cut) ||
			k == fsm.EventDataReceived || k == fsm.EventTerminatorReceived ||
			k == fsm.EventProceedReceived || k == fsm.EventRerouteReceived
	case fsm.FailureAuthLimit, fsm.FailureAuthRequired, fsm.FailureCredentialsRefused,
		fsm.FailureCredentialTimeout:
		return m.meansCredentials(f)
	case fsm.FailureRedirectLoop, fsm.FailureRedirectRefused, fsm.FailureRedirectTarget,
		fsm.FailureTooManyRedirects, fsm.FailureRedirectMethod:
		return m.meansRedirect(f)
	case fsm.FailureStatus:
		return response && (m.in(fsm.ClientOpening) || m.action().Terminates()) ||
			m.hasTarget() && m.cfg.NoRedirects
	case fsm.FailureURL:
		return k == fsm.EventConnectRequested
	case fsm.FailureConnect:
		return m.in(fsm.ClientConnecting) &&
			(k == fsm.EventConnectFailed || k == fsm.EventConnectionLost)
	case fsm.FailureConnectionLost:
		return k == fsm.EventConnectionLost && !m.in(fsm.ClientConnecting) &&
			!m.fact(fsm.FactHeadComplete)
	case fsm.FailurePeerClosed:
		return k == fsm.EventPeerClosed && !m.fact(fsm.FactHeadComplete)
	case fsm.FailureNotSelected:
		return k == fsm.EventOpened && !m.fact(fsm.FactKHP)
	case fsm.FailureTimeout:
		return k == fsm.EventTimerExpired && !m.expired(fsm.TimerWait) &&
			!m.expired(fsm.TimerCredentials) && !m.fact(fsm.FactHeadComplete)
	case fsm.FailureApplication, fsm.FailureShutdown, fsm.FailureFrame, fsm.FailureLimit,
		fsm.FailureMalformed, fsm.FailureOpening, fsm.FailureUTF8:
	}
	return false
}

// expired reports whether the event is the end of timer t.
func (m *clientTurn) expired(t fsm.Timer) bool {
	return m.ev.Kind == fsm.EventTimerExpired && m.ev.Timer == t
}

// hasTarget reports whether the event may name a target to connect to.
func (m *clientTurn) hasTarget() bool {
	return m.ev.Kind == fsm.EventResponse || m.ev.Kind == fsm.EventRerouteReceived
}

// meansCredentials is means for failures of a login.
func (m *clientTurn) meansCredentials(f fsm.Failure) bool {
	challenged := m.ev.Kind == fsm.EventResponse && m.action() == codes.ActionReplay
	//exhaustive:ignore
	switch f {
	case fsm.FailureAuthLimit:
		return challenged &&
			m.before.State.Replays() >= int(m.cfg.MaxReplays)
	case fsm.FailureAuthRequired:
		return m.ev.Kind == fsm.EventCredentialsDeclined ||
			challenged && !m.fact(fsm.FactChallengeUsable)
	case fsm.FailureCredentialsRefused:
		return m.ev.Kind == fsm.EventCredentialsSupplied && !m.fact(fsm.FactNewCredentials)
	case fsm.FailureCredentialTimeout:
		return m.expired(fsm.TimerCredentials)
	}
	return false
}

// meansRedirect is means for failures of a redirect.
func (m *clientTurn) meansRedirect(f fsm.Failure) bool {
	target := m.hasTarget()
	//exhaustive:ignore
	switch f {
	case fsm.FailureRedirectLoop:
		return target && m.fact(fsm.FactTargetVisited)
	case fsm.FailureRedirectRefused:
		return target && m.fact(fsm.FactTargetRefused)
	case fsm.FailureRedirectTarget:
		return target && !m.fact(fsm.FactTargetUsable)
	case fsm.FailureTooManyRedirects:
		return target && !m.redirectsLeft()
	case fsm.FailureRedirectMethod:
		return m.ev.Kind == fsm.EventResponse && m.action() == codes.ActionRedirectIfGet &&
			m.cfg.OtherMethod
	}
	return false
}

// mayCloseWith reports whether a close code is one for the event. [AMB-70]
func (m *clientTurn) mayCloseWith(code uint16) bool {
	switch m.ev.Kind {
	case fsm.EventCloseRequested, fsm.EventPeerClosed:
		return code == 0 // the application's, or the peer's
	case fsm.EventTimerExpired:
		return code == 1008 && m.ev.Timer != fsm.TimerWait ||
			code == 1000 && m.ev.Timer == fsm.TimerWait
	case fsm.EventOpened, fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined:
		return code == 1000
	case fsm.EventDataReceived, fsm.EventTerminatorReceived:
		return code == 1002
	case fsm.EventProceedReceived, fsm.EventRerouteReceived:
		return code == 1002 && !m.balancer() ||
			code == 1000 && (m.balancer() || m.cfg.Profile == fsm.ProfileAuto)
	case fsm.EventViolation:
		return code == codeOfViolation(m.ev.Failure)
	case fsm.EventResponse:
		return m.mayAnswerWith(code)
	}
	return false
}

// mayAnswerWith is that for a response: 1000 if it is well-formed and says no, 1008 if there were
// too many, 1002 if it breaks a rule.
func (m *clientTurn) mayAnswerWith(code uint16) bool {
	over := m.before.State.Interim() >= int(m.cfg.MaxInterim)
	switch a := m.action(); a {
	case codes.ActionComplete:
		return code == 1002
	case codes.ActionContinue, codes.ActionWait:
		switch {
		case !m.fine(), a == codes.ActionContinue && !m.cfg.Expect:
			return code == 1002
		case a == codes.ActionWait && m.cfg.NoWait:
			return code == 1000
		}
		return code == 1008 && over
	case codes.ActionReplay:
		return code == 1002 && !m.fine() || code == 1000 && m.fine()
	case codes.ActionClose, codes.ActionRedirect, codes.ActionRedirectIfGet,
		codes.ActionRedirectChoice,
		codes.ActionProxyAuth, codes.ActionUpgrade:
		return code == 1000
	}
	return false
}

func codeOfViolation(f fsm.Failure) uint16 {
	//exhaustive:ignore
	switch f {
	case fsm.FailureUTF8:
		return 1007
	case fsm.FailureLimit:
		return 1009
	}
	return 1002
}

// caused is the same of a server.
func (m *serverTurn) caused() bool {
	next := m.after.State
	f := next.Failure()
	if f != m.before.State.Failure() && f != 0 && !m.means(f) || f == 0 && m.refuses() {
		return false
	}
	said := 0
	for e := range m.effects.All() {
		//exhaustive:ignore
		switch e.Kind {
		case fsm.EffectSendClose:
			if !m.mayCloseWith(e.Code) {
				return false
			}
		case fsm.EffectSendResponse, fsm.EffectRefuseOpening:
			if said = int(e.Code); said >= 400 && !m.maySay(e.Code) {
				return false
			}
		case fsm.EffectFail:
			if next.Failure() == 0 && !m.in(fsm.ServerClosing) {
				return false
			}
		}
	}
	return said == 0 || said == next.Status()
}

func (m *serverTurn) means(f fsm.Failure) bool {
	k := m.ev.Kind
	if k == fsm.EventViolation {
		return f == m.ev.Failure
	}
	//exhaustive:ignore
	switch f {
	case fsm.FailureOpening:
		return k == fsm.EventOpeningRequest && !m.fact(fsm.FactValid)
	case fsm.FailureNotSelected:
		return k == fsm.EventOpeningRequest && m.fact(fsm.FactValid) && !m.fact(fsm.FactKHP)
	case fsm.FailureMalformed:
		return k == fsm.EventBadRequest || k == fsm.EventRequest && m.fact(fsm.FactExtensionAgain)
	case fsm.FailureUnexpectedMessage:
		return k == fsm.EventDataReceived || k == fsm.EventTerminatorReceived
	case fsm.FailureStatus:
		return k == fsm.EventDecided && (m.rule().Action.Terminates() || m.cfg.Unchecked)
	case fsm.FailureAuthLimit:
		return m.decides(codes.ActionReplay) && m.before.State.Challenges() >= int(m.cfg.MaxChallenges)
	case fsm.FailureApplication:
		return k == fsm.EventApplicationFailed
	case fsm.FailureShutdown:
		return k == fsm.EventCloseRequested
	case fsm.FailureTimeout:
		return k == fsm.EventTimerExpired
	case fsm.FailurePeerClosed:
		return k == fsm.EventPeerClosed
	case fsm.FailureConnectionLost:
		return k == fsm.EventConnectionLost
	}
	return false
}

func (m *serverTurn) mayCloseWith(code uint16) bool {
	//exhaustive:ignore
	switch m.ev.Kind {
	case fsm.EventPeerClosed:
		return code == 0
	case fsm.EventCloseRequested:
		return code == 0 && m.before.Phase().Open() || code == 1001 && !m.before.Phase().Open()
	case fsm.EventTimerExpired:
		return code == 1008
	case fsm.EventApplicationFailed:
		return code == 1011
	case fsm.EventRequest, fsm.EventBadRequest, fsm.EventDataReceived,
		fsm.EventTerminatorReceived:
		return code == 1002
	case fsm.EventDecided:
		return code == 1000
	case fsm.EventViolation:
		return code == codeOfViolation(m.ev.Failure)
	}
	return false
}

// maySay reports whether a server may send an error for the event: that of a decision, or of a
// fault in a request; 400 for a message that is not expected; 408 while it waits for its client
// [RFC 2068, 10.4.9], 503 while it waits for its application or leaves.
func (m *serverTurn) maySay(status uint16) bool {
	//exhaustive:ignore
	switch m.ev.Kind {
	case fsm.EventDecided:
		return status == m.ev.Status || status == 403 && m.decides(codes.ActionReplay)
	case fsm.EventBadRequest:
		return status == m.ev.Status
	case fsm.EventOpeningRequest:
		return status == m.ev.Status && !m.fact(fsm.FactValid) ||
			status == 400 && m.fact(fsm.FactValid)
	case fsm.EventRequest:
		return status == 400 && m.fact(fsm.FactExtensionAgain)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived:
		return status == 400
	case fsm.EventApplicationFailed:
		return status == 500
	case fsm.EventCloseRequested:
		return status == 503
	case fsm.EventTimerExpired:
		waits := m.before.Host.Is(Deciding)
		return status == 503 && waits || status == 408 && !waits
	}
	return false
}

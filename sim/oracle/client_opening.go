package oracle

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// idle: nothing started.
func (t *clientTurn) idle() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnectRequested:
		if !t.has(fsm.FactTargetUsable) {
			return t.failed(fsm.FailureURL)
		}
		return t.dial()
	case fsm.EventCloseRequested:
		return t.ended() // LIV-11
	case fsm.EventSendRequested:
		return fsm.Misuse
	}
	return Refused
}

// connecting: TCP or TLS being set up.
func (t *clientTurn) connecting() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnected: // the opening timer covers both
		t.do(fsm.EffectSendOpening)
		return t.goes(fsm.ClientOpening)
	case fsm.EventConnectFailed:
		return t.failed(fsm.FailureConnect)
	case fsm.EventConnectionLost: // an error
		return t.failed(fsm.FailureConnect)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerOpening {
			return t.failed(fsm.FailureTimeout)
		}
		return fsm.Ignored
	case fsm.EventCloseRequested: // but there is no WebSocket that could be closed
		return t.ended()
	case fsm.EventSendRequested:
		return fsm.Misuse
	}
	return Refused
}

// opening: opening request sent, HTTP response awaited.
func (t *clientTurn) opening() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventOpened:
		if !t.has(fsm.FactKHP) && t.cfg.PlainFallback {
			t.do(fsm.EffectStopTimers)
			t.do(fsm.EffectOpenPlain)
			return t.goes(fsm.ClientPlain)
		}
		if !t.has(fsm.FactKHP) {
			return t.fail(fsm.FailureNotSelected)
		}
		t.arm(fsm.TimerOverall)
		if t.cfg.Profile == fsm.ProfileKaazing { // waits for N first, within the opening timer
			return t.goes(fsm.ClientAwaitProceed)
		}
		t.stop(fsm.TimerOpening)
		t.arm(fsm.TimerResponse)
		t.do(fsm.EffectSendRequest)
		t.m.silent = t.cfg.Profile == fsm.ProfileAuto
		return t.goes(fsm.ClientAwaitResponse)
	case fsm.EventResponse:
		return t.openingResponse()
	case fsm.EventViolation:
		return t.failed(t.ev.Failure)
	case fsm.EventConnectionLost:
		return t.failed(fsm.FailureConnectionLost)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerOpening {
			return t.failed(fsm.FailureTimeout)
		}
		return fsm.Ignored
	case fsm.EventCloseRequested: // but there is no WebSocket yet
		return t.ended()
	case fsm.EventSendRequested:
		return fsm.Misuse
	}
	return Refused
}

// openingResponse: the server answered the opening request over HTTP, with another status than 101.
func (t *clientTurn) openingResponse() fsm.Verdict {
	t.m.status = t.ev.Status
	plan, failure := fsm.PlanFail, fsm.FailureStatus
	//exhaustive:ignore
	switch actionOf(t.ev.Status) {
	case codes.ActionReplay: // AMB-67: same credential provider
		if !t.has(fsm.FactChallengeUsable) {
			return t.failed(fsm.FailureAuthRequired)
		}
		if t.m.replays >= t.cfg.MaxReplays { // INV-20
			return t.failed(fsm.FailureAuthLimit)
		}
		t.do(fsm.EffectStopTimers)
		t.do(fsm.EffectDisconnect)
		t.do(fsm.EffectAskCredentials)
		t.arm(fsm.TimerCredentials)
		return t.goes(fsm.ClientAwaitLogin)
	// AMB-67; the opening request is a GET
	case codes.ActionRedirect, codes.ActionRedirectChoice, codes.ActionRedirectIfGet:
		plan, failure = t.judgeTarget()
	case codes.ActionProxyAuth:
		plan, failure = t.judgeProxy()
	case codes.ActionUpgrade:
		plan, failure = t.judgeUpgrade()
	}
	if plan == fsm.PlanFail {
		return t.failed(failure)
	}
	t.plan(plan)
	return t.follow()
}

// awaitLogin: the opening request was answered with 401, credentials are being fetched, there is no
// connection.
func (t *clientTurn) awaitLogin() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventCredentialsSupplied:
		if !t.has(fsm.FactNewCredentials) {
			return t.failed(fsm.FailureCredentialsRefused)
		}
		t.m.replays++ // on a new connection
		t.stop(fsm.TimerCredentials)
		return t.dial()
	case fsm.EventCredentialsDeclined:
		return t.failed(fsm.FailureAuthRequired)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerCredentials {
			return t.failed(fsm.FailureCredentialTimeout)
		}
		return fsm.Ignored
	case fsm.EventCloseRequested:
		return t.ended()
	case fsm.EventSendRequested:
		return fsm.Misuse
	case fsm.EventConnectionLost:
		return Nothing // we dropped it ourselves
	}
	return Refused
}

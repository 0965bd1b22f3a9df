package fsm_test

import "example.com/khp/fsm"

// idle: nothing started.
func (t *clientTurn) idle() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnectRequested:
		if !t.has(fsm.FactTargetUsable) {
			return t.failed(fsm.FailureURL) // C2
		}
		return t.dial() // C1
	case fsm.EventCloseRequested:
		return t.ended() // LIV-11
	case fsm.EventSendRequested:
		return fsm.Misuse // C48
	}
	return refused
}

// connecting: TCP or TLS being set up.
func (t *clientTurn) connecting() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnected: // C3; the opening timer covers both
		t.do(fsm.EffectSendOpening)
		t.goes(fsm.ClientOpening)
		return fsm.Accepted
	case fsm.EventConnectFailed: // C4
		return t.failed(fsm.FailureConnect)
	case fsm.EventConnectionLost: // C4: an error
		return t.failed(fsm.FailureConnect)
	case fsm.EventTimerExpired: // C4
		if t.ev.Timer == fsm.TimerOpening {
			return t.failed(fsm.FailureTimeout)
		}
		return fsm.Ignored
	case fsm.EventCloseRequested: // C47, but there is no WebSocket that could be closed
		return t.ended()
	case fsm.EventSendRequested: // C48
		return fsm.Misuse
	}
	return refused
}

// opening: opening request sent, HTTP response awaited.
func (t *clientTurn) opening() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventOpened:
		if !t.has(fsm.FactKHP) && t.cfg.PlainFallback { // C6
			t.do(fsm.EffectStopTimers)
			t.do(fsm.EffectOpenPlain)
			t.goes(fsm.ClientPlain)
			return fsm.Accepted
		}
		if !t.has(fsm.FactKHP) { // C7
			return t.fail(fsm.FailureNotSelected)
		}
		t.arm(fsm.TimerOverall)                  // C5
		if t.cfg.Profile == fsm.ProfileKaazing { // waits for N first, within the opening timer
			t.goes(fsm.ClientAwaitProceed)
			return fsm.Accepted
		}
		t.stop(fsm.TimerOpening)
		t.arm(fsm.TimerResponse)
		t.do(fsm.EffectSendRequest)
		t.m.silent = t.cfg.Profile == fsm.ProfileAuto
		t.goes(fsm.ClientAwaitResponse)
		return fsm.Accepted
	case fsm.EventResponse: // C9, C10
		return t.openingResponse()
	case fsm.EventViolation: // C8
		return t.failed(t.ev.Failure)
	case fsm.EventConnectionLost: // C11
		return t.failed(fsm.FailureConnectionLost)
	case fsm.EventTimerExpired: // C11
		if t.ev.Timer == fsm.TimerOpening {
			return t.failed(fsm.FailureTimeout)
		}
		return fsm.Ignored
	case fsm.EventCloseRequested: // C47, but there is no WebSocket yet
		return t.ended()
	case fsm.EventSendRequested: // C48
		return fsm.Misuse
	}
	return refused
}

// openingResponse: the server answered the opening request over HTTP, with another status than 101.
func (t *clientTurn) openingResponse() fsm.Verdict {
	t.m.status = int(t.ev.Status)
	plan, failure := fsm.PlanFail, fsm.FailureStatus // C10
	switch oracleAction(int(t.ev.Status)) {
	case "REPLAY_WITH_AUTH": // AMB-67: same credential provider
		if !t.has(fsm.FactChallengeUsable) {
			return t.failed(fsm.FailureAuthRequired)
		}
		if t.m.replays >= int(t.cfg.MaxReplays) { // INV-20
			return t.failed(fsm.FailureAuthLimit)
		}
		t.do(fsm.EffectStopTimers)
		t.do(fsm.EffectDisconnect)
		t.do(fsm.EffectAskCredentials)
		t.arm(fsm.TimerCredentials)
		t.goes(fsm.ClientAwaitLogin)
		return fsm.Accepted
	case "CLOSE_REDIRECT", "CLOSE_REDIRECT_MUST", "CLOSE_REDIRECT_CHOICE", "CLOSE_REDIRECT_IF_GET": // AMB-67; the opening request is a GET
		plan, failure = t.judgeTarget()
	case "CLOSE_MAY_PROXY_AUTH":
		plan, failure = t.judgeProxy()
	case "CLOSE_MAY_UPGRADE":
		plan, failure = t.judgeUpgrade()
	}
	if plan == fsm.PlanFail {
		return t.failed(failure)
	}
	t.plan(plan) // C9
	return t.follow()
}

// awaitLogin: the opening request was answered with 401, credentials are being fetched, there is no connection.
func (t *clientTurn) awaitLogin() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventCredentialsSupplied:
		if !t.has(fsm.FactNewCredentials) { // C30
			return t.failed(fsm.FailureCredentialsRefused)
		}
		t.m.replays++ // C29, on a new connection
		t.stop(fsm.TimerCredentials)
		return t.dial()
	case fsm.EventCredentialsDeclined: // C30
		return t.failed(fsm.FailureAuthRequired)
	case fsm.EventTimerExpired: // C30
		if t.ev.Timer == fsm.TimerCredentials {
			return t.failed(fsm.FailureCredentialTimeout)
		}
		return fsm.Ignored
	case fsm.EventCloseRequested: // C47
		return t.ended()
	case fsm.EventSendRequested: // C48
		return fsm.Misuse
	case fsm.EventConnectionLost:
		return nothing // we dropped it ourselves
	}
	return refused
}

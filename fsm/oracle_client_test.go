package fsm_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// clientModel is what the oracle remembers of a connect call.
type clientModel struct {
	phase          fsm.ClientPhase
	plan           fsm.Plan
	failure        fsm.Failure
	status         int
	redirects      int
	replays        int
	interim        int
	body           string // of the request: "" held back, "sending", "cut" by a response, "sent"
	waiting        bool   // the wait after a 202 runs
	proxyTried     bool
	lateTerminator bool // the last response came without its terminator
}

// clientTurn is one step of the oracle.
type clientTurn struct {
	cfg fsm.ClientConfig
	m   clientModel
	ev  fsm.Event
	out []fsm.Effect
}

// oracleClient says what has to happen, by the text.
func oracleClient(cfg fsm.ClientConfig, m clientModel, ev fsm.Event) (clientModel, []fsm.Effect, fsm.Verdict) {
	t := &clientTurn{cfg: cfg, m: m, ev: ev}
	verdict := t.take()
	if verdict != fsm.Accepted {
		return m, nil, verdict
	}
	return t.m, t.out, fsm.Accepted
}

func (t *clientTurn) do(k fsm.EffectKind) { t.out = append(t.out, fsm.Effect{Kind: k}) }
func (t *clientTurn) code(k fsm.EffectKind, c uint16) {
	t.out = append(t.out, fsm.Effect{Kind: k, Code: c})
}
func (t *clientTurn) timer(k fsm.EffectKind, x fsm.Timer) {
	t.out = append(t.out, fsm.Effect{Kind: k, Timer: x})
}
func (t *clientTurn) arm(x fsm.Timer)        { t.timer(fsm.EffectArmTimer, x) }
func (t *clientTurn) stop(x fsm.Timer)       { t.timer(fsm.EffectStopTimer, x) }
func (t *clientTurn) has(f fsm.Facts) bool   { return t.ev.Facts.Has(f) }
func (t *clientTurn) goes(p fsm.ClientPhase) { t.m.phase = p }

// take handles what is the same in all phases and hands the rest to the phase.
func (t *clientTurn) take() fsm.Verdict {
	if t.ev.Kind == 0 || t.ev.Kind > fsm.EventApplicationFailed { // no event at all
		return fsm.Misuse
	}
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventOpeningRequest, fsm.EventRequest, fsm.EventBadRequest, fsm.EventBodyReceived, fsm.EventDecided, fsm.EventApplicationFailed:
		return refused // events of the server
	case fsm.EventTimerExpired:
		if t.ev.Timer == 0 || t.ev.Timer == fsm.TimerRequest || t.ev.Timer == fsm.TimerBody || t.ev.Timer == fsm.TimerReplay || t.ev.Timer > fsm.TimerReplay {
			return refused // not a timer of the client
		}
	}
	switch t.m.phase {
	case fsm.ClientIdle:
		return t.idle()
	case fsm.ClientConnecting:
		return t.connecting()
	case fsm.ClientOpening:
		return t.opening()
	case fsm.ClientAwaitLogin:
		return t.awaitLogin()
	case fsm.ClientAwaitProceed:
		return t.awaitProceed()
	case fsm.ClientAwaitResponse:
		return t.awaitResponse()
	case fsm.ClientReading:
		return t.reading()
	case fsm.ClientSendingBody:
		return t.sendingBody()
	case fsm.ClientAwaitCredentials:
		return t.awaitCredentials()
	case fsm.ClientAwaitConfirm:
		return t.awaitConfirm()
	case fsm.ClientOpen, fsm.ClientPlain:
		return t.open()
	case fsm.ClientClosing, fsm.ClientDraining:
		return t.closing()
	case fsm.ClientRedirecting:
		return t.redirecting()
	case fsm.ClientDone, fsm.ClientFailed:
		return t.over()
	}
	return fsm.Misuse
}

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

// awaitProceed: kaazing profile, WebSocket established, first N awaited.
func (t *clientTurn) awaitProceed() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventProceedReceived:
		t.do(fsm.EffectSendRequest)
		t.stop(fsm.TimerOpening)
		t.arm(fsm.TimerResponse)
		t.goes(fsm.ClientAwaitResponse)
		return fsm.Accepted
	case fsm.EventRerouteReceived:
		return t.reroute()
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // ADV-33, AMB-11
		return t.fail(fsm.FailureUnexpectedMessage)
	}
	return t.established()
}

// awaitResponse: request sent, no byte of a response yet.
func (t *clientTurn) awaitResponse() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived: // C12
		t.m.lateTerminator = false // AMB-01: only the first message after the response
		t.goes(fsm.ClientReading)
		return fsm.Accepted
	case fsm.EventTerminatorReceived: // C13
		return t.unaskedTerminator()
	}
	return t.established()
}

// reading: a response has begun.
func (t *clientTurn) reading() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived: // C14; what is one message too many comes as a violation, C15
		return fsm.Accepted
	case fsm.EventBodyWritten: // late, C32
		if t.m.body == "cut" {
			return fsm.Ignored
		}
		return refused
	case fsm.EventResponse:
		return t.response()
	}
	return t.established()
}

// sendingBody: 100 came, the body is being written.
func (t *clientTurn) sendingBody() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventBodyWritten: // C21
		t.m.body = "sent"
		t.goes(fsm.ClientAwaitResponse)
		return fsm.Accepted
	case fsm.EventDataReceived: // C32
		t.do(fsm.EffectStopBody)
		t.m.body = "cut"
		t.m.lateTerminator = false
		t.goes(fsm.ClientReading)
		return fsm.Accepted
	case fsm.EventTerminatorReceived:
		return t.unaskedTerminator()
	}
	return t.established()
}

// awaitCredentials: 401 came, credentials are being fetched.
func (t *clientTurn) awaitCredentials() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventCredentialsSupplied:
		if !t.has(fsm.FactNewCredentials) { // C30
			return t.fail(fsm.FailureCredentialsRefused)
		}
		t.do(fsm.EffectReplayRequest) // C29
		t.stop(fsm.TimerCredentials)
		if t.m.waiting { // the wait deadline replaces the response timer
			t.timer(fsm.EffectResumeTimer, fsm.TimerWait)
		} else {
			t.arm(fsm.TimerResponse)
		}
		t.timer(fsm.EffectResumeTimer, fsm.TimerOverall)
		t.m.replays++
		t.m.body = "" // AMB-44: body and Expect again
		t.goes(fsm.ClientAwaitResponse)
		return fsm.Accepted
	case fsm.EventCredentialsDeclined: // C30
		return t.fail(fsm.FailureAuthRequired)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerCredentials { // C30
			return t.fail(fsm.FailureCredentialTimeout)
		}
		return fsm.Ignored // they do not run meanwhile
	case fsm.EventDataReceived: // C31
		return t.fail(fsm.FailureUnexpectedMessage)
	case fsm.EventTerminatorReceived: // C31
		return t.unaskedTerminator()
	}
	return t.established()
}

// awaitConfirm: kaazing profile, completing response seen, second N awaited.
func (t *clientTurn) awaitConfirm() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventProceedReceived: // C18
		return t.complete()
	case fsm.EventRerouteReceived:
		return t.reroute()
	case fsm.EventTerminatorReceived:
		return t.unaskedTerminator() // AMB-01: a late one is dropped here too
	case fsm.EventDataReceived:
		return t.fail(fsm.FailureUnexpectedMessage)
	}
	return t.established()
}

// established: what is the same while the WebSocket stands and the extended handshake has not ended.
func (t *clientTurn) established() fsm.Verdict {
	reading := t.m.phase == fsm.ClientReading // only there a unit is in progress
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPingReceived: // C39, INV-37
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventViolation: // C15, C16, C17, C45
		return t.fail(t.ev.Failure)
	case fsm.EventPeerClosed: // C40, C42
		t.m.failure = fsm.FailurePeerClosed
		if reading && t.has(fsm.FactHeadComplete) { // ADV-19
			t.m.failure = fsm.FailureMissingTerminator
		}
		t.m.plan = fsm.PlanFail
		t.code(fsm.EffectSendClose, 0)
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ClientDraining)
		return fsm.Accepted
	case fsm.EventConnectionLost: // C44
		if reading && t.has(fsm.FactHeadComplete) { // AMB-71
			return t.failed(fsm.FailureMissingTerminator)
		}
		return t.failed(fsm.FailureConnectionLost)
	case fsm.EventTimerExpired: // C46
		late := true
		//exhaustive:ignore
		switch t.ev.Timer {
		case fsm.TimerResponse:
			late = t.m.waiting || t.m.phase == fsm.ClientAwaitProceed // "no wait running"; not started before the request
		case fsm.TimerWait:
			late = !t.m.waiting // it was never started
		case fsm.TimerOverall:
			late = false
		case fsm.TimerOpening:
			late = t.m.phase != fsm.ClientAwaitProceed
		}
		if late {
			return fsm.Ignored
		}
		if t.ev.Timer == fsm.TimerWait { // AMB-40: 1000 whatever has come meanwhile
			return t.fail(fsm.FailureAcceptedOnly)
		}
		if reading && t.has(fsm.FactHeadComplete) { // LIV-10
			return t.failWith(fsm.FailureMissingTerminator, 1008)
		}
		return t.fail(fsm.FailureTimeout)
	case fsm.EventCloseRequested: // C47
		t.m.plan = fsm.PlanClose
		t.code(fsm.EffectSendClose, 0) // as the application asked, 1000 if it did not say
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ClientClosing)
		return fsm.Accepted
	case fsm.EventSendRequested: // C48
		return fsm.Misuse
	}
	return refused
}

// unaskedTerminator: an empty binary message where no response has begun.
func (t *clientTurn) unaskedTerminator() fsm.Verdict {
	if t.m.lateTerminator { // AMB-01
		t.m.lateTerminator = false
		return fsm.Accepted
	}
	return t.fail(fsm.FailureUnexpectedMessage) // C13, C31
}

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
		if t.cfg.Profile == fsm.ProfileKaazing {
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

// open: the application's. Nothing is interpreted any more. [AMB-16]
func (t *clientTurn) open() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived: // C55
		t.m.lateTerminator = false
		t.do(fsm.EffectDeliver)
		return fsm.Accepted
	case fsm.EventTerminatorReceived:
		if t.m.lateTerminator { // AMB-01
			t.m.lateTerminator = false
			return fsm.Accepted
		}
		t.do(fsm.EffectDeliver) // C55, ADV-21
		return fsm.Accepted
	case fsm.EventPingReceived:
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventSendRequested:
		t.do(fsm.EffectSendMessage)
		return fsm.Accepted
	case fsm.EventViolation: // ends like a close, but the reason is kept
		t.m.plan, t.m.failure = fsm.PlanClose, t.ev.Failure
		t.code(fsm.EffectSendClose, oracleCloseCode(t.ev.Failure))
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ClientClosing)
		return fsm.Accepted
	case fsm.EventPeerClosed: // C56
		t.m.plan = fsm.PlanClose
		t.code(fsm.EffectSendClose, 0)
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ClientDraining)
		return fsm.Accepted
	case fsm.EventConnectionLost: // C56
		return t.ended()
	case fsm.EventCloseRequested: // C56
		t.m.plan = fsm.PlanClose
		t.code(fsm.EffectSendClose, 0)
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ClientClosing)
		return fsm.Accepted
	case fsm.EventTimerExpired:
		return fsm.Ignored
	}
	return refused
}

// closing: Close sent, and in ClientDraining also received.
func (t *clientTurn) closing() fsm.Verdict {
	following := t.m.plan == fsm.PlanRedirect || t.m.plan == fsm.PlanUpgrade || t.m.plan == fsm.PlanProxyAuth
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPeerClosed:
		if t.m.phase == fsm.ClientDraining {
			return nothing
		}
		t.goes(fsm.ClientDraining) // C49
		return fsm.Accepted
	case fsm.EventPingReceived: // C50
		if t.m.phase == fsm.ClientDraining || t.m.plan == fsm.PlanFail {
			return nothing
		}
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // C50
		return nothing
	case fsm.EventConnectionLost, fsm.EventViolation: // after a frame error nothing more is read, WSP-CLOSE-04
		return t.gone()
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerClose {
			return t.gone()
		}
		return fsm.Ignored
	case fsm.EventCloseRequested:
		if following { // LIV-11: nothing is followed after close()
			t.m.plan = fsm.PlanClose
			return fsm.Accepted
		}
		return nothing
	case fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined, fsm.EventBodyWritten: // late, ADV-42
		return fsm.Ignored
	}
	return refused
}

// gone: the old connection has ended. [C51, C52, C53]
func (t *clientTurn) gone() fsm.Verdict {
	//exhaustive:ignore
	switch t.m.plan {
	case fsm.PlanClose: // C53
		return t.ended()
	case fsm.PlanRedirect, fsm.PlanProxyAuth, fsm.PlanUpgrade: // C51
		return t.follow()
	}
	return t.failed(t.m.failure) // C52
}

// redirecting: no connection, a target that may be followed.
func (t *clientTurn) redirecting() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnectRequested: // C54
		if !t.has(fsm.FactTargetUsable) {
			return t.failed(fsm.FailureURL)
		}
		t.m = clientModel{redirects: t.m.redirects, proxyTried: t.m.proxyTried}
		return t.dial()
	case fsm.EventCloseRequested: // LIV-11
		return t.ended()
	case fsm.EventSendRequested: // C48
		return fsm.Misuse
	case fsm.EventTimerExpired:
		return fsm.Ignored
	case fsm.EventConnectionLost:
		return nothing
	}
	return refused
}

// over: terminal.
func (t *clientTurn) over() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventTimerExpired:
		return fsm.Ignored
	case fsm.EventConnected, fsm.EventConnectFailed, fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined, fsm.EventBodyWritten: // late, ADV-42
		return fsm.Ignored
	case fsm.EventConnectionLost, fsm.EventPeerClosed, fsm.EventDataReceived, fsm.EventTerminatorReceived, fsm.EventPingReceived, fsm.EventViolation:
		return nothing
	}
	return refused
}

// dial: C1.
func (t *clientTurn) dial() fsm.Verdict {
	t.do(fsm.EffectDial)
	t.arm(fsm.TimerOpening)
	t.goes(fsm.ClientConnecting)
	return fsm.Accepted
}

// complete: C18, INV-01.
func (t *clientTurn) complete() fsm.Verdict {
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectComplete)
	t.goes(fsm.ClientOpen)
	return fsm.Accepted
}

// fail: on an established WebSocket, with the close code of the failure.
func (t *clientTurn) fail(f fsm.Failure) fsm.Verdict { return t.failWith(f, oracleCloseCode(f)) }

func (t *clientTurn) failWith(f fsm.Failure, code uint16) fsm.Verdict {
	t.m.plan, t.m.failure = fsm.PlanFail, f
	t.code(fsm.EffectSendClose, code)
	t.do(fsm.EffectStopTimers)
	t.arm(fsm.TimerClose)
	t.goes(fsm.ClientClosing)
	return fsm.Accepted
}

// closeFor: a terminating response; plan is what comes after the close.
func (t *clientTurn) closeFor(plan fsm.Plan, f fsm.Failure) fsm.Verdict {
	if plan == fsm.PlanFail {
		return t.fail(f)
	}
	t.plan(plan)
	t.code(fsm.EffectSendClose, 1000) // AMB-70
	t.do(fsm.EffectStopTimers)
	t.arm(fsm.TimerClose)
	t.goes(fsm.ClientClosing)
	return fsm.Accepted
}

// plan: the follow-up is decided; it is counted here and not only when the old connection is gone, which nobody can tell from outside.
func (t *clientTurn) plan(plan fsm.Plan) {
	t.m.plan = plan
	if plan == fsm.PlanProxyAuth {
		t.m.proxyTried = true // does not use up the budget: INV-21 allows redirect_max + 2 connections
	} else {
		t.m.redirects++
	}
}

// follow: C51.
func (t *clientTurn) follow() fsm.Verdict {
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectDisconnect)
	t.do(fsm.EffectFollow)
	t.goes(fsm.ClientRedirecting)
	return fsm.Accepted
}

// failed: the end, with a failure.
func (t *clientTurn) failed(f fsm.Failure) fsm.Verdict {
	t.m.plan, t.m.failure = fsm.PlanFail, f
	t.drop()
	t.out = append(t.out, fsm.Effect{Kind: fsm.EffectFail, Failure: f, Code: uint16(t.m.status)})
	t.goes(fsm.ClientFailed)
	return fsm.Accepted
}

// ended: the end, as asked.
func (t *clientTurn) ended() fsm.Verdict {
	t.m.plan = fsm.PlanClose
	t.drop()
	t.do(fsm.EffectClosed)
	t.goes(fsm.ClientDone)
	return fsm.Accepted
}

// newClient puts the machine next to the oracle.
func newClient(cfg fsm.ClientConfig, events []fsm.Event) *subject[fsm.ClientState, clientModel] {
	return &subject[fsm.ClientState, clientModel]{
		start: cfg.Start(), model: clientModel{phase: fsm.ClientIdle},
		step: cfg.Step,
		oracle: func(m clientModel, ev fsm.Event) (clientModel, []fsm.Effect, fsm.Verdict) {
			return oracleClient(cfg, m, ev)
		},
		same:   sameClient,
		phase:  func(s fsm.ClientState) string { return s.Phase().String() },
		events: events,
	}
}

// sameClient says what the state shows and the model does not.
func sameClient(s fsm.ClientState, m clientModel) string {
	switch {
	case s.Phase() != m.phase:
		return "phase"
	case s.Plan() != m.plan && m.phase >= fsm.ClientClosing && m.phase <= fsm.ClientRedirecting: // elsewhere there is nothing to plan
		return "plan"
	case s.Failure() != m.failure:
		return "failure"
	case s.Status() != m.status:
		return "status"
	case s.Redirects() != m.redirects:
		return "redirects"
	case s.Replays() != m.replays:
		return "replays"
	case s.Interim() != m.interim:
		return "interim"
	case s.LateTerminator() != m.lateTerminator && m.phase == fsm.ClientOpen:
		return "late terminator"
	}
	return ""
}

// drop: the connection ends, if there is one.
func (t *clientTurn) drop() {
	if t.m.phase != fsm.ClientIdle && t.m.phase != fsm.ClientRedirecting {
		t.do(fsm.EffectStopTimers)
		t.do(fsm.EffectDisconnect)
	}
}

// goodResponse is what is found about a response with which nothing is wrong.
const goodResponse = fsm.FactTerminated | fsm.FactAcceptMatches | fsm.FactProtocolOffered | fsm.FactExtensionsAsked | fsm.FactChallengeUsable |
	fsm.FactProxyChallenge | fsm.FactUpgradeTLS | fsm.FactTargetUsable

// clientEvents is every event with its systematic fact combinations; responses with each of the statuses.
func clientEvents(statuses []uint16, sets func(good fsm.Facts, facts ...fsm.Facts) []fsm.Facts) []fsm.Event {
	target := variants(fsm.FactTargetUsable, fsm.FactTargetUsable, fsm.FactTargetVisited, fsm.FactTargetRefused)
	response := sets(goodResponse, fsm.FactTerminated, fsm.FactAcceptMatches, fsm.FactProtocolOffered, fsm.FactExtensionsAsked, fsm.FactChallengeUsable,
		fsm.FactProxyChallenge, fsm.FactUpgradeTLS, fsm.FactTargetUsable, fsm.FactTargetVisited, fsm.FactTargetRefused)
	ending := []fsm.Facts{0, fsm.FactHeadComplete}
	var events []fsm.Event
	for k := range fsm.EventApplicationFailed + 2 {
		//exhaustive:ignore
		switch ev := (fsm.Event{Kind: k}); k {
		case fsm.EventConnectRequested, fsm.EventRerouteReceived:
			events = append(events, each(ev, target)...)
		case fsm.EventOpened:
			events = append(events, each(ev, []fsm.Facts{0, fsm.FactKHP, allFacts &^ fsm.FactKHP})...)
		case fsm.EventCredentialsSupplied:
			events = append(events, each(ev, []fsm.Facts{0, fsm.FactNewCredentials, allFacts &^ fsm.FactNewCredentials})...)
		case fsm.EventPeerClosed, fsm.EventConnectionLost:
			events = append(events, each(ev, ending)...)
		case fsm.EventTimerExpired:
			for ev.Timer = range fsm.TimerReplay + 2 {
				events = append(events, each(ev, ending)...)
			}
		case fsm.EventViolation:
			for _, ev.Failure = range peerFailures {
				events = append(events, ev)
			}
		case fsm.EventResponse:
			for _, ev.Status = range statuses {
				events = append(events, each(ev, response)...)
			}
		default:
			events = append(events, each(ev, []fsm.Facts{0, allFacts})...)
		}
	}
	return events
}

// oracleClientConfigs are configurations with small bounds; between them every switch is on and off.
var oracleClientConfigs = map[string]fsm.ClientConfig{
	"spec":     {Profile: fsm.ProfileSpec, MaxRedirects: 1, MaxReplays: 1, MaxInterim: 2},
	"body":     {Profile: fsm.ProfileSpec, Expect: true, OtherMethod: true, MaxRedirects: 1, MaxReplays: 1, MaxInterim: 3},
	"optional": {Profile: fsm.ProfileSpec, Expect: true, TerminatorOptional: true, PlainFallback: true, MaxReplays: 1, MaxInterim: 3},
	"follow":   {Profile: fsm.ProfileSpec, Proxy: true, Upgrade: true, MaxRedirects: 2, MaxReplays: 2},
	"closed":   {Profile: fsm.ProfileSpec, NoRedirects: true, NoWait: true, Upgrade: true, MaxRedirects: 1, MaxInterim: 1},
	"kaazing":  {Profile: fsm.ProfileKaazing, Proxy: true, MaxRedirects: 1, MaxReplays: 1, MaxInterim: 1},
	"stay":     {Profile: fsm.ProfileKaazing, NoRedirects: true, MaxRedirects: 1, MaxReplays: 1, MaxInterim: 1},
	"gateway":  {Profile: fsm.ProfileKaazing, TerminatorOptional: true, Expect: true, MaxReplays: 1, MaxInterim: 2},
	"lenient":  {Profile: fsm.ProfileSpec, TerminatorOptional: true, MaxInterim: 1},
	"patient":  {Profile: fsm.ProfileSpec, TerminatorOptional: true, NoWait: true, Expect: true, MaxInterim: 2},
}

// compareClient compares machine and oracle for one configuration, quickly.
func compareClient(cfg fsm.ClientConfig) error {
	_, err := newClient(cfg, clientEvents(quickStatuses, singles)).walk()
	return err
}

// clientReqs are the requirements that the comparison of the client proves, apart from those about single status codes.
var clientReqs = []string{"KHP-CLOSE-01", "KHP-CLOSE-02", "KHP-CLOSE-03", "KHP-CLOSE-04", "KHP-CLOSE-05", "KHP-EXT-02", "KHP-EXT-RSP-06",
	"KHP-REDIR-02", "KHP-REDIR-03", "KHP-REDIR-04", "KHP-REDIR-05", "KHP-CLASS-3XX-02", "KHP-CLASS-3XX-04",
	"KHP-STATUS-100-02", "KHP-STATUS-100-04", "KHP-STATUS-101-02", "KHP-STATUS-101-03", "KHP-STATUS-202-02", "KHP-STATUS-300-02",
	"KHP-STATUS-301-02", "KHP-STATUS-302-02", "KHP-STATUS-303-02", "KHP-STATUS-307-02", "KHP-STATUS-307-03", "KHP-STATUS-401-02",
	"KHP-STATUS-407-02", "KHP-STATUS-426-02"}

func TestOracle_Client(t *testing.T) {
	t.Run("configs", func(t *testing.T) {
		attest(t, clientReqs...)
		events := append(clientEvents(quickStatuses, variants), clientEvents(someStatuses, singles)...) // pairs of findings for one status of each kind
		for _, name := range slices.Sorted(maps.Keys(oracleClientConfigs)) {
			t.Run(name, func(t *testing.T) {
				if testing.Short() {
					t.Skip("the quick comparison is enough in short mode")
				}
				n, err := newClient(oracleClientConfigs[name], events).walk()
				t.Logf("%d states, %d steps", n.states, n.steps)
				require.NoError(t, err)
			})
		}
	})
	t.Run("quick", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(oracleClientConfigs)) {
			require.NoError(t, compareClient(oracleClientConfigs[name]), name)
		}
	})
	// Every status code in an extended response, when all is well with it and when nothing is, and what comes of it when the peer closes.
	t.Run("status codes", func(t *testing.T) {
		for _, r := range oracleRows {
			attest(t, fmt.Sprintf("KHP-STATUS-%d-01", r.code))
		}
		attest(t, "KHP-CLASS-UNLISTED-01", "KHP-EXT-RSP-06")
		before := []fsm.Event{{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable}, {Kind: fsm.EventConnected},
			{Kind: fsm.EventOpened, Facts: fsm.FactKHP}, {Kind: fsm.EventProceedReceived}, {Kind: fsm.EventDataReceived}}
		for _, cfg := range oracleClientConfigs {
			c := newClient(cfg, nil)
			for code := range uint16(1001) {
				for _, facts := range []fsm.Facts{goodResponse, 0} {
					require.NoError(t, c.run(append(before[:5:5], fsm.Event{Kind: fsm.EventResponse, Status: code, Facts: facts},
						fsm.Event{Kind: fsm.EventPeerClosed}, fsm.Event{Kind: fsm.EventConnectionLost})))
				}
			}
		}
	})
	t.Run("zero values", func(t *testing.T) {
		connect := fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable}
		_, _, verdict := fsm.ClientConfig{}.Step(fsm.DefaultClientConfig().Start(), connect)
		require.Equal(t, fsm.Misuse, verdict, "no configuration")
		_, _, verdict = fsm.DefaultClientConfig().Step(fsm.ClientState{}, connect)
		require.Equal(t, fsm.Misuse, verdict, "no state")
	})
	t.Run("random walks", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			flag := rapid.Bool()
			cfg := fsm.ClientConfig{
				Profile:            rapid.SampledFrom([]fsm.Profile{fsm.ProfileSpec, fsm.ProfileKaazing}).Draw(t, "profile"),
				TerminatorOptional: flag.Draw(t, "terminator optional"), PlainFallback: flag.Draw(t, "plain"), Expect: flag.Draw(t, "expect"),
				OtherMethod: flag.Draw(t, "other method"), NoRedirects: flag.Draw(t, "no redirects"), NoWait: flag.Draw(t, "no wait"),
				Proxy: flag.Draw(t, "proxy"), Upgrade: flag.Draw(t, "upgrade"),
				MaxRedirects: rapid.Uint8Range(0, 3).Draw(t, "redirects"), MaxReplays: rapid.Uint8Range(0, 3).Draw(t, "replays"),
				MaxInterim: rapid.Uint8Range(0, 3).Draw(t, "interim"),
			}
			newClient(cfg, nil).wander(t, clientCourse)
		})
	})
}

// clientCourse is an event that brings a client forward, with everything in order.
func clientCourse(s fsm.ClientState, n int) fsm.Event {
	switch s.Phase() {
	case fsm.ClientIdle, fsm.ClientRedirecting:
		return fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable}
	case fsm.ClientConnecting:
		return fsm.Event{Kind: fsm.EventConnected}
	case fsm.ClientOpening:
		if n%8 == 0 {
			return fsm.Event{Kind: fsm.EventResponse, Status: []uint16{302, 401, 407}[n%3], Facts: goodResponse}
		}
		return fsm.Event{Kind: fsm.EventOpened, Facts: fsm.FactKHP}
	case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
		return fsm.Event{Kind: fsm.EventCredentialsSupplied, Facts: fsm.FactNewCredentials}
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		return fsm.Event{Kind: fsm.EventProceedReceived}
	case fsm.ClientAwaitResponse:
		return fsm.Event{Kind: fsm.EventDataReceived}
	case fsm.ClientReading:
		return fsm.Event{Kind: fsm.EventResponse, Status: []uint16{101, 202, 401, 100, 302, 407, 426, 401}[n%8],
			Facts: goodResponse &^ []fsm.Facts{0, fsm.FactTerminated}[n/8%2]}
	case fsm.ClientSendingBody:
		return fsm.Event{Kind: fsm.EventBodyWritten}
	case fsm.ClientOpen, fsm.ClientPlain:
		return fsm.Event{Kind: []fsm.EventKind{fsm.EventDataReceived, fsm.EventTerminatorReceived, fsm.EventSendRequested, fsm.EventPingReceived}[n%4]}
	case fsm.ClientClosing, fsm.ClientDraining, fsm.ClientDone, fsm.ClientFailed:
	}
	return fsm.Event{Kind: fsm.EventConnectionLost}
}

package oracle

import "example.com/khp/fsm"

// Client is the memory of the oracle about a connect call.
type Client struct {
	phase          fsm.ClientPhase
	plan           fsm.Plan
	failure        fsm.Failure
	body           body
	status         uint16
	redirects      uint8
	replays        uint8
	interim        uint8
	waiting        bool // the wait after a 202 runs
	proxyTried     bool
	lateTerminator bool // the last response came without its terminator
	silent         bool // auto: the server has said nothing since the opening handshake
	gateway        bool // it has said N
	muddled        bool // never: a machine holds a plan too early, or two of them
}

// body is the state of the body of a request.
type body uint8

const (
	bodyHeld body = iota // back
	bodySending
	bodyCut // by a response
	bodySent
)

// NewClient is the memory before the first event.
func NewClient() Client { return Client{phase: fsm.ClientIdle} }

// clientTurn is one step of the oracle.
type clientTurn struct {
	turn
	cfg fsm.ClientConfig
	m   Client
}

// Step returns the step that the text of the requirements demands.
func (m Client) Step(cfg fsm.ClientConfig, ev fsm.Event) (Client, Orders, fsm.Verdict) {
	t := &clientTurn{turn{ev: ev}, cfg, m}
	verdict := t.take()
	if verdict != fsm.Accepted {
		return m, Orders{}, verdict
	}
	return t.m, t.out, fsm.Accepted
}

// goes ends a step in a phase.
func (t *clientTurn) goes(p fsm.ClientPhase) fsm.Verdict {
	t.m.phase = p
	return fsm.Accepted
}

// take handles the events that are alike in all phases and hands the others to the phase.
func (t *clientTurn) take() fsm.Verdict {
	if t.ev.Kind == 0 || t.ev.Kind > fsm.EventApplicationFailed { // no event at all
		return fsm.Misuse
	}
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventOpeningRequest, fsm.EventRequest, fsm.EventBadRequest, fsm.EventBodyReceived,
		fsm.EventDecided, fsm.EventApplicationFailed:
		return Refused // events of the server
	case fsm.EventTimerExpired:
		if t.ev.Timer == 0 || t.ev.Timer == fsm.TimerRequest || t.ev.Timer == fsm.TimerBody ||
			t.ev.Timer == fsm.TimerReplay || t.ev.Timer > fsm.TimerReplay {
			return Refused // not a timer of the client
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

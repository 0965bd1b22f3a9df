package fsm

import (
	"cmp"
	"errors"
	"strings"

	"example.com/khp/fsm/codes"
	"example.com/khp/internal/inside"
)

// Profile says how the two sides speak KHP.
type Profile uint8

// Profiles.
const (
	_              Profile = iota
	ProfileSpec            // as the specification says
	ProfileKaazing         // as Kaazing's software: N before request and after response, R redirects
	ProfileAuto            // client: spec, until an N before the response shows a gateway
)

// ClientPhase names the event that the client waits for. Phases start at 1: the zero ClientState is
// invalid.
type ClientPhase uint8

// Phases of the client.
const (
	_                      ClientPhase = iota
	ClientIdle                         // for the application to ask for a connection
	ClientConnecting                   // for TCP and TLS
	ClientOpening                      // for the answer to the opening request
	ClientAwaitLogin                   // for credentials, after a 401 to the opening; no connection
	ClientAwaitProceed                 // kaazing: for the first N, before the extended request
	ClientAwaitResponse                // for the first byte of a response
	ClientReading                      // for the end of the response that has begun
	ClientSendingBody                  // for the request body to be written, after 100
	ClientAwaitCredentials             // for credentials, after 401
	ClientAwaitConfirm                 // kaazing: for the second N, after a completing response
	ClientOpen                         // open: the extended handshake completed
	ClientPlain                        // open as a plain WebSocket: KHP was not selected
	ClientClosing                      // for the peer's Close, after ours
	ClientDraining                     // for the end of TCP, after both
	ClientRedirecting                  // for the host to go on to the follow-up target; no connection
	ClientDone                         // terminal: ended as the application asked, or after open
	ClientFailed                       // terminal: failed
	clientPhases
)

// Terminal reports whether the machine has ended.
func (p ClientPhase) Terminal() bool { return p == ClientDone || p == ClientFailed }

// Open reports whether the application may exchange messages.
func (p ClientPhase) Open() bool { return p == ClientOpen || p == ClientPlain }

// Plan is the step that follows the end of the old connection.
type Plan uint8

// Plans.
const (
	_             Plan = iota
	PlanFail           // report the failure
	PlanClose          // report the end
	PlanRedirect       // connect to the redirect target
	PlanProxyAuth      // connect again, with credentials for the proxy
	PlanUpgrade        // connect again with TLS
)

// ClientConfig bounds and switches the client machine. Begin with [DefaultClientConfig] and change
// the copy. The zero value is invalid: every step with it is Misuse.
type ClientConfig struct {
	Profile            Profile
	TerminatorOptional bool  // a response needs no terminator; a late one is dropped [AMB-01]
	PlainFallback      bool  // open a plain WebSocket if KHP is not selected [AMB-33]
	Expect             bool  // the extended request announces a body with Expect: 100-continue
	OtherMethod        bool  // the extended request is not a GET
	NoRedirects        bool  // report redirects instead of following them
	NoWait             bool  // close at once on 202 [AMB-40]
	Proxy              bool  // a proxy has credentials: a 407 may be answered once [AMB-46]
	Upgrade            bool  // a 426 that names TLS may be answered by connecting with wss [AMB-49]
	MaxRedirects       uint8 // follow-up connections per connect call; 0 allows none
	MaxReplays         uint8 // replays after 401 per connection
	MaxInterim         uint8 // 100 and 202 responses per connection

	altered *alteration // a mistake in the table; nil is none
}

// DefaultClientConfig returns the spec profile with 5 redirects, 3 replays and 8 interim responses.
func DefaultClientConfig() ClientConfig {
	return ClientConfig{Profile: ProfileSpec, MaxRedirects: 5, MaxReplays: 3, MaxInterim: 8}
}

// OrDefault returns cfg with zero fields taken from [DefaultClientConfig]. To follow no redirect
// set NoRedirects.
func (cfg ClientConfig) OrDefault() ClientConfig {
	standard := DefaultClientConfig()
	cfg.Profile = cmp.Or(cfg.Profile, standard.Profile)
	cfg.MaxRedirects = cmp.Or(cfg.MaxRedirects, standard.MaxRedirects)
	cfg.MaxReplays = cmp.Or(cfg.MaxReplays, standard.MaxReplays)
	cfg.MaxInterim = cmp.Or(cfg.MaxInterim, standard.MaxInterim)
	return cfg
}

// marks record the earlier events of a connection that still matter, one bit each. Guards read them
// shifted by condMarks.
type marks uint16

const (
	markWait           marks = 1 << iota // the wait deadline runs
	markLateTerminator                   // the terminator of a decided response may come
	markBodySent                         // the body was sent
	markBodyCut                          // its sending was cut short by a response
	markPlanFail                         // the plan is PlanFail
	markPlanClose                        // the plan is PlanClose
	markProxy                            // the proxy retry is used up
	markEarly                            // auto profile: nothing was received, N may come
	markGateway                          // N was received: the server speaks the kaazing profile
	markOpened                           // server: the connection was open
)

// ClientState is the whole memory of the client machine: a small comparable value, made by
// [ClientConfig.Start] and changed only by [ClientConfig.Step].
type ClientState struct {
	phase ClientPhase
	marks marks
	count counts
	end   ending
}

// counts are the budgets used up so far.
type counts struct{ interim, replays, redirects uint8 }

// ending holds the status of the last decided response, the failure and the plan.
type ending struct {
	plan    Plan
	failure Failure
	status  uint16
}

// Phase returns the phase of the client.
func (s ClientState) Phase() ClientPhase { return s.phase }

// Plan returns the plan for the end of a closing connection; 0 before one is closing.
func (s ClientState) Plan() Plan { return s.end.plan }

// Failure returns why the attempt failed or is about to; 0 if it did not.
func (s ClientState) Failure() Failure { return s.end.failure }

// Status returns the status code of the last decided response, 0 before one.
func (s ClientState) Status() int { return int(s.end.status) }

// Redirects returns how many follow-up connections were started in this connect call.
func (s ClientState) Redirects() int { return int(s.count.redirects) }

// Replays returns how many requests were replayed on this connection.
func (s ClientState) Replays() int { return int(s.count.replays) }

// Interim returns how many 100 and 202 responses were received on this connection.
func (s ClientState) Interim() int { return int(s.count.interim) }

// Start returns the state before the first event, [ClientIdle].
func (cfg ClientConfig) Start() ClientState { return ClientState{phase: ClientIdle} }

// Step is the client machine: a total, pure function. It never allocates, and any values give some
// verdict. Unless the verdict is [Accepted], the state comes back unchanged and there are no
// effects.
func (cfg ClientConfig) Step(s ClientState, ev Event) (ClientState, Effects, Verdict) {
	if cfg.altered != nil {
		return cfg.altered.stepClient(cfg, s, ev)
	}
	in := clientInputOf(ev)
	if in == 0 || s.phase == 0 || s.phase >= clientPhases || cfg.Profile-1 >= ProfileAuto {
		return s, Effects{}, Misuse
	}
	c := clientTable[s.phase][in]
	r := &c[0]
	if r.mask != 0 {
		r = c.match(cfg.world(s, ev.Facts))
	}
	if r.verdict != Accepted {
		return s, Effects{}, r.verdict
	}
	s = s.after(r, ev)
	return s, Effects{&r.effects, r.n, s.end.failure, s.end.status, r.index + 1}, Accepted
}

// world gathers the bits that guards read.
func (cfg *ClientConfig) world(s ClientState, facts Facts) bits {
	return bits(facts) | bits(s.marks)<<condMarks |
		on(cfg.Profile == ProfileKaazing, kaazing) |
		on(cfg.Profile == ProfileAuto, auto) |
		on(!cfg.TerminatorOptional, terminatorRequired) |
		on(cfg.PlainFallback, plainFallback) |
		on(cfg.Expect, expectSent) |
		on(!cfg.OtherMethod, get) |
		on(!cfg.NoRedirects, redirectsOn) |
		on(!cfg.NoWait, mayWait) |
		on(cfg.Proxy, proxyConfigured) |
		on(cfg.Upgrade, upgradeOn) |
		on(s.count.redirects < cfg.MaxRedirects, redirectsLeft) |
		on(s.count.replays < cfg.MaxReplays, replaysLeft) |
		on(s.count.interim < cfg.MaxInterim, interimLeft)
}

// after returns the state that row r leads to.
func (s ClientState) after(r *row, ev Event) ClientState {
	if r.next != 0 {
		s.phase = ClientPhase(r.next)
	}
	if r.op == 0 {
		return s
	}
	if r.op&opNewConnection != 0 {
		s.marks, s.count.interim, s.count.replays, s.end = s.marks&markProxy, 0, 0, ending{}
	}
	if r.op&opMarks != 0 {
		s.marks = s.marks&^r.unmark | r.mark
	}
	s.count.interim += r.op.one(opInterim)
	s.count.replays += r.op.one(opReplay)
	s.count.redirects += r.op.one(opRedirect)
	s.end = s.end.after(r, ev)
	return s
}

// after returns the ending that row r leads to.
func (e ending) after(r *row, ev Event) ending {
	if r.op&opPlan != 0 {
		e.plan = r.plan
	}
	if r.op&opFailure != 0 {
		e.failure = r.failure
	}
	if r.op&opStatus != 0 {
		if e.status = r.status; e.status == statusOfState {
			e.status = ev.Status
		}
	}
	if r.op&opFailureOfEvent != 0 {
		if e.failure = ev.Failure; e.failure == 0 {
			e.failure = FailureMalformed
		}
	}
	return e
}

// LateTerminator reports whether the completing response came without its terminator, so that an
// empty binary message may follow which is not the application's. [AMB-01]
func (s ClientState) LateTerminator() bool { return s.marks&markLateTerminator != 0 }

// clientInput is the column of the client table an event falls into: its kind, for responses
// refined by the action of the status table, for timers by the timer.
type clientInput uint8

const (
	_ clientInput = iota
	onConnect
	onConnected
	onConnectFailed
	onOpened
	onProceed
	onReroute
	onData
	onTerminator
	onComplete
	onContinue
	onWait
	onReplay
	onStatusClose
	onRedirect
	onRedirectIfGet
	onProxyAuth
	onUpgrade
	onViolation
	onBodyWritten
	onCredentials
	onNoCredentials
	onPing
	onPeerClosed
	onLost
	onOpeningTimer
	onResponseTimer
	onWaitTimer
	onCredentialTimer
	onOverallTimer
	onCloseTimer
	onSend
	onClose
	clientInputs
)

var clientInputOfKind = [...]clientInput{
	EventConnectRequested: onConnect, EventConnected: onConnected,
	EventConnectFailed: onConnectFailed, EventOpened: onOpened,
	EventProceedReceived: onProceed, EventRerouteReceived: onReroute, EventDataReceived: onData,
	EventTerminatorReceived: onTerminator,
	EventViolation:          onViolation, EventBodyWritten: onBodyWritten,
	EventCredentialsSupplied: onCredentials, EventCredentialsDeclined: onNoCredentials,
	EventPingReceived: onPing, EventPeerClosed: onPeerClosed, EventConnectionLost: onLost,
	EventSendRequested: onSend, EventCloseRequested: onClose,
}

var clientInputOfAction = [...]clientInput{
	codes.ActionComplete: onComplete, codes.ActionContinue: onContinue, codes.ActionWait: onWait,
	codes.ActionReplay: onReplay, codes.ActionClose: onStatusClose,
	codes.ActionRedirect: onRedirect, codes.ActionRedirectIfGet: onRedirectIfGet,
	codes.ActionRedirectChoice: onRedirect, codes.ActionProxyAuth: onProxyAuth,
	codes.ActionUpgrade: onUpgrade,
}

var clientInputOfTimer = [...]clientInput{
	TimerOpening: onOpeningTimer, TimerResponse: onResponseTimer, TimerWait: onWaitTimer,
	TimerCredentials: onCredentialTimer,
	TimerOverall:     onOverallTimer, TimerClose: onCloseTimer,
}

// clientInputOf returns the column of ev, 0 if the client knows no such event.
func clientInputOf(ev Event) clientInput {
	switch {
	case ev.Kind == EventResponse:
		return clientInputOfAction[actionOf(ev.Status)]
	case ev.Kind == EventTimerExpired && int(ev.Timer) < len(clientInputOfTimer):
		return clientInputOfTimer[ev.Timer]
	case int(ev.Kind) < len(clientInputOfKind):
		return clientInputOfKind[ev.Kind]
	}
	return 0
}

// word is the input as ids of rows write it: responses by their status code where the input has
// only one.
func (in clientInput) word() string {
	switch in {
	case onContinue:
		return "100"
	case onWait:
		return "202"
	case onReplay:
		return "401"
	case onRedirectIfGet:
		return "307"
	case onProxyAuth:
		return "407"
	case onUpgrade:
		return "426"
	}
	return kebab(strings.TrimPrefix(in.String(), "on"))
}

// errState is a state that no machine can be in.
var errState = errors.New("fsm: not the encoding of a state; was it written by another version?")

// AppendBinary appends s, always in as many bytes: equal states, and only those, have equal
// encodings. The error is always nil. With [ClientState.UnmarshalBinary] a host can put a handshake
// aside, or hand it to another process of the same version.
func (s ClientState) AppendBinary(b []byte) ([]byte, error) {
	c := s.count
	return s.end.append(append(b, byte(s.phase), byte(s.marks), byte(s.marks>>8), c.interim,
		c.replays, c.redirects)), nil
}

// UnmarshalBinary replaces s by the state that [ClientState.AppendBinary] wrote. It keeps nothing
// of b, and refuses an encoding of another length or with an unknown phase.
func (s *ClientState) UnmarshalBinary(b []byte) error {
	if len(b) != inside.ClientStateSize || b[0] == 0 || ClientPhase(b[0]) >= clientPhases {
		return errState
	}
	*s = ClientState{ClientPhase(b[0]), marks(b[1]) | marks(b[2])<<8, counts{b[3], b[4], b[5]},
		endingOf(b[6:])}
	return nil
}

func (e ending) append(b []byte) []byte {
	return append(b, byte(e.plan), byte(e.failure), byte(e.status), byte(e.status>>8))
}

func endingOf(b []byte) ending {
	return ending{Plan(b[0]), Failure(b[1]), uint16(b[2]) | uint16(b[3])<<8}
}

package fsm

// Profile says how the two sides speak KHP.
type Profile uint8

// Profiles.
const (
	_              Profile = iota
	ProfileSpec            // as the specification says
	ProfileKaazing         // as deployed Kaazing clients and gateways do: N before the request and after the response, R as redirect
)

// ClientPhase is what the client is waiting for. Phases start at 1: the zero ClientState is invalid.
type ClientPhase uint8

// Phases of the client.
const (
	_                      ClientPhase = iota
	ClientIdle                         // for the application to ask for a connection
	ClientConnecting                   // for TCP and TLS
	ClientOpening                      // for the answer to the opening request
	ClientAwaitLogin                   // for credentials, after the opening request was answered with 401; no connection
	ClientAwaitProceed                 // kaazing: for the first N, before the extended request
	ClientAwaitResponse                // for the first byte of a response
	ClientReading                      // for the end of the response that has begun
	ClientSendingBody                  // for the request body to be written, after 100
	ClientAwaitCredentials             // for credentials, after 401
	ClientAwaitConfirm                 // kaazing: for the second N, after a completing response
	ClientOpen                         // open: the extended handshake completed
	ClientPlain                        // open as a plain WebSocket: KHP was not selected and the fallback allows it
	ClientClosing                      // for the peer's Close, after ours
	ClientDraining                     // for the end of TCP, after both
	ClientRedirecting                  // for the host to go on to the follow-up target; no connection
	ClientDone                         // terminal: ended as the application asked, or after open
	ClientFailed                       // terminal: failed
	clientPhases
)

// Terminal reports whether nothing can happen any more.
func (p ClientPhase) Terminal() bool { return p == ClientDone || p == ClientFailed }

// Open reports whether the application may exchange messages.
func (p ClientPhase) Open() bool { return p == ClientOpen || p == ClientPlain }

// Plan is what follows once the old connection is gone.
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

// ClientConfig bounds and switches the client machine. It is a value; use [DefaultClientConfig] and change it. The zero value is
// invalid: every step with it is Misuse.
type ClientConfig struct {
	Profile            Profile
	TerminatorOptional bool  // a response is complete without the terminator; one empty binary message after it is dropped [AMB-01]
	PlainFallback      bool  // open a plain WebSocket if KHP is not selected [AMB-33]
	Expect             bool  // the extended request announces a body with Expect: 100-continue
	OtherMethod        bool  // the extended request is not a GET
	NoRedirects        bool  // report redirects instead of following them
	NoWait             bool  // close at once on 202 [AMB-40]
	Proxy              bool  // a proxy with credentials is configured: a 407 may be answered once [AMB-46]
	Upgrade            bool  // a 426 that names TLS may be answered by connecting with wss [AMB-49]
	MaxRedirects       uint8 // follow-up connections per connect call; 0 allows none
	MaxReplays         uint8 // replays after 401 per connection
	MaxInterim         uint8 // 100 and 202 responses per connection
}

// DefaultClientConfig returns the spec profile with 5 redirects, 3 replays and 8 interim responses.
func DefaultClientConfig() ClientConfig {
	return ClientConfig{Profile: ProfileSpec, MaxRedirects: 5, MaxReplays: 3, MaxInterim: 8}
}

// bodyState is where the held-back request body stands.
type bodyState uint8

const (
	bodyHeld bodyState = iota // not asked for yet, or there is none
	bodySending
	bodyCut
	bodySent
)

// marks of a client state that outlive a phase.
const (
	markWait           uint8 = 1 << iota // the wait deadline runs
	markProxy                            // the proxy retry is used up
	markLateTerminator                   // a terminator may still come for a response that was decided without it
)

// ClientState is the whole memory of the client machine: a small comparable value, made by [ClientConfig.Start] and changed only by [ClientConfig.Step].
type ClientState struct {
	phase     ClientPhase
	plan      Plan
	failure   Failure
	body      bodyState
	marks     uint8
	interim   uint8
	replays   uint8
	redirects uint8
	status    uint16
}

// Phase returns what the client is waiting for.
func (s ClientState) Phase() ClientPhase { return s.phase }

// Plan returns what follows a closing connection; 0 before one is closing.
func (s ClientState) Plan() Plan { return s.plan }

// Failure returns why the attempt failed or is about to; 0 if it did not.
func (s ClientState) Failure() Failure { return s.failure }

// Status returns the status code of the last decided response, 0 before one.
func (s ClientState) Status() int { return int(s.status) }

// Redirects returns how many follow-up connections were started in this connect call.
func (s ClientState) Redirects() int { return int(s.redirects) }

// Replays returns how many requests were replayed on this connection.
func (s ClientState) Replays() int { return int(s.replays) }

// Interim returns how many 100 and 202 responses this connection brought.
func (s ClientState) Interim() int { return int(s.interim) }

// Start returns the state before the first event, [ClientIdle].
func (cfg ClientConfig) Start() ClientState { return ClientState{phase: ClientIdle} }

// Step is the client machine: a total, pure function. It never allocates, and any values give some verdict.
// Unless the verdict is [Accepted], the state comes back unchanged and there are no effects.
func (cfg ClientConfig) Step(s ClientState, ev Event) (ClientState, Effects, Verdict) {
	in := clientInputOf(ev)
	if in == 0 || s.phase == 0 || s.phase >= clientPhases || cfg.Profile == 0 {
		return s, Effects{}, Misuse
	}
	r := clientTable[s.phase][in].match(cfg.world(s, ev))
	if r == nil {
		return s, Effects{}, Misuse
	}
	if r.verdict != Accepted {
		return s, Effects{}, r.verdict
	}
	s.apply(r, ev)
	effects := r.effects
	if r.patch {
		effects.resolve(s.failure, s.status)
	}
	return s, effects, Accepted
}

// world gathers what guards may look at.
func (cfg ClientConfig) world(s ClientState, ev Event) bits {
	w := bits(ev.Facts)
	set := func(on bool, b bits) {
		if on {
			w |= b
		}
	}
	set(cfg.Profile == ProfileKaazing, condKaazing)
	set(!cfg.TerminatorOptional, condTerminatorRequired)
	set(cfg.PlainFallback, condPlainFallback)
	set(cfg.Expect, condExpect)
	set(!cfg.OtherMethod, condGet)
	set(!cfg.NoRedirects, condFollow)
	set(!cfg.NoWait, condMayWait)
	set(cfg.Proxy && s.marks&markProxy == 0, condProxyLeft)
	set(cfg.Upgrade, condUpgrade)
	set(s.redirects < cfg.MaxRedirects, condRedirectLeft)
	set(s.replays < cfg.MaxReplays, condReplayLeft)
	set(s.interim < cfg.MaxInterim, condInterimLeft)
	set(s.marks&markWait != 0, condWaiting)
	set(s.marks&markLateTerminator != 0, condLateTerminator)
	set(s.body == bodySent, condBodySent)
	set(s.body == bodyCut, condBodyCut)
	set(s.plan == PlanFail, condPlanFail)
	set(s.plan == PlanClose, condPlanClose)
	return w
}

// apply changes the state as row r says.
func (s *ClientState) apply(r *row, ev Event) {
	if r.next != 0 {
		s.phase = ClientPhase(r.next)
	}
	if r.plan != 0 {
		s.plan = r.plan
	}
	if r.failure != 0 {
		s.failure = r.failure
	}
	if r.op == 0 {
		return
	}
	if r.op&opNewConnection != 0 {
		*s = ClientState{phase: s.phase, redirects: s.redirects, marks: s.marks & markProxy}
	}
	if r.op&opStatus != 0 {
		s.status = ev.Status
	}
	if r.op&opFailureOfEvent != 0 {
		if s.failure = ev.Failure; s.failure == 0 {
			s.failure = FailureMalformed
		}
	}
	if r.op&opInterim != 0 {
		s.interim++
	}
	if r.op&opReplay != 0 {
		s.replays++
	}
	if r.op&opRedirect != 0 {
		s.redirects++
	}
	switch {
	case r.op&opBodySending != 0:
		s.body = bodySending
	case r.op&opBodyCut != 0:
		s.body = bodyCut
	case r.op&opBodySent != 0:
		s.body = bodySent
	case r.op&opBodyHeld != 0:
		s.body = bodyHeld
	}
	if r.op&opWait != 0 {
		s.marks |= markWait
	}
	if r.op&opProxy != 0 {
		s.marks |= markProxy
	}
	if r.op&opLateTerminator != 0 {
		s.marks |= markLateTerminator
	}
	if r.op&opNoTerminator != 0 {
		s.marks &^= markLateTerminator
	}
}

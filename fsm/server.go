package fsm

// ServerPhase is what the server is waiting for. Phases start at 1: the zero ServerState is invalid.
type ServerPhase uint8

// Phases of the server.
const (
	_                  ServerPhase = iota
	ServerOpening                  // for the opening request
	ServerAwaitRequest             // for the extended request
	ServerAwaitBody                // for the request body, after 100
	ServerDeciding                 // for the application's decision
	ServerPending                  // for the application's decision, after 202
	ServerAwaitReplay              // for the request with credentials, after 401
	ServerOpen                     // open: completing response and terminator are with the socket
	ServerPlain                    // open as a plain WebSocket: the client did not offer KHP
	ServerClosing                  // for the client's Close, after ours
	ServerDone                     // terminal
	serverPhases
)

// Terminal reports whether nothing can happen any more.
func (p ServerPhase) Terminal() bool { return p == ServerDone }

// Open reports whether the application may exchange messages.
func (p ServerPhase) Open() bool { return p == ServerOpen || p == ServerPlain }

// ServerConfig bounds and switches the server machine. It is a value; use [DefaultServerConfig] and change it. With the zero value no
// 401 and no 202 can be sent. The profile is not configured: each client chooses it by its opening request.
type ServerConfig struct {
	Plain         bool  // serve clients that do not offer KHP as plain WebSockets
	Unchecked     bool  // let decisions break the obligations of their status code: for servers that test clients
	MaxChallenges uint8 // 401 responses per connection; the next one becomes 403
	MaxDeferrals  uint8 // 202 responses per connection
}

// DefaultServerConfig returns 3 challenges and 4 deferrals.
func DefaultServerConfig() ServerConfig { return ServerConfig{MaxChallenges: 3, MaxDeferrals: 4} }

const (
	markKaazing uint8 = 1 << iota // the client speaks the kaazing profile
	markOpened                    // the connection was open
)

// ServerState is the whole memory of the server machine: a small comparable value, made by [ServerConfig.Start] and changed only by [ServerConfig.Step].
type ServerState struct {
	phase      ServerPhase
	failure    Failure
	marks      uint8
	challenges uint8
	deferrals  uint8
	status     uint16
}

// Phase returns what the server is waiting for.
func (s ServerState) Phase() ServerPhase { return s.phase }

// Failure returns why the handshake failed or is about to; 0 if it did not.
func (s ServerState) Failure() Failure { return s.failure }

// Status returns the status code of the last response, 0 before one.
func (s ServerState) Status() int { return int(s.status) }

// Challenges returns how many 401 responses were sent.
func (s ServerState) Challenges() int { return int(s.challenges) }

// Profile returns the profile that the client asked for; [ProfileSpec] before the opening request.
func (s ServerState) Profile() Profile {
	if s.marks&markKaazing != 0 {
		return ProfileKaazing
	}
	return ProfileSpec
}

// Start returns the state before the opening request, [ServerOpening].
func (cfg ServerConfig) Start() ServerState { return ServerState{phase: ServerOpening} }

// Step is the server machine: a total, pure function. It never allocates, and any values give some verdict.
// Unless the verdict is [Accepted], the state comes back unchanged and there are no effects.
func (cfg ServerConfig) Step(s ServerState, ev Event) (ServerState, Effects, Verdict) {
	in := serverInputOf(ev)
	if in == 0 || s.phase == 0 || s.phase >= serverPhases {
		return s, Effects{}, Misuse
	}
	r := serverTable[s.phase][in].match(cfg.world(s, ev))
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
func (cfg ServerConfig) world(s ServerState, ev Event) bits {
	w := bits(ev.Facts)
	set := func(on bool, b bits) {
		if on {
			w |= b
		}
	}
	set(cfg.Plain, condPlain)
	set(cfg.Unchecked, condUnchecked)
	set(s.challenges < cfg.MaxChallenges, condReplayLeft)
	set(s.deferrals < cfg.MaxDeferrals, condInterimLeft)
	set(s.marks&markKaazing != 0, condKaazing)
	set(s.marks&markOpened != 0, condPlanClose)
	set(ev.Kind == EventDecided && (cfg.Unchecked || obligationsMet(ev)), condObligationsMet)
	return w
}

// obligationsMet reports whether a decision carries what its status code requires and may be sent at all.
func obligationsMet(ev Event) bool {
	duties := dutiesOf(ev.Status)
	if duties&NeverSend != 0 {
		return false
	}
	for _, n := range needs {
		if duties&n.duty != 0 && !ev.Facts.Has(n.fact) {
			return false
		}
	}
	return true
}

// apply changes the state as row r says.
func (s *ServerState) apply(r *row, ev Event) {
	if r.next != 0 {
		s.phase = ServerPhase(r.next)
	}
	if r.failure != 0 {
		s.failure = r.failure
	}
	if r.op == 0 {
		return
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
		s.deferrals++
	}
	if r.op&opReplay != 0 {
		s.challenges++
	}
	if r.op&opKaazing != 0 {
		s.marks |= markKaazing
	}
	if r.op&opOpened != 0 {
		s.marks |= markOpened
	}
}

package fsm

import (
	"cmp"
	"strings"

	"example.com/khp/fsm/codes"
	"example.com/khp/internal/inside"
)

// ServerPhase names the event that the server waits for. Phases start at 1: the zero ServerState is
// invalid.
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

// Terminal reports whether the machine has ended.
func (p ServerPhase) Terminal() bool { return p == ServerDone }

// Open reports whether the application may exchange messages.
func (p ServerPhase) Open() bool { return p == ServerOpen || p == ServerPlain }

// ServerConfig bounds and switches the server machine. Begin with [DefaultServerConfig] and change
// the copy. With the zero value no 401 and no 202 can be sent. The profile is not configured: each
// client chooses it by its opening request.
type ServerConfig struct {
	Plain         bool  // serve clients that do not offer KHP as plain WebSockets
	Unchecked     bool  // decisions may break obligations of their status: for test servers
	MaxChallenges uint8 // 401 responses per connection; the next one becomes 403
	MaxDeferrals  uint8 // 202 responses per connection

	altered *alteration // a mistake in the table; nil is none
}

// DefaultServerConfig returns 3 challenges and 4 deferrals.
func DefaultServerConfig() ServerConfig { return ServerConfig{MaxChallenges: 3, MaxDeferrals: 4} }

// OrDefault returns cfg with zero fields taken from [DefaultServerConfig].
func (cfg ServerConfig) OrDefault() ServerConfig {
	standard := DefaultServerConfig()
	cfg.MaxChallenges = cmp.Or(cfg.MaxChallenges, standard.MaxChallenges)
	cfg.MaxDeferrals = cmp.Or(cfg.MaxDeferrals, standard.MaxDeferrals)
	return cfg
}

// markKaazing is the mark of a server state that the client speaks the kaazing profile; guards know
// it as kaazing. The other one is markOpened.
const markKaazing = markWait

// ServerState is the whole memory of the server machine: a small comparable value, made by
// [ServerConfig.Start] and changed only by [ServerConfig.Step].
type ServerState struct {
	phase ServerPhase
	marks marks
	count serverCounts
	end   ending
}

// serverCounts are the budgets used up so far.
type serverCounts struct{ challenges, deferrals uint8 }

// Phase returns the phase of the server.
func (s ServerState) Phase() ServerPhase { return s.phase }

// Failure returns why the handshake failed or is about to; 0 if it did not.
func (s ServerState) Failure() Failure { return s.end.failure }

// Status returns the status code of the last response, 0 before one.
func (s ServerState) Status() int { return int(s.end.status) }

// Challenges returns how many 401 responses were sent.
func (s ServerState) Challenges() int { return int(s.count.challenges) }

// Deferrals returns how many 202 responses were sent.
func (s ServerState) Deferrals() int { return int(s.count.deferrals) }

// Profile returns the profile that the client asked for; [ProfileSpec] before the opening request.
func (s ServerState) Profile() Profile {
	if s.marks&markKaazing != 0 {
		return ProfileKaazing
	}
	return ProfileSpec
}

// Start returns the state before the opening request, [ServerOpening].
func (cfg ServerConfig) Start() ServerState { return ServerState{phase: ServerOpening} }

// Step is the server machine: a total, pure function. It never allocates, and any values give some
// verdict. Unless the verdict is [Accepted], the state comes back unchanged and there are no
// effects.
func (cfg ServerConfig) Step(s ServerState, ev Event) (ServerState, Effects, Verdict) {
	if cfg.altered != nil {
		return cfg.altered.stepServer(cfg, s, ev)
	}
	in := serverInputOf(ev)
	if in == 0 || s.phase == 0 || s.phase >= serverPhases {
		return s, Effects{}, Misuse
	}
	c := serverTable[s.phase][in]
	r := &c[0]
	if r.mask != 0 {
		r = c.match(cfg.world(s, ev))
	}
	if r.verdict != Accepted {
		return s, Effects{}, r.verdict
	}
	s = s.after(r, ev)
	return s, Effects{&r.effects, r.n, s.end.failure, s.end.status, r.index + 1}, Accepted
}

// world gathers the bits that guards read.
func (cfg *ServerConfig) world(s ServerState, ev Event) bits {
	return bits(ev.Facts) | bits(s.marks)<<condMarks |
		on(cfg.Plain, plainServed) |
		on(cfg.Unchecked, unchecked) |
		on(s.count.challenges < cfg.MaxChallenges, replaysLeft) |
		on(s.count.deferrals < cfg.MaxDeferrals, interimLeft) |
		on(s.marks&markKaazing != 0, kaazing) |
		on(ev.Kind == EventDecided && (cfg.Unchecked || meetsObligations(ev)), obligationsMet)
}

// meetsObligations reports whether a decision has the facts that its status code requires, and
// whether that code may be sent at all.
func meetsObligations(ev Event) bool {
	duties := dutiesOf(ev.Status)
	if duties&codes.NeverSend != 0 {
		return false
	}
	for _, n := range needs {
		if duties&n.duty != 0 && !ev.Facts.Has(n.fact) {
			return false
		}
	}
	return true
}

// after returns the state that row r leads to.
func (s ServerState) after(r *row, ev Event) ServerState {
	if r.next != 0 {
		s.phase = ServerPhase(r.next)
	}
	if r.op == 0 {
		return s
	}
	if r.op&opMarks != 0 {
		s.marks = s.marks&^r.unmark | r.mark
	}
	s.count.deferrals += r.op.one(opInterim)
	s.count.challenges += r.op.one(opReplay)
	s.end = s.end.after(r, ev)
	return s
}

// serverInput is the column of the server table an event falls into: its kind, for decisions
// refined by the action of the status table, for timers by the timer.
type serverInput uint8

const (
	_ serverInput = iota
	byOpeningRequest
	byRequest
	byBadRequest
	byBody
	byData
	byAccept
	byContinue
	byDefer
	byChallenge
	byRefusal
	byApplicationFailure
	byViolation
	byPing
	byPeerClosed
	byLost
	byRequestTimer
	byBodyTimer
	byReplayTimer
	byOverallTimer
	byCloseTimer
	bySend
	byClose
	serverInputs
)

var serverInputOfKind = [...]serverInput{
	EventOpeningRequest: byOpeningRequest, EventRequest: byRequest, EventBadRequest: byBadRequest,
	EventBodyReceived: byBody,
	EventDataReceived: byData, EventTerminatorReceived: byData,
	EventApplicationFailed: byApplicationFailure, EventViolation: byViolation,
	EventPingReceived: byPing, EventPeerClosed: byPeerClosed, EventConnectionLost: byLost,
	EventSendRequested: bySend, EventCloseRequested: byClose,
}

var serverInputOfAction = [...]serverInput{
	codes.ActionComplete: byAccept, codes.ActionContinue: byContinue, codes.ActionWait: byDefer,
	codes.ActionReplay: byChallenge, codes.ActionClose: byRefusal, codes.ActionRedirect: byRefusal,
	codes.ActionRedirectIfGet: byRefusal, codes.ActionRedirectChoice: byRefusal,
	codes.ActionProxyAuth: byRefusal, codes.ActionUpgrade: byRefusal,
}

var serverInputOfTimer = [...]serverInput{
	TimerRequest: byRequestTimer, TimerBody: byBodyTimer, TimerReplay: byReplayTimer,
	TimerOverall: byOverallTimer, TimerClose: byCloseTimer,
}

// serverInputOf returns the column of ev, 0 if the server knows no such event.
func serverInputOf(ev Event) serverInput {
	switch {
	case ev.Kind == EventDecided:
		return serverInputOfAction[actionOf(ev.Status)]
	case ev.Kind == EventTimerExpired && int(ev.Timer) < len(serverInputOfTimer):
		return serverInputOfTimer[ev.Timer]
	case int(ev.Kind) < len(serverInputOfKind):
		return serverInputOfKind[ev.Kind]
	}
	return 0
}

// word is the input as ids of rows write it: decisions by their status code where the input has
// only one.
func (in serverInput) word() string {
	switch in {
	case byContinue:
		return "100"
	case byDefer:
		return "202"
	case byChallenge:
		return "401"
	}
	return kebab(strings.TrimPrefix(in.String(), "by"))
}

// AppendBinary appends s, always in as many bytes: equal states, and only those, have equal
// encodings. The error is always nil.
func (s ServerState) AppendBinary(b []byte) ([]byte, error) {
	return s.end.append(append(b, byte(s.phase), byte(s.marks), byte(s.marks>>8),
		s.count.challenges, s.count.deferrals)), nil
}

// UnmarshalBinary replaces s by the state that [ServerState.AppendBinary] wrote, as that of the
// client does.
func (s *ServerState) UnmarshalBinary(b []byte) error {
	if len(b) != inside.ServerStateSize || b[0] == 0 || ServerPhase(b[0]) >= serverPhases {
		return errState
	}
	*s = ServerState{ServerPhase(b[0]), marks(b[1]) | marks(b[2])<<8, serverCounts{b[3], b[4]},
		endingOf(b[5:])}
	return nil
}

package extension

import "time"

// Stack runs the sessions of one connection. It is not safe for concurrent use. The actions that a
// call returns are valid until the next call.
type Stack struct {
	sessions []Session // from the application to the peer
	now      time.Time
	out      []Action
	failed   bool
}

// NewStack makes a stack of the sessions that [Accept] or [Confirm] has returned. A nil one is left
// out.
func NewStack(sessions []Session) *Stack {
	s := &Stack{}
	for _, one := range sessions {
		if one != nil {
			s.sessions = append(s.sessions, one)
		}
	}
	return s
}

// Action is one thing to do.
type Action struct {
	Kind    ActionKind
	Message Message // ActionSend, ActionDeliver
	Code    uint16  // ActionFail
	Reason  string  // ActionFail
}

// ActionKind says what to do.
type ActionKind uint8

// Actions.
const (
	ActionSend    ActionKind = 1 + iota // write Message as one frame
	ActionDeliver                       // give Message to the application
	// End the connection with Code and Reason; the last action there is.
	ActionFail
)

// Open starts the sessions.
func (s *Stack) Open(now time.Time) []Action {
	s.begin(now)
	for i, one := range s.sessions {
		one.Open(Flow{s, i})
	}
	return s.out
}

// Outgoing takes a message from the application, or a Ping from the host.
func (s *Stack) Outgoing(now time.Time, m Message) []Action {
	s.begin(now)
	s.send(0, m)
	return s.out
}

// Incoming takes a message from the wire.
func (s *Stack) Incoming(now time.Time, m Message) []Action {
	s.begin(now)
	s.deliver(len(s.sessions)-1, m)
	return s.out
}

// Heard reports since when the peer is silent although the host listens.
func (s *Stack) Heard(at time.Time) {
	for _, one := range s.sessions {
		one.Heard(at)
	}
}

// Deadline returns when to call Expired, the zero time for never. Expired does nothing if it is
// called too early.
func (s *Stack) Deadline() (first time.Time) {
	if s.failed {
		return first
	}
	for _, one := range s.sessions {
		if d := one.Deadline(); !d.IsZero() && (first.IsZero() || d.Before(first)) {
			first = d
		}
	}
	return first
}

// Expired calls the sessions whose deadline has passed.
func (s *Stack) Expired(now time.Time) []Action {
	s.begin(now)
	for i, one := range s.sessions {
		if d := one.Deadline(); !s.failed && !d.IsZero() && !now.Before(d) {
			one.Expired(Flow{s, i})
		}
	}
	return s.out
}

func (s *Stack) begin(now time.Time) {
	clear(s.out)
	s.now, s.out = now, s.out[:0]
}

// send passes m to the session at i on its way to the peer.
func (s *Stack) send(i int, m Message) {
	switch {
	case s == nil || s.failed:
	case i < len(s.sessions):
		s.sessions[i].Outgoing(Flow{s, i}, m)
	default:
		s.out = append(s.out, Action{Kind: ActionSend, Message: m})
	}
}

// deliver passes m to the session at i on its way to the application.
func (s *Stack) deliver(i int, m Message) {
	switch {
	case s == nil || s.failed:
	case i >= 0:
		s.sessions[i].Incoming(Flow{s, i}, m)
	default:
		s.out = append(s.out, Action{Kind: ActionDeliver, Message: m})
	}
}

func (s *Stack) fail(code uint16, reason string) {
	if s != nil && !s.failed {
		s.failed = true
		s.out = append(s.out, Action{Kind: ActionFail, Code: code, Reason: reason})
	}
}

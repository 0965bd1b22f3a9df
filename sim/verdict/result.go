package verdict

import "time"

// Result is the result of a case.
type Result struct {
	Behaviour  Ruling // until the connection closes
	Closing    Ruling // how it does; the zero value if that was not looked at
	Log        []Entry
	Transcript []string
	Broken     []string // invariants of our own peer
}

// Grade is the worse of both grades.
func (r *Result) Grade() Grade {
	return Worse(r.Behaviour.Grade, r.Closing.Grade)
}

// String says how it came out, on one line.
func (r *Result) String() string {
	s := string(r.Behaviour.Grade)
	if r.Behaviour.Why != "" {
		s += " (" + r.Behaviour.Why + ")"
	}
	if r.Closing.Grade != "" {
		s += ", closing " + string(r.Closing.Grade)
	}
	return s
}

// Entry is one thing that was sent or received in a case.
type Entry struct {
	At   time.Duration
	Conn int // from 1
	Ours bool
	Kind Kind
	Text string // its description, without secrets
	Wire []byte // its bytes
}

package verdict

import "strings"

// Alternative is one thing that a peer may do, with its grade.
type Alternative struct {
	Pattern
	Grade Grade  // "" is pass
	Why   string // of other grades
	Ends  bool   // nothing more is asked of the peer after it
}

// Expectation lists the behaviour that may come next.
type Expectation struct {
	Alternatives []Alternative
	Otherwise    Grade  // of anything else
	Line         int    // of the step
	Where        string // the subject of the step, for the reason
}

// Judge grades s, and tells whether the case goes on after it.
func (e *Expectation) Judge(s Seen) (r Ruling, goesOn bool) {
	r = Ruling{Want: e.String(), Got: s.String(), Line: e.Line}
	for _, a := range e.Alternatives {
		if !a.Match(&s) {
			continue
		}
		r.Grade, r.Why = Pass, a.Why
		if a.Grade != "" {
			r.Grade = a.Grade
		}
		return r, !a.Ends && r.Grade != Skip && !r.Grade.Failed() && s.Kind != End &&
			(s.Kind != Close || a.Grade == "")
	}
	r.Grade = e.Otherwise
	r.Why = "the peer does something else"
	if s.Kind == Silence {
		r.Why = "the peer does nothing"
	}
	return r, false
}

// String lists the alternatives in words.
func (e *Expectation) String() string {
	var list []string
	for _, a := range e.Alternatives {
		if a.Grade == "" || a.Grade == Pass {
			list = append(list, a.String())
		}
	}
	return strings.Join(list, ", or ")
}

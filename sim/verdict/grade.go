package verdict

import "slices"

// Grade says how good an outcome is.
type Grade string

// Grades.
const (
	Pass    Grade = "pass"    // as required
	Lenient Grade = "lenient" // not as it should be, but nothing that a careful peer stumbles over
	Info    Grade = "info"    // one of several right ways; the report says which
	Skip    Grade = "skip"    // cannot be tried, for a reason
	XFail   Grade = "xfail"   // fails, as a list of known failures says
	Fail    Grade = "fail"    // a requirement is missed
	Error   Grade = "error"   // the case could not be run to its end: nothing is known
)

// Grades lists all of them. A later one is worse, and prevails where a case has several.
var Grades = []Grade{Pass, Info, Lenient, Skip, XFail, Fail, Error}

// Worse returns the worse of two grades. "" is none.
func Worse(a, b Grade) Grade {
	if slices.Index(Grades, b) > slices.Index(Grades, a) {
		return b
	}
	return a
}

// Failed reports whether g counts against an implementation.
func (g Grade) Failed() bool { return g == Fail || g == Error }

// Ruling is a grade with its grounds.
type Ruling struct {
	Grade Grade  `json:"grade"`
	Why   string `json:"why,omitempty"`  // of all grades but pass, in a sentence
	Want  string `json:"want,omitempty"` // the expected messages
	Got   string `json:"got,omitempty"`  // the received message
	Line  int    `json:"line,omitempty"` // of the step, in the file of the case
}

// Add returns the worse of two rulings, the first of two that are equally bad.
func (r Ruling) Add(next Ruling) Ruling {
	if Worse(r.Grade, next.Grade) != r.Grade {
		return next
	}
	return r
}

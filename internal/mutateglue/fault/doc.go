// Package fault makes one-line faults for Go code: it finds places where a statement can be dropped
// or swapped with the next one, a guard removed, a bound moved, a copy kept as an alias, and writes
// all of them into one copy of the source, each behind a switch. A program that is built from the
// copy has one fault at a time, which an environment variable names: so a thousand faults cost one
// build.
package fault

// Class is a kind of mistake.
type Class string

// Classes.
const (
	Reset    Class = "reset"    // an assignment is dropped
	Field    Class = "field"    // a field of a composite literal is left at its zero value
	Order    Class = "order"    // two statements are swapped
	Guard    Class = "guard"    // a condition is removed, always true, or loses an operand
	Bound    Class = "bound"    // a limit, an index or a number is off by one
	Alias    Class = "alias"    // a copy is not made
	Deadline Class = "deadline" // a timer or deadline is left as it is
	Error    Class = "error"    // an error is ignored
	Lock     Class = "lock"     // a lock is not taken or not released
	Defer    Class = "defer"    // a deferred call is not made
	Call     Class = "call"     // a call is not made
	Wait     Class = "wait"     // a case of a select never happens
	Constant Class = "constant" // another constant is used
	Operand  Class = "operand"  // a variable, field or argument is mistaken for one of the same type
	Operator Class = "operator" // && is taken for ||, += for =, and the other way round
	Flow     Class = "flow"     // a loop or function is left early, or not left
	Case     Class = "case"     // a value is left out of a switch
)

// Fault is one change of the source.
type Fault struct {
	ID     string // package, function and a hash of the change: stable while the text stays
	Class  Class
	File   string // with the path from the root of the module
	Func   string
	Before string // the source, on one line
	After  string

	source []byte // of the file
	edits  []edit
}

// edit is a part of a fault: a place of the source, and its text in the faulty version.
type edit struct {
	start, end int // byte offsets
	how        how
	text       string
}

// how is the syntax at the place of an edit, and thereby the way in which both versions are put
// into one source.
type how uint8

const (
	_          how = iota
	statement      // that declares nothing
	condition      // an expression of type bool
	behind         // a statement that must stay, text follows it in the faulty version
	channel        // a channel that is received from; the faulty version is nil
	expression     // both versions are evaluated
)

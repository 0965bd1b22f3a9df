package explore

import (
	"fmt"
	"slices"
)

// System is a finite transition system: a start state and, for every state, the steps that are
// possible in it. States are plain values with an encoding of a fixed size. Methods may be called
// at the same time.
type System[S comparable, A Action] interface {
	// Start returns the first state.
	Start() S
	// Steps calls yield for every step possible in s, always in the same order. The step belongs to
	// the caller until yield returns.
	Steps(s S, yield func(*Step[S, A]))
	// AtRest reports whether it is fine that s has no further step.
	AtRest(s S) bool
	// Edges is how many edges the transition tables of the system have.
	Edges() int
	// Size is the length of an encoding in bytes.
	Size() int
	// Encode writes s into all of b, which has that length. Equal states have equal encodings,
	// different ones different encodings.
	Encode(s S, b []byte)
	// Decode returns the state whose encoding is b. It keeps nothing of b.
	Decode(b []byte) S
}

// Action describes a step. Its text is a line of a transcript.
type Action interface {
	fmt.Stringer
	Edge() int    // number of the edge that the step takes, below [System].Edges; -1 if it takes none
	Row() string  // name of that edge, "-" if there is none
	Cell() string // file and effects of that edge, "" if there is none
}

// Step is one step of a system.
type Step[S comparable, A Action] struct {
	Action A
	Next   S
	// Fair steps cannot be put off for ever: a timer runs out, a message arrives, a host does its
	// duty.
	Fair bool
	// Spends tells that the step uses up a finite resource, of which the state does not show the
	// rest.
	Spends bool
	// Broken is id and words of a property that the step itself breaks, "" if none. Its successors
	// are not looked at.
	Broken string

	// Differs is id and words of a comparison that the step does not stand up to, "" if none. Its
	// successors are looked at all the same.
	Differs string
}

// Property is something that must hold in every state, or in some.
type Property[S comparable] struct {
	ID    string // of the requirement or property list
	Text  string
	Holds func(S) bool
}

// Promise is something that must come about: every run that passes a state where From holds goes on
// to one where To holds, if it takes fair steps at all while there are some.
type Promise[S comparable] struct {
	ID, Text string
	From     func(S) bool // nil: every state
	To       func(S) bool
}

// Properties are the checks of an exploration, besides that nothing is stuck (LIV-09).
type Properties[S comparable] struct {
	AtSteps   []Checked     // checked by the steps themselves, in [Step].Broken
	Compared  []Checked     // comparisons with the steps, in [Step].Differs
	Always    []Property[S] // hold in every reachable state
	Sometimes []Property[S] // hold in some reachable state
	LeadsTo   []Promise[S]  // come about
}

// Kinds of properties, as reports name them.
const (
	AtStep    = "at every step"
	Compared  = "compared at every step"
	Always    = "always"
	Sometimes = "sometimes"
	LeadsTo   = "leads to"
	NoStuck   = "never stuck"
)

// Checked is one property of a report.
type Checked struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Kind string `json:"kind"`
	Held bool   `json:"held"`

	Undecided bool `json:"undecided,omitempty"` // it was not seen up to the bound of depth
}

// list returns all properties as not yet broken.
func (p Properties[S]) list() (list []Checked) {
	add := func(id, text, kind string) {
		if c := (Checked{id, text, kind, true, false}); !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	add("LIV-09", "something can happen until the end", NoStuck)
	for _, c := range p.AtSteps {
		add(c.ID, c.Text, AtStep)
	}
	for _, c := range p.Compared {
		add(c.ID, c.Text, Compared)
	}
	for _, a := range p.Always {
		add(a.ID, a.Text, Always)
	}
	for _, s := range p.Sometimes {
		add(s.ID, s.Text, Sometimes)
	}
	for _, l := range p.LeadsTo {
		add(l.ID, l.Text, LeadsTo)
	}
	return list
}

package explore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Violation is a property that does not hold, with a shortest path to where.
type Violation[A Action] struct {
	ID, Text, Kind string
	Path           []A    // from the start
	Breaks         bool   // the last step breaks the property; otherwise the state it leads to does
	There          string // the words of that state
}

// String writes a violation as a transcript: each step behind the row that it took, and below them
// where the last rows stand.
func (v Violation[A]) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", v.ID, v.Text)
	width := 0
	for _, a := range v.Path {
		width = max(width, len(a.Row()))
	}
	for i, a := range v.Path {
		fmt.Fprintf(&b, "\n  %-*s %s", width, a.Row(), a)
		if v.Breaks && i == len(v.Path)-1 {
			b.WriteString("   <-- here")
		}
	}
	if v.There != "" {
		b.WriteString("\nthere: " + v.There)
	}
	if cells := v.Cells(); len(cells) > 0 {
		b.WriteString("\nthe last rows, the last one first:\n  " + strings.Join(cells, "\n  "))
	}
	return b.String()
}

// cellsNamed is how many of the last steps a violation names the cells of.
const cellsNamed = 3

// Cells names the cells of the last steps, the very last one first: that is where to look.
func (v Violation[A]) Cells() (list []string) {
	for _, a := range slices.Backward(v.Path) {
		if c := a.Cell(); c != "" && len(list) < cellsNamed && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// same reports whether both break the same property in the same manner.
func (v Violation[A]) same(o Violation[A]) bool {
	return v.ID == o.ID && v.Kind == o.Kind && v.Text == o.Text
}

// sortViolations puts violations into an order that depends on nothing but them.
func sortViolations[A Action](list []Violation[A]) {
	slices.SortStableFunc(list, func(a, b Violation[A]) int {
		return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Text, b.Text))
	})
}

// hit is a property broken at a state, or by a step from there.
type hit struct {
	ID, Text, Kind string
	State          id    // noID if Way says how to get there, or nothing leads there
	Step           int   // of the state, -1 for none
	Way            []int // to a state of the exploration that dealt out the shards
}

func (h hit) rank() int {
	if h.Kind == Compared {
		return 1
	}
	return 0
}

// violation finds the path to a hit.
func (x *exploration[S, A]) violation(h hit) Violation[A] {
	v := Violation[A]{ID: h.ID, Text: h.Text, Kind: h.Kind, Breaks: h.Step >= 0}
	if h.Kind == Sometimes {
		return v
	}
	if h.State != noID {
		h.Way = x.way(h.State)
	}
	if v.Breaks {
		h.Way = append(h.Way, h.Step)
	}
	there := x.walk(h.Way, func(a A) { v.Path = append(v.Path, a) })
	if words, ok := any(there).(fmt.Stringer); ok && !v.Breaks {
		v.There = words.String()
	}
	return v
}

// way returns the numbers of the steps that lead from the start to state i. The states on the way
// are known by their fingerprints, so the steps are searched for again.
func (x *exploration[S, A]) way(i id) []int {
	var states []id
	for ; i != noID; i = x.visited[i.part()].from[i.place()] {
		states = append(states, i)
	}
	slices.Reverse(states)
	way := slices.Clone(x.starts[slices.IndexFunc(x.starts,
		func(s start) bool { return s.ID == states[0] })].Way)
	s := x.walk(way, func(A) {})
	for _, to := range states[1:] {
		var number int
		number, s = x.leading(s, x.visited[to.part()].prints[to.place()])
		way = append(way, number)
	}
	return way
}

// leading returns the number of the first step from s to the state with a fingerprint, and that
// state.
func (x *exploration[S, A]) leading(s S, fp uint64) (number int, next S) {
	n, found, b := 0, false, make([]byte, x.size)
	x.sys.Steps(s, func(step *Step[S, A]) {
		if !found && step.Broken == "" {
			x.sys.Encode(step.Next, b)
			if found = x.fingerprint(step.Next, b) == fp; found {
				number, next = n, step.Next
			}
		}
		n++
	})
	return number, next
}

// walk takes the steps with these numbers from the start, describes them, and returns the last
// state.
func (x *exploration[S, A]) walk(way []int, happens func(A)) S {
	s := x.sys.Start()
	for _, number := range way {
		n, from := 0, s
		x.sys.Steps(from, func(step *Step[S, A]) {
			if n == number {
				happens(step.Action)
				s = step.Next
			}
			n++
		})
	}
	return s
}

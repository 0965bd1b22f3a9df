package sim

import (
	"fmt"
	"slices"
	"strings"
)

// System is a finite transition system: a start state and, for every state, the steps that are possible in it. States are plain values.
type System[S comparable] interface {
	// Start returns the first state.
	Start() S
	// Steps calls yield for every step possible in s.
	Steps(s S, yield func(Step[S]))
	// AtRest reports whether it is fine that s has no further step.
	AtRest(s S) bool
}

// Step is one step of a system.
type Step[S comparable] struct {
	Action Action
	Next   S
	Edges  [2]int // edges of the client's and the server's table that the step took, -1 for none
	Broken string // id and words of a property that the step itself breaks, "" if none
}

// Property is something that must hold in every state, or in some.
type Property[S comparable] struct {
	ID    string // of the requirement or property list
	Text  string
	Holds func(S) bool
}

// Properties are what an exploration checks besides the steps themselves.
type Properties[S comparable] struct {
	Always    []Property[S] // hold in every reachable state
	Sometimes []Property[S] // hold in some reachable state
	LeadsTo   []Property[S] // from every reachable state one where it holds can be reached
}

// Report is the result of an exploration.
type Report struct {
	States, Steps int
	Depth         int      // steps to the state farthest from the start
	Edges         [2][]int // how often each edge of the two tables was taken, by index
	Violations    []Violation
}

// Violation is a property that does not hold, with a shortest path to where.
type Violation struct {
	ID, Text string
	Path     []string // the steps from the start, readable
}

// String writes a violation as a transcript.
func (v Violation) String() string {
	return fmt.Sprintf("%s: %s\n  %s", v.ID, v.Text, strings.Join(v.Path, "\n  "))
}

// Options bound an exploration.
type Options struct {
	MaxStates int // gives up beyond that; 0 is ten million
}

// exploration is one breadth-first search.
type exploration[S comparable] struct {
	sys    System[S]
	props  Properties[S]
	seen   map[S]int32
	states []S
	from   []int32  // index of the state each was first reached from
	by     []Action // and the step
	back   [][2]int32
	report Report
	broken map[string]bool
}

// Explore visits every reachable state of sys in breadth-first order and checks props. Of each broken property one shortest path is reported.
func Explore[S comparable](sys System[S], props Properties[S], o Options) (Report, error) {
	if o.MaxStates == 0 {
		o.MaxStates = 10_000_000
	}
	x := &exploration[S]{sys: sys, props: props, seen: map[S]int32{}, broken: map[string]bool{}}
	x.add(sys.Start(), -1, Action{})
	depth, level := 0, 1
	for i := 0; i < len(x.states); i++ {
		if i == level {
			depth, level = depth+1, len(x.states)
		}
		if len(x.states) > o.MaxStates {
			return x.report, fmt.Errorf("sim: more than %d states; raise the bound or lower those of the model", o.MaxStates)
		}
		x.expand(int32(i))
	}
	x.report.States, x.report.Depth = len(x.states), depth
	x.eventually()
	return x.report, nil
}

// add puts a state on the list unless it is there, and returns its index.
func (x *exploration[S]) add(s S, from int32, by Action) int32 {
	if i, ok := x.seen[s]; ok {
		return i
	}
	i := int32(len(x.states))
	x.seen[s] = i
	x.states, x.from, x.by = append(x.states, s), append(x.from, from), append(x.by, by)
	for _, p := range x.props.Always {
		if !p.Holds(s) {
			x.violated(p.ID, p.Text, i, nil)
		}
	}
	return i
}

// expand takes all steps of state i.
func (x *exploration[S]) expand(i int32) {
	s, steps := x.states[i], 0
	x.sys.Steps(s, func(step Step[S]) {
		steps++
		x.report.Steps++
		for side, e := range step.Edges {
			if e >= 0 {
				x.count(side, e)
			}
		}
		if step.Broken != "" {
			id, text, _ := strings.Cut(step.Broken, ": ")
			x.violated(id, text, i, &step.Action)
			return
		}
		x.back = append(x.back, [2]int32{x.add(step.Next, i, step.Action), i})
	})
	if steps == 0 && !x.sys.AtRest(s) {
		x.violated("LIV-09", fmt.Sprintf("stuck: nothing can happen any more in %+v", s), i, nil)
	}
}

func (x *exploration[S]) count(side, edge int) {
	if n := edge + 1 - len(x.report.Edges[side]); n > 0 {
		x.report.Edges[side] = append(x.report.Edges[side], make([]int, n)...)
	}
	x.report.Edges[side][edge]++
}

// eventually checks what must hold somewhere, and what must stay reachable from everywhere.
func (x *exploration[S]) eventually() {
	for _, p := range x.props.Sometimes {
		if !slices.ContainsFunc(x.states, p.Holds) {
			x.violated(p.ID, "never: "+p.Text, 0, nil)
		}
	}
	if len(x.props.LeadsTo) == 0 {
		return
	}
	// Predecessors of each state, as slices of one array.
	first := make([]int32, len(x.states)+1)
	for _, b := range x.back {
		first[b[0]+1]++
	}
	for i := range x.states {
		first[i+1] += first[i]
	}
	pred, fill := make([]int32, len(x.back)), slices.Clone(first)
	for _, b := range x.back {
		pred[fill[b[0]]] = b[1]
		fill[b[0]]++
	}
	for _, p := range x.props.LeadsTo {
		x.leadsTo(p, first, pred)
	}
}

// leadsTo searches backwards from where p holds.
func (x *exploration[S]) leadsTo(p Property[S], first, pred []int32) {
	good := make([]bool, len(x.states))
	var queue []int32
	for i, s := range x.states {
		if p.Holds(s) {
			good[i] = true
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, j := range pred[first[i]:first[i+1]] {
			if !good[j] {
				good[j] = true
				queue = append(queue, j)
			}
		}
	}
	if i := slices.Index(good, false); i >= 0 {
		x.violated(p.ID, "no way to: "+p.Text, int32(i), nil)
	}
}

// violated records a broken property once, with the path to state i and the step that breaks it, if it is one.
func (x *exploration[S]) violated(id, text string, i int32, step *Action) {
	if x.broken[id+text] {
		return
	}
	x.broken[id+text] = true
	var path []string
	for j := i; j > 0; j = x.from[j] {
		path = append(path, x.by[j].String())
	}
	slices.Reverse(path)
	if step != nil {
		path = append(path, step.String()+"   <-- here")
	}
	x.report.Violations = append(x.report.Violations, Violation{ID: id, Text: text, Path: path})
}

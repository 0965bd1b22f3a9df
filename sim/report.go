package sim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Report is the result of an exploration.
type Report struct {
	States, Steps int
	Depth         int       // steps to the state farthest from the start
	Edges         [2][]int  // how often each edge of the client's and the server's table was taken, by index
	Properties    []Checked // what was checked
	Violations    []Violation
	Visited       int      // bytes of the set of visited states at the end
	Paths         int      // bytes for where each state was reached from
	Liveness      int      // bytes for the steps between states, which promises need
	Bounded       bool     // a bound of depth cut something off
	Fingerprints  bool     // states were told apart by fingerprints of 64 bits
	Records       *Records // of a shard, for [Merge]
}

// Collision returns the probability that some two states had the same fingerprint, so that one was overlooked.
func (r Report) Collision() float64 {
	if !r.Fingerprints {
		return 0
	}
	n := float64(r.States)
	return -math.Expm1(-n * (n - 1) / 2 / math.Exp2(64))
}

func (r *Report) addEdges(taken [2][]int) {
	for side, list := range taken {
		if n := len(list) - len(r.Edges[side]); n > 0 {
			r.Edges[side] = append(r.Edges[side], make([]int, n)...)
		}
		for e, n := range list {
			r.Edges[side][e] += n
		}
	}
}

// Violation is a property that does not hold, with a shortest path to where.
type Violation struct {
	ID, Text, Kind string
	Path           []Taken // the steps from the start
	Breaks         bool    // the last step is what breaks the property; else the state it leads to
	There          string  // the phases of the machines in that state
}

// String writes a violation as a transcript: each step behind the row that it took, and below them where the last rows stand.
func (v Violation) String() string {
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

// finish turns hits into violations with their paths and adds up memory.
func (x *exploration[S]) finish() {
	r := &x.report
	r.Depth, r.Fingerprints = x.depth, !x.o.Exact
	r.Violations = slices.Clone(x.inherited)
	for _, h := range x.hits {
		if v := x.violation(h); !slices.ContainsFunc(r.Violations, v.same) {
			r.Violations = append(r.Violations, v)
		}
	}
	for _, v := range r.Violations {
		r.mark(v.Kind, v.ID, func(c *Checked) {
			c.Text, c.Held = cmp.Or(c.Text, v.Text), false
		})
	}
	if x.enough == 0 {
		r.Bounded = x.bounded()
	}
	if x.records != nil {
		if x.enough == 0 {
			x.eachLeft(func(fp uint64, _ id, _ []byte) { x.records.end(fp, x.depth, 0) })
		}
		r.Records, _ = union(x.records) // it has each state once
	}
	for p := range x.visited {
		set, from := x.visited[p].bytes()
		r.Visited, r.Paths = r.Visited+set, r.Paths+from
		r.Liveness += cap(x.flags[p]) + len(x.props.LeadsTo)*len(x.flags[p])/8
	}
	for _, t := range x.trail {
		r.Liveness += 4*len(t.Edges) + 2*len(t.Degrees)
	}
}

// mark changes a property of the report, which is added if it is not known.
func (r *Report) mark(kind, name string, change func(*Checked)) {
	for i, p := range r.Properties {
		if p.ID == name && p.Kind == kind {
			change(&r.Properties[i])
			return
		}
	}
	r.Properties = append(r.Properties, Checked{ID: name, Kind: kind})
	change(&r.Properties[len(r.Properties)-1])
}

// violation finds the way to a hit: the states on it are known by their fingerprints, so the steps are taken again.
func (x *exploration[S]) violation(h hit) Violation {
	v := Violation{ID: h.ID, Text: h.Text, Kind: h.Kind, Breaks: h.Step >= 0}
	if h.State == noID {
		return v
	}
	var way []id
	for i := h.State; i != noID; i = x.visited[i.part()].from[i.place()] {
		way = append(way, i)
	}
	slices.Reverse(way)
	s := x.origin(way[0], &v.Path)
	for _, to := range way[1:] {
		s = x.follow(s, to, &v.Path)
	}
	if words, ok := any(s).(fmt.Stringer); ok && !v.Breaks {
		v.There = words.String()
	}
	n := 0
	x.sys.Steps(s, func(step *Step[S]) {
		if n == h.Step {
			v.Path = append(v.Path, step.taken())
		}
		n++
	})
	return v
}

// origin returns the start whose id is i and appends the way to it.
func (x *exploration[S]) origin(i id, path *[]Taken) S {
	k := slices.IndexFunc(x.starts, func(s start) bool { return s.ID == i })
	*path = append(*path, x.starts[k].Path...)
	return x.sys.Decode(x.starts[k].Encoded)
}

// follow takes the step that leads from s to the state called to.
func (x *exploration[S]) follow(s S, to id, path *[]Taken) S {
	next, found, b := s, false, make([]byte, x.size)
	x.sys.Steps(s, func(step *Step[S]) {
		if found || step.Broken != "" {
			return
		}
		if x.sys.Encode(step.Next, b); fingerprint(x.o.Seed, b) == x.visited[to.part()].prints[to.place()] {
			*path = append(*path, step.taken())
			next, found = step.Next, true
		}
	})
	return next
}

// sortViolations puts violations into an order that depends on nothing but them.
func sortViolations(list []Violation) {
	slices.SortStableFunc(list, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text))
	})
}

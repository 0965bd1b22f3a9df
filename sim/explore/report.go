package explore

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Report is the result of an exploration.
type Report[A Action] struct {
	States, Steps int
	Depth         int       // steps to the state farthest from the start
	Edges         []int     // how often each edge was taken, by number
	Properties    []Checked // the properties that were checked
	Violations    []Violation[A]
	Visited       int      // bytes of the set of visited states at the end
	Paths         int      // bytes for where each state was reached from
	Frontier      int      // bytes of the states that waited to be looked at, at most
	Liveness      int      // bytes for the steps between states, which promises need
	Bounded       bool     // a bound of depth cut something off
	Fingerprints  bool     // states were told apart by fingerprints of 64 bits
	Records       *Records // of a shard, for [Merge]
}

// Collision returns the probability that some two states had the same fingerprint, so that one was
// overlooked.
func (r Report[A]) Collision() float64 {
	if !r.Fingerprints {
		return 0
	}
	n := float64(r.States)
	return -math.Expm1(-n * (n - 1) / 2 / math.Exp2(64))
}

// mark changes a property of the report, which is added if it is not known. Of several with the
// same name it is the one whose text ends said, else the first.
func (r *Report[A]) mark(kind, name, said string, change func(*Checked)) {
	named := func(p Checked) bool { return p.ID == name && p.Kind == kind }
	i := slices.IndexFunc(r.Properties,
		func(p Checked) bool { return named(p) && strings.HasSuffix(said, p.Text) })
	if i < 0 {
		i = slices.IndexFunc(r.Properties, named)
	}
	if i >= 0 {
		change(&r.Properties[i])
		return
	}
	r.Properties = append(r.Properties, Checked{ID: name, Kind: kind})
	change(&r.Properties[len(r.Properties)-1])
}

// add adds a violation unless the same property is known to be broken in the same manner.
func (r *Report[A]) add(v Violation[A]) {
	if !slices.ContainsFunc(r.Violations, v.same) {
		r.Violations = append(r.Violations, v)
	}
}

// finish turns hits into violations with their paths and adds up memory. A property shows the
// consequence of a mistake, a comparison only its presence, so comparisons come last.
func (x *exploration[S, A]) finish() {
	r := &x.report
	r.Depth, r.Fingerprints = x.depth, !x.o.Exact
	slices.SortStableFunc(x.hits, func(a, b hit) int { return cmp.Compare(a.rank(), b.rank()) })
	for _, h := range x.hits {
		r.add(x.violation(h))
	}
	for _, v := range r.Violations {
		r.mark(v.Kind, v.ID, v.Text, func(c *Checked) {
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

package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"example.com/khp/fsm"
)

// Shard says which part of a space to explore: part Index of Count, from 0. All shards walk through the first levels until there are enough states to deal out, and each
// goes on from those whose fingerprint is Index modulo Count, to everything reachable from there. Together they cover what one run covers; they overlap
// where different ways lead to the same states. The zero value is everything.
type Shard struct{ Index, Count int }

// statesPerShard is how many states there are to deal out, at least.
const statesPerShard = 8

func exploreShard[S comparable](sys System[S], props Properties[S], o Options) (Report, error) {
	shard := o.Shard
	if shard.Index < 0 || shard.Index >= shard.Count {
		return Report{}, fmt.Errorf("sim: there is no shard %d of %d; they count from 0", shard.Index, shard.Count)
	}
	if o.Resume != nil {
		x := newExploration(sys, props, o)
		if err := x.restore(o.Resume); err != nil {
			return Report{}, err
		}
		return x.run()
	}
	top := newExploration(sys, props, o)
	top.o.Snapshot, top.records, top.enough = nil, &Records{}, statesPerShard*shard.Count
	b := make([]byte, top.size)
	sys.Encode(sys.Start(), b)
	top.begin(b, nil)
	if _, err := top.run(); err != nil {
		return top.report, err
	}
	x := newExploration(sys, props, o)
	x.depth, x.seen, x.hits = top.depth, top.seen, nil
	x.records, x.report.Steps = top.records, top.report.Steps
	x.inherited = top.report.Violations
	top.eachLeft(func(fp uint64, i id, encoded []byte) {
		if fp%uint64(shard.Count) == uint64(shard.Index) {
			x.begin(encoded, top.violation(hit{State: i, Step: -1}).Path)
		}
	})
	x.report.addEdges(top.report.Edges)
	return x.run()
}

// eachLeft calls f for the states that a bound left unlooked-at.
func (x *exploration[S]) eachLeft(f func(fp uint64, i id, encoded []byte)) {
	if x.at != (cursor{}) {
		return
	}
	for p := range parts {
		for k := range len(x.level[p]) / x.size {
			place := x.first[p] + uint32(k)
			f(x.visited[p].prints[place], idOf(p, place), x.level[p][k*x.size:(k+1)*x.size])
		}
	}
}

// Records is what a shard knows of each state it looked at, in the order of fingerprints: enough to count states, steps and edges that several shards came across
// once only.
type Records struct {
	Prints []uint64
	Depths []uint16
	Steps  []uint16
	Ends   []int    // where in Taken the edges of the state end
	Taken  []uint16 // edges of the client's table, and of the server's with the highest bit set
}

const serverEdge = 1 << 15

func (r *Records) reset() {
	r.Prints, r.Depths, r.Steps, r.Ends, r.Taken = r.Prints[:0], r.Depths[:0], r.Steps[:0], r.Ends[:0], r.Taken[:0]
}

func (r *Records) take(side, edge int) { r.Taken = append(r.Taken, uint16(edge|side*serverEdge)) }

// end closes the record of a state, whose edges were taken before.
func (r *Records) end(fp uint64, depth, steps int) {
	r.Prints, r.Depths, r.Steps, r.Ends = append(r.Prints, fp), append(r.Depths, uint16(depth)), append(r.Steps, uint16(steps)), append(r.Ends, len(r.Taken))
}

// edges returns what record i took.
func (r *Records) edges(i int) []uint16 {
	if i == 0 {
		return r.Taken[:r.Ends[0]]
	}
	return r.Taken[r.Ends[i-1]:r.Ends[i]]
}

// add appends record i of o.
func (r *Records) add(o *Records, i int) {
	r.Taken = append(r.Taken, o.edges(i)...)
	r.end(o.Prints[i], int(o.Depths[i]), int(o.Steps[i]))
}

// check reports what in r does not fit together, as in a file that was not written by an exploration.
func (r *Records) check() error {
	n := len(r.Prints)
	if len(r.Depths) != n || len(r.Steps) != n || len(r.Ends) != n {
		return fmt.Errorf("sim: the records of a shard do not fit together: %d states, %d depths, %d steps, %d ends", n, len(r.Depths), len(r.Steps), len(r.Ends))
	}
	at := 0
	for i, end := range r.Ends {
		if end < at || end > len(r.Taken) {
			return fmt.Errorf("sim: the records of a shard do not fit together: state %d ends at edge %d of %d, the one before at %d", i, end, len(r.Taken), at)
		}
		at = end
	}
	if at != len(r.Taken) {
		return fmt.Errorf("sim: the records of a shard do not fit together: %d edges belong to no state", len(r.Taken)-at)
	}
	for _, e := range r.Taken {
		if side, edge := e/serverEdge, int(e%serverEdge); edge >= edgesOf[side] {
			return fmt.Errorf("sim: the records of a shard do not fit together: the table of the %s has no edge %d", Client+Side(side), edge)
		}
	}
	return nil
}

// edgesOf counts the edges of the tables of client and server.
var edgesOf = func() (n [2]int) {
	for e := range fsm.ClientEdges() {
		n[0] = max(n[0], e.Index+1)
	}
	for e := range fsm.ServerEdges() {
		n[1] = max(n[1], e.Index+1)
	}
	return n
}()

// union sorts the records of several lists. Of those of the same state the one nearest to the start stays. An error says that lists disagree about a state.
func union(lists ...*Records) (*Records, error) {
	type ref struct {
		fp   uint64
		list *Records
		i    int
	}
	var refs []ref
	for _, l := range lists {
		for i, fp := range l.Prints {
			refs = append(refs, ref{fp, l, i})
		}
	}
	slices.SortStableFunc(refs, func(a, b ref) int {
		return cmp.Or(cmp.Compare(a.fp, b.fp), cmp.Compare(a.list.Depths[a.i], b.list.Depths[b.i]))
	})
	all := &Records{}
	first := 0
	for k, r := range refs {
		if k == 0 || r.fp != refs[k-1].fp {
			all.add(r.list, r.i)
			first = k
			continue
		}
		o := refs[first] // farther from the start, a bound may have cut steps off
		if r.list.Depths[r.i] == o.list.Depths[o.i] && (r.list.Steps[r.i] != o.list.Steps[o.i] || !slices.Equal(r.list.edges(r.i), o.list.edges(o.i))) {
			return nil, fmt.Errorf("sim: shards disagree about the state with fingerprint %x: they are of different programs or explorations", r.fp)
		}
	}
	return all, nil
}

// Merge puts the reports of all shards of one exploration together: the totals are exactly those of one run. The error says which records do not fit
// together.
func Merge(shards ...Report) (Report, error) {
	if len(shards) == 0 {
		return Report{}, errors.New("sim: nothing to merge")
	}
	var r Report
	var lists []*Records
	for _, s := range shards {
		if s.Records == nil {
			return Report{}, errors.New("sim: not the report of a shard")
		}
		if err := s.Records.check(); err != nil {
			return Report{}, err
		}
		lists = append(lists, s.Records)
		r.Visited, r.Paths, r.Liveness = max(r.Visited, s.Visited), max(r.Paths, s.Paths), max(r.Liveness, s.Liveness)
		r.Fingerprints, r.Bounded = r.Fingerprints || s.Fingerprints, r.Bounded || s.Bounded
	}
	all, err := union(lists...)
	if err != nil {
		return Report{}, err
	}
	r.Records, r.States = all, len(all.Prints)
	for i := range all.Prints {
		r.Steps += int(all.Steps[i])
		r.Depth = max(r.Depth, int(all.Depths[i]))
		for _, e := range all.edges(i) {
			side, edge := int(e/serverEdge), int(e%serverEdge)
			if n := edge + 1 - len(r.Edges[side]); n > 0 {
				r.Edges[side] = append(r.Edges[side], make([]int, n)...)
			}
			r.Edges[side][edge]++
		}
	}
	r.mergeProperties(shards)
	return r, nil
}

// mergeProperties: what must hold sometimes holds if it does in one shard, all else if it does in each. A shard alone leaves the former undecided.
func (r *Report) mergeProperties(shards []Report) {
	r.Properties = slices.Clone(shards[0].Properties)
	var all []Violation
	for _, s := range shards {
		all = append(all, s.Violations...)
		for _, p := range s.Properties {
			i := slices.IndexFunc(r.Properties, func(o Checked) bool { return o.ID == p.ID && o.Kind == p.Kind })
			switch {
			case i < 0:
				r.Properties = append(r.Properties, p)
			case p.Kind == Sometimes:
				q := &r.Properties[i]
				q.Held, q.Undecided = q.Held || p.Held, q.Undecided && p.Undecided
			default:
				r.Properties[i].Held = r.Properties[i].Held && p.Held
			}
		}
	}
	for i, p := range r.Properties {
		if p.Undecided && !r.Bounded {
			r.Properties[i].Held, r.Properties[i].Undecided = false, false
			all = append(all, Violation{ID: p.ID, Text: "never: " + p.Text, Kind: Sometimes})
		}
	}
	sortViolations(all)
	for _, v := range all {
		i := slices.IndexFunc(r.Properties, func(o Checked) bool { return o.ID == v.ID && o.Kind == v.Kind })
		if v.Kind == Sometimes && i >= 0 && r.Properties[i].Held {
			continue
		}
		if !slices.ContainsFunc(r.Violations, v.same) {
			r.Violations = append(r.Violations, v)
		}
	}
}

// same reports whether both break the same property in the same manner.
func (v Violation) same(o Violation) bool {
	return v.ID == o.ID && v.Kind == o.Kind && v.Text == o.Text
}

package explore

import (
	"cmp"
	"fmt"
	"slices"
)

// Records is the knowledge of a shard about each state that it expanded, in the order of
// fingerprints: enough to count states, steps and edges that several shards came across once only.
type Records struct {
	Prints []uint64
	Depths []uint16
	Steps  []uint16
	Ends   []int    // where in Taken the edges of the state end
	Taken  []uint16 // edges
}

func (r *Records) reset() {
	r.Prints, r.Depths, r.Steps, r.Ends, r.Taken = r.Prints[:0], r.Depths[:0], r.Steps[:0],
		r.Ends[:0], r.Taken[:0]
}

func (r *Records) take(edge int) { r.Taken = append(r.Taken, uint16(edge)) }

// end closes the record of a state, whose edges were taken before.
func (r *Records) end(fp uint64, depth, steps int) {
	r.Prints, r.Depths, r.Steps, r.Ends = append(r.Prints, fp), append(r.Depths, uint16(depth)),
		append(r.Steps, uint16(steps)), append(r.Ends, len(r.Taken))
}

// edges returns the edges of record i.
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

// check reports a contradiction in r, as in a file that was not written by an exploration of a
// system with that many edges.
func (r *Records) check(edges int) error {
	n := len(r.Prints)
	if len(r.Depths) != n || len(r.Steps) != n || len(r.Ends) != n {
		return fmt.Errorf("explore: the records of a shard do not fit together: %d states, %d depths, "+
			"%d steps, %d ends", n, len(r.Depths), len(r.Steps), len(r.Ends))
	}
	at := 0
	for i, end := range r.Ends {
		if end < at || end > len(r.Taken) {
			return fmt.Errorf("explore: the records of a shard do not fit together: "+
				"state %d ends at edge %d of %d, the one before at %d", i, end, len(r.Taken), at)
		}
		at = end
	}
	if at != len(r.Taken) {
		return fmt.Errorf("explore: the records of a shard do not fit together: "+
			"%d edges belong to no state", len(r.Taken)-at)
	}
	for _, e := range r.Taken {
		if int(e) >= edges {
			return fmt.Errorf("explore: the records of a shard do not fit together: there is no edge %d", e)
		}
	}
	return nil
}

// union sorts the records of several lists. Of those of the same state the one nearest to the start
// stays. An error says that lists disagree about a state.
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
		if r.list.Depths[r.i] == o.list.Depths[o.i] &&
			(r.list.Steps[r.i] != o.list.Steps[o.i] || !slices.Equal(r.list.edges(r.i), o.list.edges(o.i))) {
			return nil, fmt.Errorf("explore: shards disagree about the state with fingerprint %x: "+
				"they are of different programs or explorations", r.fp)
		}
	}
	return all, nil
}

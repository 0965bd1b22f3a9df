package explore

import "fmt"

// Shard names the part of a space to explore: part Index of Count, from 0. All shards walk through
// the first levels until there are enough states to deal out, and each goes on from those whose
// fingerprint is Index modulo Count, to everything reachable from there. Together they cover the
// states of one run; they overlap where different ways lead to the same states. The zero value is
// everything.
type Shard struct{ Index, Count int }

// statesPerShard is how many states there are to deal out, at least.
const statesPerShard = 8

func exploreShard[S comparable, A Action](
	sys System[S, A], props Properties[S], o Options,
) (Report[A], error) {
	shard := o.Shard
	if shard.Index < 0 || shard.Index >= shard.Count {
		return Report[A]{}, fmt.Errorf("explore: there is no shard %d of %d; they count from 0",
			shard.Index, shard.Count)
	}
	if o.Resume != nil {
		x := newExploration(sys, props, o)
		if err := x.restore(o.Resume); err != nil {
			return Report[A]{}, err
		}
		return x.run()
	}
	top := newExploration(sys, props, o)
	top.o.Snapshot, top.records, top.enough = nil, &Records{}, statesPerShard*shard.Count
	top.begin(sys.Start(), nil)
	if _, err := top.run(); err != nil {
		return top.report, err
	}
	x := newExploration(sys, props, o)
	x.depth, x.seen, x.records = top.depth, top.seen, top.records
	x.report.Steps, x.report.Edges = top.report.Steps, top.report.Edges
	for _, h := range top.hits {
		if h.State != noID {
			h.State, h.Way = noID, top.way(h.State)
		}
		x.hits = append(x.hits, h)
	}
	top.eachLeft(func(fp uint64, i id, encoded []byte) {
		if fp%uint64(shard.Count) == uint64(shard.Index) {
			x.begin(sys.Decode(encoded), top.way(i))
		}
	})
	return x.run()
}

// eachLeft calls f for the states that a bound left unlooked-at.
func (x *exploration[S, A]) eachLeft(f func(fp uint64, i id, encoded []byte)) {
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

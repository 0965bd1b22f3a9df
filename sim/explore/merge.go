package explore

import (
	"errors"
	"slices"
)

// Merge puts the reports of all shards of one exploration together, of a system with that many
// edges: the totals are exactly those of one run. The error says which records do not fit together.
func Merge[A Action](edges int, shards ...Report[A]) (Report[A], error) {
	if len(shards) == 0 {
		return Report[A]{}, errors.New("explore: nothing to merge")
	}
	r := Report[A]{Edges: make([]int, edges)}
	var lists []*Records
	for _, s := range shards {
		if s.Records == nil {
			return Report[A]{}, errors.New("explore: not the report of a shard")
		}
		if err := s.Records.check(edges); err != nil {
			return Report[A]{}, err
		}
		lists = append(lists, s.Records)
		r.Visited, r.Paths, r.Liveness = max(r.Visited, s.Visited), max(r.Paths, s.Paths),
			max(r.Liveness, s.Liveness)
		r.Frontier = max(r.Frontier, s.Frontier)
		r.Fingerprints, r.Bounded = r.Fingerprints || s.Fingerprints, r.Bounded || s.Bounded
	}
	all, err := union(lists...)
	if err != nil {
		return Report[A]{}, err
	}
	r.Records, r.States = all, len(all.Prints)
	for i := range all.Prints {
		r.Steps += int(all.Steps[i])
		r.Depth = max(r.Depth, int(all.Depths[i]))
		for _, e := range all.edges(i) {
			r.Edges[e]++
		}
	}
	r.mergeProperties(shards)
	return r, nil
}

// mergeProperties merges checked properties: one of kind sometimes holds if it does in one shard,
// any other if it does in each. A shard alone leaves the former undecided.
func (r *Report[A]) mergeProperties(shards []Report[A]) {
	r.Properties = slices.Clone(shards[0].Properties)
	var all []Violation[A]
	for _, s := range shards {
		all = append(all, s.Violations...)
		for _, p := range s.Properties {
			i := slices.IndexFunc(r.Properties,
				func(o Checked) bool { return o.ID == p.ID && o.Kind == p.Kind })
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
			all = append(all, Violation[A]{ID: p.ID, Text: "never: " + p.Text, Kind: Sometimes})
		}
	}
	sortViolations(all)
	for _, v := range all {
		i := slices.IndexFunc(r.Properties,
			func(o Checked) bool { return o.ID == v.ID && o.Kind == v.Kind })
		if v.Kind == Sometimes && i >= 0 && r.Properties[i].Held {
			continue
		}
		r.add(v)
	}
}

package explore

import "slices"

// trail has the successors of the states of a chunk.
type trail struct {
	Part    int
	First   uint32
	Degrees []uint16
	Edges   []id
}

func newTrail(part int, first uint32, degrees []uint16, edges []id) trail {
	return trail{part, first, slices.Clone(degrees), slices.Clone(edges)}
}

// eventually checks the properties that must hold somewhere, and the promises that must be
// fulfilled.
func (x *exploration[S, A]) eventually() {
	for i, p := range x.props.Sometimes {
		switch {
		case x.seen&(1<<i) != 0:
		case x.bounded(), x.records != nil && x.enough == 0:
			x.report.mark(Sometimes, p.ID, p.Text, func(c *Checked) { c.Undecided = true })
		default:
			x.hits = append(x.hits, hit{ID: p.ID, Text: "never: " +
				p.Text, Kind: Sometimes, State: noID, Step: -1})
		}
	}
	for i, p := range x.props.LeadsTo {
		x.leadsTo(i, p)
	}
}

// leadsTo searches for a state where promise number i begins and that has a fair run on which it is
// not fulfilled.
//
// Kept is a state where the promise is fulfilled already, and one that cannot be stayed in for
// ever, as a fair step leads away from it, and all of whose steps lead to kept states or back to
// it. Nothing else is. That is exact as long as runs cannot go in larger circles, and on the safe
// side where they can. States beyond the bound of depth, and those with a step that breaks a
// property, count as kept.
//
// No run spends for ever. So a step that spends needs to lead only to a state from which every run
// gets there or spends for ever: those states, granted at first, are narrowed down until nothing
// changes.
func (x *exploration[S, A]) leadsTo(i int, p Promise[S]) {
	kept := x.kept(i, nil)
	for x.spends {
		granted := kept
		if kept = x.kept(i, granted); kept.equal(granted) {
			break
		}
	}
	if state := x.unkept(uint8(1)<<(2*i), *kept); state != noID {
		x.hits = append(x.hits, hit{ID: p.ID, Text: "not always: " +
			p.Text, Kind: LeadsTo, State: state, Step: -1})
	}
}

// kept returns the states that are kept if those granted are, where something is spent; nil grants
// all.
func (x *exploration[S, A]) kept(i int, granted *marks) *marks {
	to, kept := uint8(2)<<(2*i), newMarks(&x.visited)
	for part := range parts {
		beyond := int(x.first[part])
		if x.at != (cursor{}) {
			beyond = len(x.flags[part])
		}
		for place, f := range x.flags[part] {
			if f&(to|brokenFlag) != 0 || place >= beyond {
				kept.set(idOf(part, uint32(place)))
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, t := range slices.Backward(x.trail) {
			changed = t.spread(kept, granted) || changed
		}
	}
	return &kept
}

// unkept returns the first state where a promise is on and never fulfilled: if possible one in
// which a run can stay, else one from where a run can go in circles; noID if there is none.
func (x *exploration[S, A]) unkept(from uint8, kept marks) (circling id) {
	circling = noID
	for _, t := range x.trail {
		at := 0
		for k, n := range t.Degrees {
			edges := t.Edges[at : at+int(n)]
			at += len(edges)
			s := idOf(t.Part, t.First+uint32(k))
			if x.flags[t.Part][s.place()]&from == 0 || kept.has(s) {
				continue
			}
			if !slices.ContainsFunc(edges, func(e id) bool { return e&fairLabel != 0 && e.bare() != s }) {
				return s
			}
			if circling == noID {
				circling = s
			}
		}
	}
	return circling
}

// spread marks the states of the trail that are kept because of their successors.
func (t trail) spread(kept marks, granted *marks) (changed bool) {
	end := len(t.Edges)
	for k := len(t.Degrees) - 1; k >= 0; k-- {
		edges := t.Edges[end-int(t.Degrees[k]) : end]
		end -= len(edges)
		if s := idOf(t.Part, t.First+uint32(k)); !kept.has(s) && leads(s, edges, kept, granted) {
			kept.set(s)
			changed = true
		}
	}
	return changed
}

func leads(s id, edges []id, kept marks, granted *marks) bool {
	fair := false
	for _, e := range edges {
		switch to := e.bare(); {
		case to == s:
		case e&spendsLabel != 0 && !kept.has(to) && granted != nil && !granted.has(to),
			e&spendsLabel == 0 && !kept.has(to):
			return false
		case e&fairLabel != 0:
			fair = true
		}
	}
	return fair
}

// marks is a set of states, one bit each.
type marks [parts][]uint64

func newMarks(v *[parts]visited) (m marks) {
	for p := range m {
		m[p] = make([]uint64, len(v[p].prints)/64+1)
	}
	return m
}

func (m *marks) equal(o *marks) bool {
	for p := range m {
		if !slices.Equal(m[p], o[p]) {
			return false
		}
	}
	return true
}

func (m *marks) has(i id) bool { return m[i.part()][i.place()/64]&(1<<(i.place()%64)) != 0 }
func (m *marks) set(i id)      { m[i.part()][i.place()/64] |= 1 << (i.place() % 64) }

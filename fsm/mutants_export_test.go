package fsm

import (
	"fmt"
	"slices"

	"example.com/khp/internal/inside"
)

// mutateCells yields the mutants of cells that do nothing: an event that is ignored becomes misuse,
// misuse is ignored, and either is accepted; false ends.
func mutateCells(side string, places func(visit func(place) bool), yield func(Mutant) bool) bool {
	more := true
	places(func(p place) bool {
		for v := Accepted; v <= Misuse; v++ {
			if r := p.row; r.verdict != Accepted && v != r.verdict {
				original, mutated := *r, *r
				mutated.verdict = v
				name := fmt.Sprintf("%s cell %s %s [%s] %s: %s",
					side, p.from, p.event, guardText(r.mask, r.want), r.verdict, v)
				if more = yield(Mutant{name, side, p.cell, func() { *r = mutated },
					func() { *r = original }}); !more {
					return false
				}
			}
		}
		return true
	})
	return more
}

// mutateOrder yields two neighbouring rows of a cell exchanged, where that makes a difference in
// some world; false ends.
func mutateOrder(side string, places func(visit func(place) bool), yield func(Mutant) bool) bool {
	more := true
	places(func(p place) bool {
		for i := range p.table[:len(p.table)-1] {
			if &p.table[i] != p.row {
				continue
			}
			c := p.table
			swap := func() { c[i], c[i+1] = c[i+1], c[i] }
			if !differs(c, swap) {
				continue
			}
			name := fmt.Sprintf("%s order %s %s: row %d [%s] behind the next one",
				side, p.from, p.event, i, guardText(p.row.mask, p.row.want))
			if more = yield(Mutant{name, side, p.cell, swap, swap}); !more {
				return false
			}
		}
		return true
	})
	return more
}

// differs reports whether a change that undoes itself makes a cell do something else in some world.
func differs(c cell, change func()) bool {
	var involved bits
	for i := range c {
		involved |= c[i].mask
	}
	outcome := func(w bits) row {
		chosen := *c.match(w)
		chosen.mask, chosen.want = 0, 0
		return chosen
	}
	for w := involved; ; w = (w - 1) & involved {
		if w&planFail != 0 && w&planClose != 0 || w&kaazing != 0 && w&auto != 0 {
			continue // there is one plan and one profile
		}
		before := outcome(w)
		change()
		after := outcome(w)
		change()
		if before != after {
			return true
		}
		if w == 0 {
			return false
		}
	}
}

// aboutTimer reports whether an effect is an order to a timer.
func aboutTimer(e Effect) bool {
	switch e.Kind {
	case EffectArmTimer, EffectStopTimer, EffectPauseTimer, EffectResumeTimer, EffectStopTimers:
		return true
	}
	return false
}

// commute reports whether the order of two effects is irrelevant: the orders of a step are carried
// out at once, so it matters only among writes, and among orders to the same timer.
func commute(a, b Effect) bool {
	if aboutTimer(a) != aboutTimer(b) {
		return true
	}
	stops := a.Kind == EffectStopTimers || b.Kind == EffectStopTimers
	return aboutTimer(a) && !stops && a.Timer != b.Timer
}

// reordered and enriched list the changes of a row beside those of its parts: two effects
// exchanged, one more effect, one more mark. live are the marks that mean something after the row,
// certain those that are set before it anyway.
func reordered(r row) (list []mutated) {
	for i := range r.effects[:max(0, int(r.n)-1)] {
		if m := r; !commute(r.effects[i], r.effects[i+1]) && r.effects[i] != r.effects[i+1] {
			m.effects[i], m.effects[i+1] = m.effects[i+1], m.effects[i]
			list = append(list, mutated{fmt.Sprintf("%s behind %s",
				r.effects[i].Kind, r.effects[i+1].Kind), m})
		}
	}
	return list
}

func enriched(r row, timers []Timer, live, certain marks) (list []mutated) {
	add := func(what string, e Effect) {
		if int(r.n) == inside.MaxEffects || slices.Contains(r.effects[:r.n], e) {
			return
		}
		m := r
		at := int(r.n)
		if at > 0 && (r.effects[at-1].Kind == EffectFail || r.effects[at-1].Kind == EffectClosed) {
			at-- // nothing can follow the end
		}
		copy(m.effects[at+1:], r.effects[at:r.n])
		m.effects[at] = e
		m.n++
		list = append(list, mutated{"also " + what, m})
	}
	for k := EffectDial; k <= EffectFail; k++ {
		if e := (Effect{Kind: k}); !aboutTimer(e) {
			if k == EffectSendClose || k == EffectSendResponse || k == EffectRefuseOpening {
				e.Code = 1000
			}
			add(k.String(), e)
		}
	}
	for _, t := range timers {
		add("ArmTimer "+t.String(), Effect{Kind: EffectArmTimer, Timer: t})
	}
	for b := marks(1); b <= markOpened; b <<= 1 {
		if m := r; live&^certain&b != 0 && r.mark&b == 0 {
			m.mark, m.unmark, m.op = r.mark|b, r.unmark&^b, r.op|opMarks
			list = append(list, mutated{fmt.Sprintf("also mark %b", b), m})
		}
	}
	return list
}

// guarded lists the guards that a row can have beside its own, of those that other rows of its cell
// have. The last row has none: one row is always taken.
func guarded(p place) (list []mutated) {
	if p.row == &p.table[len(p.table)-1] {
		return nil
	}
	var others bits
	for _, r := range p.table {
		others |= r.mask
	}
	for b := bits(1); b != 0; b <<= 1 {
		if b&others&^p.row.mask == 0 {
			continue
		}
		for _, what := range []string{"unless", "if"} {
			m := *p.row
			if m.mask |= b; what == "if" {
				m.want |= b
			}
			if differs(p.table, func() { *p.row, m = m, *p.row }) {
				list = append(list, mutated{"only " + what + " " + bitNames[b], m})
			}
		}
	}
	return list
}

// liveMarks tells for each phase which marks some row may still ask for, before they are written
// again. A mark that is not alive makes no difference there.
func liveMarks[T [clientInputs]cell | [serverInputs]cell](table []T) []marks {
	live := make([]marks, len(table))
	for changed := true; changed; {
		changed = false
		for p := 1; p < len(table); p++ {
			was := live[p]
			for in := 1; in < len(table[p]); in++ {
				for _, r := range table[p][in] {
					live[p] |= marks(r.mask >> condMarks)
					if r.verdict != Accepted {
						continue
					}
					next := p
					if r.next != 0 {
						next = int(r.next)
					}
					keeps := ^(r.mark | r.unmark)
					if r.op&opNewConnection != 0 {
						keeps &= markProxy
					}
					live[p] |= live[next] & keeps
				}
			}
			changed = changed || live[p] != was
		}
	}
	return live
}

// certainMarks tells for each phase which marks are set whenever a machine is in it.
func certainMarks[T [clientInputs]cell | [serverInputs]cell](table []T, first int) []marks {
	certain := make([]marks, len(table))
	for p := range certain {
		certain[p] = ^marks(0)
	}
	certain[first] = 0
	for changed := true; changed; {
		changed = false
		for p := 1; p < len(table); p++ {
			for in := 1; in < len(table[p]); in++ {
				for _, r := range table[p][in] {
					if r.verdict != Accepted || r.next == 0 {
						continue
					}
					after := certain[p] | marks(r.want>>condMarks)
					if r.op&opNewConnection != 0 {
						after &= markProxy
					}
					after = after&^r.unmark | r.mark
					if was := certain[r.next]; was&after != was {
						certain[r.next], changed = was&after, true
					}
				}
			}
		}
	}
	return certain
}

// wanted are the marks that the guard of a server's row asks for.
func (r *row) wanted() marks {
	m := marks(r.want >> condMarks)
	if r.want&kaazing != 0 {
		m |= markKaazing
	}
	return m
}

// clientTimerList and serverTimerList are the timers of each side.
var (
	clientTimerList = []Timer{TimerOpening, TimerResponse, TimerWait, TimerCredentials,
		TimerOverall, TimerClose}
	serverTimerList = []Timer{TimerRequest, TimerBody, TimerReplay, TimerOverall, TimerClose}
)

// mutateMore yields the mutants of one machine beyond those of the parts of its edges; false ends.
func mutateMore(side string, places func(visit func(place) bool), yield func(Mutant) bool) bool {
	timers, live, certain := clientTimerList, liveMarks(clientTable[:]),
		certainMarks(clientTable[:], int(ClientIdle))
	if side == "server" {
		timers, live, certain = serverTimerList, liveMarks(serverTable[:]),
			certainMarks(serverTable[:], int(ServerOpening))
		for p := range live {
			live[p] |= markKaazing // a guard reads it as the profile, and so do hosts
		}
	}
	more := mutateCells(side, places, yield) && mutateOrder(side, places, yield)
	places(func(p place) bool {
		if !more || p.row.verdict != Accepted {
			return more
		}
		r, next := p.row, phaseOf(side, p.cell)
		if r.next != 0 {
			next = r.next
		}
		known := (certain[phaseOf(side, p.cell)] | marks(r.want>>condMarks)) &^ r.unmark
		if side == "server" {
			known |= r.wanted()
		}
		for _, m := range slices.Concat(reordered(*r), guarded(p),
			enriched(*r, timers, live[next], known)) {
			original, mutated := *r, m.row
			name := fmt.Sprintf("%s edge %d %s [%s]: %s",
				side, r.index, r.id, guardText(r.mask, r.want), m.what)
			if more = yield(Mutant{name, side, p.cell, func() { *r = mutated },
				func() { *r = original }}); !more {
				return false
			}
		}
		return true
	})
	return more
}

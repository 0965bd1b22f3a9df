package formal

import (
	"iter"
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/sim/model"
)

// rowsOf iterates over all rows of the client or the server, also those that ignore their event.
func rowsOf(s model.Side) iter.Seq[fsm.Row] {
	if s == model.Server {
		return fsm.ServerRows()
	}
	return fsm.ClientRows()
}

// cell has the rows of a phase for an event, with guards that exclude each other: the order of rows
// no longer matters.
type cell struct {
	phase, column string
	first         int // number of the first row among those of the machine
	rows          []fsm.Row
	when          []guard // of each row
}

// cellsOf returns the cells of a machine in order.
func cellsOf(m model.Side) (list []cell) {
	rows := 0
	for r := range rowsOf(m) {
		if n := len(list); n == 0 || list[n-1].phase != r.From || list[n-1].column != r.Event {
			list = append(list, cell{phase: r.From, column: r.Event, first: rows})
		}
		rows++
		c := &list[len(list)-1]
		c.rows = append(c.rows, r)
	}
	for i := range list {
		list[i].when = exclusive(list[i].rows)
	}
	return list
}

// guard is a conjunction of clauses, a clause a disjunction of conditions. The empty guard holds,
// the empty clause does not.
type guard []clause
type clause []fsm.Condition

// exclusive returns the guard of each row, with "and none of the rows before it" written out and
// shortened.
func exclusive(rows []fsm.Row) (list []guard) {
	for i, r := range rows {
		var g guard
		for _, c := range r.When {
			g = append(g, clause{c})
		}
		for _, earlier := range rows[:i] {
			var none clause
			for _, c := range earlier.When {
				none = append(none, not(c))
			}
			g = append(g, none)
		}
		list = append(list, g.shorten())
	}
	return list
}

func not(c fsm.Condition) fsm.Condition { return fsm.Condition{Name: c.Name, Not: !c.Not} }

// shorten drops clauses and conditions that follow from those that stand alone, until nothing
// changes.
func (g guard) shorten() guard {
	for {
		known := map[string]bool{}
		for _, c := range g {
			if len(c) == 1 {
				known[c[0].Name] = !c[0].Not
			}
		}
		var out guard
		seen := map[fsm.Condition]bool{}
		for _, c := range g {
			if len(c) == 1 {
				if known[c[0].Name] == c[0].Not {
					return guard{{}} // both ways: it cannot hold
				}
				if !seen[c[0]] {
					seen[c[0]], out = true, append(out, c)
				}
				continue
			}
			if short, open := c.given(known); open {
				out = append(out, short)
			}
		}
		if slices.EqualFunc(out, g, slices.Equal) {
			return out
		}
		g = out
	}
}

// given drops the conditions that are known not to hold; open is false if the clause is known to
// hold.
func (c clause) given(known map[string]bool) (short clause, open bool) {
	for _, x := range c {
		value, ok := known[x.Name]
		if ok && value != x.Not {
			return nil, false
		}
		if !ok {
			short = append(short, x)
		}
	}
	return short, true
}

// given is g where some conditions are known; never means that it cannot hold then.
func (g guard) given(known map[string]bool) (rest guard, never bool) {
	for _, c := range g {
		short, open := c.given(known)
		if open && len(short) == 0 {
			return nil, true
		}
		if open {
			rest = append(rest, short)
		}
	}
	return rest, false
}

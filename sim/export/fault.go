package export

import (
	"slices"

	"example.com/khp/fsm"
)

// Fault is a mistake in a table that every checker must find: models carry it behind a switch, and tests put it into the table itself.
type Fault struct {
	Name     string // the switch is FAULT_ and this
	Text     string
	Property string // that it breaks, one of them
	Machine  Machine
	Row      int // of the machine's rows, from 0
	Changed  fsm.Row
}

// Faults returns all faults, in a fixed order.
func Faults() []Fault { return nil }

// cell returns c as the fault leaves it; ok is false if it leaves it alone.
func (f Fault) cell(side Machine, c cell) (changed cell, ok bool) {
	if f.Machine != side || f.Changed.From != c.phase || f.Changed.Event != c.column {
		return c, false
	}
	changed.phase, changed.column = c.phase, c.column
	changed.rows = slices.Clone(c.rows)
	changed.when = exclusive(changed.rows)
	return changed, true
}

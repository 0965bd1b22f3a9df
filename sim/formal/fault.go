package formal

import (
	"slices"

	"example.com/khp/sim/model"
)

// Faults returns those that models carry behind a switch.
func Faults() []model.Fault {
	return slices.DeleteFunc(model.Faults(), func(f model.Fault) bool { return !f.Pair })
}

// with returns c as the fault leaves it; ok is false if it leaves it alone.
func (c cell) with(f model.Fault, side model.Side) (changed cell, ok bool) {
	i := f.Row - c.first
	if f.Side != side || i < 0 || i >= len(c.rows) {
		return c, false
	}
	c.rows = slices.Clone(c.rows)
	c.rows[i] = f.Changed
	c.when = exclusive(c.rows)
	return c, true
}

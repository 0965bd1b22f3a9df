package formal

import (
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
	"example.com/khp/sim/model"
)

// wording is how a modelling language writes conditions.
type wording struct {
	and, or, not, never, less string
	fact                      func(name string) string
	mark                      func(side model.Side, name string) string
	count                     func(side model.Side, name string) string
	phase                     func(side model.Side, phase string) string
}

var promelaWords = wording{
	and: " && ", or: " || ", not: "!", never: "false", less: " < ",
	fact:  func(name string) string { return "has(" + factName(name) + ")" },
	mark:  func(side model.Side, name string) string { return model.VarName(prefix(side)+"_", name) },
	count: func(side model.Side, name string) string { return prefix(side) + "_" + name },
	phase: func(side model.Side, phase string) string {
		return prefix(side) + "_phase == " + phaseName(side, phase)
	},
}

// switches are conditions that follow from configuration.
var switches = map[string]struct {
	setting string
	inverse bool
}{
	"terminator required": {"TERMINATOR_OPTIONAL", true}, "plain fallback": {"PLAIN_FALLBACK", false},
	"Expect sent": {"EXPECT", false}, "GET": {"OTHER_METHOD", true},
	"redirects on": {"NO_REDIRECTS", true}, "may wait": {"NO_WAIT", true},
	"proxy configured": {"PROXY", false}, "upgrade on": {"UPGRADE", false},
	"auto": {"AUTO", false}, "plain served": {"SERVE_PLAIN", false}, "unchecked": {"UNCHECKED", false},
	"obligations met": {"OBLIGATIONS_MET", false},
}

// budgets are conditions that follow from a count and its bound.
var budgets = map[model.Side]map[string][2]string{
	model.Client: {"redirects left": {"redirects", "MAX_REDIRECTS"},
		"replays left": {"replays", "MAX_REPLAYS"}, "interim left": {"interim", "MAX_INTERIM"}},
	model.Server: {"replays left": {"replays", "MAX_CHALLENGES"},
		"interim left": {"interim", "MAX_DEFERRALS"}},
}

// facts are the names of all facts.
var facts = func() (list []string) {
	for f := fsm.FactTargetUsable; f <= fsm.FactReroute; f <<= 1 {
		list = append(list, f.String())
	}
	return list
}()

// condition writes one condition. A name that is none of the known kinds is written as it is, which
// no checker accepts.
func (w wording) condition(side model.Side, c fsm.Condition) string {
	text, inverse := c.Name, c.Not
	if b, ok := budgets[side][c.Name]; ok {
		text = "(" + w.count(side, b[0]) + w.less + b[1] + ")"
	} else if s, ok := switches[c.Name]; ok {
		text, inverse = s.setting, c.Not != s.inverse
	} else if slices.Contains(facts, c.Name) {
		text = w.fact(c.Name)
	} else if slices.Contains(markNames(side), c.Name) {
		text = w.mark(side, c.Name)
	} else if c.Name == "kaazing" {
		text = "KAAZING"
	}
	if inverse {
		return w.not + text
	}
	return text
}

// markNames are the marks of a machine.
func markNames(side model.Side) []string {
	client, server := tables.FSM.MarkNames()
	if side == model.Server {
		return server
	}
	return client
}

// guard writes the clauses of a guard.
func (w wording) guard(side model.Side, g guard) (list []string) {
	for _, c := range g {
		var parts []string
		for _, x := range c {
			parts = append(parts, w.condition(side, x))
		}
		text := strings.Join(parts, w.or)
		switch {
		case len(parts) == 0:
			text = w.never
		case len(parts) > 1:
			text = "(" + text + ")"
		}
		list = append(list, text)
	}
	return list
}

// heeds writes when some row of a machine accepts an event, given facts.
func (w wording) heeds(side model.Side, column string, known map[string]bool) string {
	var any []string
	for _, c := range cellsOf(side) {
		if c.column != column {
			continue
		}
		for i, r := range c.rows {
			rest, never := c.when[i].given(known)
			if r.Verdict == fsm.Accepted && !never {
				any = append(any,
					"("+strings.Join(append([]string{w.phase(side, c.phase)}, w.guard(side, rest)...), w.and)+")")
			}
		}
	}
	return "(" + strings.Join(any, w.or) + ")"
}

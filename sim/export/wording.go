package export

import (
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/sim"
)

// wording is how a language writes conditions.
type wording struct {
	and, or, not, open, close string
	is                        string // a mark is set
	never                     string
	in                        func(fact string) string
	equal                     string
	less                      string
	phase                     func(side Machine, phase string) string
}

var promelaWords = wording{
	and: " && ", or: " || ", not: "!", open: "(", close: ")", equal: " == ", less: " < ", never: "false",
	in:    func(fact string) string { return "has(" + fact + ")" },
	phase: phaseName,
}

// switches are conditions that follow from configuration.
var switches = map[string]struct {
	setting string
	inverse bool
}{
	"terminator required": {"TERMINATOR_OPTIONAL", true}, "plain fallback": {"PLAIN_FALLBACK", false}, "Expect sent": {"EXPECT", false}, "GET": {"OTHER_METHOD", true},
	"redirects on": {"NO_REDIRECTS", true}, "may wait": {"NO_WAIT", true}, "proxy configured": {"PROXY", false}, "upgrade on": {"UPGRADE", false},
	"auto": {"AUTO", false}, "plain served": {"SERVE_PLAIN", false}, "unchecked": {"UNCHECKED", false}, "obligations met": {"OBLIGATIONS_MET", false},
}

// budgets are conditions that follow from a count and its bound.
var budgets = map[Machine]map[string][2]string{
	Client: {"redirects left": {"c_redirects", "MAX_REDIRECTS"}, "replays left": {"c_replays", "MAX_REPLAYS"}, "interim left": {"c_interim", "MAX_INTERIM"}},
	Server: {"replays left": {"s_replays", "MAX_CHALLENGES"}, "interim left": {"s_interim", "MAX_DEFERRALS"}},
}

// facts are the names of all facts.
var facts = func() (list []string) {
	for f := fsm.FactTargetUsable; f <= fsm.FactReroute; f <<= 1 {
		list = append(list, f.String())
	}
	return list
}()

// condition writes one condition. A name that is none of the known kinds is written as it is, which no checker accepts.
func (w wording) condition(side Machine, c fsm.Condition) string {
	text, inverse := c.Name, c.Not
	if b, ok := budgets[side][c.Name]; ok {
		text = w.open + b[0] + w.less + b[1] + w.close
	} else if s, ok := switches[c.Name]; ok {
		text, inverse = s.setting, c.Not != s.inverse
	} else if slices.Contains(facts, c.Name) {
		text = w.in(factName(c.Name))
	} else if mark := sim.VarName(side.prefix()+"_", c.Name); slices.Contains(marksOf(side), mark) {
		text = mark + w.is
	} else if c.Name == "kaazing" {
		text = "KAAZING"
	}
	if inverse {
		return w.not + text
	}
	return text
}

// guard writes the clauses of a guard.
func (w wording) guard(side Machine, g guard) (list []string) {
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
			text = w.open + text + w.close
		}
		list = append(list, text)
	}
	return list
}

func (w wording) phaseIs(side Machine, phase string) string {
	return side.prefix() + "_phase" + w.equal + w.phase(side, phase)
}

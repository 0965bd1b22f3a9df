package prove

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/fsm"
)

// limit is a count that rows increase, and its largest value.
type limit struct{ count, max string }

// limits are the counts of a machine. Their bounds are any numbers from 0 to 255, the values of a
// byte.
type limits struct {
	of         map[string]limit // by the condition that asks whether anything is left
	counts     []string
	maxima     []string
	candidates []string                     // formulas to begin with; "if" conditions are added
	properties []limitGoal                  // conditions on every state
	after      func(*run) map[string]string // formulas of the counts after a row
}

// limitGoal is a property about counts.
type limitGoal struct{ id, text, formula string }

// connections counts the connections of a connect call, without those for a login in the opening
// handshake.
const connections = "connections"

// followed is how many follow-up connections there may be so far: redirects and one proxy retry.
const followed = "(+ |redirects| (ite |proxy tried| 1 0))"

var clientLimits = limits{
	of: map[string]limit{
		"redirects left": {"redirects", "max redirects"}, "replays left": {"replays", "max replays"},
		"interim left": {"interim", "max interim"},
	},
	counts: []string{"redirects", "replays", "interim", connections},
	maxima: []string{"max redirects", "max replays", "max interim"},
	candidates: []string{
		"(<= |redirects| |max redirects|)", "(< |redirects| |max redirects|)",
		"(<= |replays| |max replays|)", "(< |replays| |max replays|)",
		"(<= |interim| |max interim|)", "(< |interim| |max interim|)",
		"(<= |connections| " + followed + ")", "(<= |connections| (+ 1 " + followed + "))",
	},
	properties: []limitGoal{
		{"INV-20", "no more replays than allowed, whatever their limit", "(<= |replays| |max replays|)"},
		{"INV-21", "no more redirects than allowed, whatever their limit",
			"(<= |redirects| |max redirects|)"},
		{"INV-21", "no more connections than the largest number of redirects and two, " +
			"logins in the opening handshake not counted", "(<= |connections| (+ 2 |max redirects|))"},
		{"KHP-STATUS-202-02", "no more interim responses than allowed, whatever their limit",
			"(<= |interim| |max interim|)"},
	},
	after: func(r *run) map[string]string {
		kind, _ := r.event()
		at := map[string]string{}
		count(at, "redirects", r.row.Changes.Redirect, false)
		count(at, "replays", r.row.Changes.Replay, r.row.Changes.NewConnection)
		count(at, "interim", r.row.Changes.Interim, r.row.Changes.NewConnection)
		dials := slices.ContainsFunc(r.row.Effects,
			func(e fsm.Effect) bool { return e.Kind == fsm.EffectDial })
		count(at, connections, dials && kind != "CredentialsSupplied", false)
		return at
	},
}

var serverLimits = limits{
	of: map[string]limit{
		"replays left": {"challenges", "max challenges"}, "interim left": {"deferrals", "max deferrals"},
	},
	counts: []string{"challenges", "deferrals"}, maxima: []string{"max challenges", "max deferrals"},
	candidates: []string{"(<= |challenges| |max challenges|)", "(<= |deferrals| |max deferrals|)"},
	properties: []limitGoal{
		{"KHP-STATUS-401-03", "no more challenges than allowed, whatever their limit",
			"(<= |challenges| |max challenges|)"},
		{"KHP-STATUS-202-01", "no more deferrals than allowed, whatever their limit",
			"(<= |deferrals| |max deferrals|)"},
	},
	after: func(r *run) map[string]string {
		at := map[string]string{}
		count(at, "challenges", r.row.Changes.Replay, false)
		count(at, "deferrals", r.row.Changes.Interim, false)
		return at
	},
}

// count notes the change of a count.
func count(at map[string]string, name string, more, anew bool) {
	at[name] = quoted(name)
	if anew {
		at[name] = "0"
	}
	if more {
		at[name] = "(+ 1 " + at[name] + ")"
	}
}

// Bound is a formula about counts that holds in every reachable state.
type Bound struct {
	formula   string
	phase     string // "" for every phase
	unplanned bool   // only while the connection is not to end for good
	Text      string
}

// holds is the formula of the bound in a phase, "" if it says nothing there.
func (b Bound) holds(phase string, at func(string) string) string {
	if b.phase != "" && b.phase != phase {
		return ""
	}
	f := at(b.formula)
	if b.unplanned {
		f = fmt.Sprintf("(or %s %s %s)", at("|plan fail|"), at("|plan close|"), f)
	}
	return f
}

// bounds lists the formulas to begin with, as far as they hold at the start.
func (m *Machine) bounds() (list []Bound) {
	for _, f := range m.limits.candidates {
		strict := strings.HasPrefix(f, "(< ")
		if !strict {
			list = append(list, Bound{formula: f})
		}
		for _, p := range m.phases {
			if strict && p == m.first {
				continue
			}
			list = append(list, Bound{formula: f, phase: p})
			if strings.Contains(f, connections) {
				list = append(list, Bound{formula: f, phase: p, unplanned: true})
			}
		}
	}
	for i, b := range list {
		list[i].Text = b.words()
	}
	return list
}

// plain drops the bounds that others say more generally.
func plain(list []Bound) []Bound {
	return slices.DeleteFunc(slices.Clone(list), func(b Bound) bool {
		return slices.ContainsFunc(list, func(o Bound) bool {
			return o.formula == b.formula &&
				(o.phase == "" && b.phase != "" || o.phase == b.phase && !o.unplanned && b.unplanned)
		})
	})
}

// words writes the bound as a sentence.
func (b Bound) words() string {
	text := strings.NewReplacer(followed, "redirects and proxy retries", "|", "").Replace(b.formula)
	text = strings.NewReplacer("(+ 1 redirects and proxy retries)", "1 + redirects and proxy retries").
		Replace(text)
	op, rest, _ := strings.Cut(strings.Trim(text, "()"), " ")
	left, right, _ := strings.Cut(rest, " ")
	text = fmt.Sprintf("%s %s %s", left, strings.NewReplacer("<=", "≤").Replace(op), right)
	switch {
	case b.phase != "" && b.unplanned:
		return fmt.Sprintf("in %s, unless the plan is to fail or to close: %s", b.phase, text)
	case b.phase != "":
		return fmt.Sprintf("in %s: %s", b.phase, text)
	}
	return text
}

// Bounds finds bounds of counts that every row keeps, for all values of their limits. Invariants
// are those of [Machine.Invariants].
func (m *Machine) Bounds(s Solver, invariants []Invariant) ([]Bound, error) {
	h, err := m.counting(s, invariants)
	if err != nil {
		return nil, err
	}
	list := m.bounds()
	for changed := true; changed; {
		changed = false
		for _, p := range m.phases {
			dropped, err := h.keepBounds(p, &list)
			if err != nil {
				return nil, err
			}
			changed = changed || dropped
		}
	}
	return plain(list), nil
}

// CheckBounds returns the rows that break a property about counts, or one of the bounds, from
// states in which all of them hold.
func (m *Machine) CheckBounds(
	s Solver, invariants []Invariant, bounds []Bound,
) ([]Refutation, error) {
	h, err := m.counting(s, invariants)
	if err != nil {
		return nil, err
	}
	return h.checkBounds(bounds)
}

// counting prepares questions about counts.
func (m *Machine) counting(s Solver, invariants []Invariant) (*houdini, error) {
	h, err := m.knowing(s, invariants)
	if err != nil {
		return nil, err
	}
	return h, h.declareCounts()
}

// declareCounts declares counts and limits.
func (h *houdini) declareCounts() error {
	l := h.m.limits
	if err := declare(h.solver, "Int", append(slices.Clone(l.counts), l.maxima...)); err != nil {
		return err
	}
	var b strings.Builder
	for _, c := range l.counts {
		fmt.Fprintf(&b, "(assert (>= %s 0))\n", quoted(c))
	}
	for _, c := range l.maxima {
		fmt.Fprintf(&b, "(assert (<= 0 %s 255))\n", quoted(c))
	}
	for name, c := range l.of {
		fmt.Fprintf(&b, "(assert (= %s (< %s %s)))\n", quoted(name), quoted(c.count), quoted(c.max))
	}
	return h.solver.Tell(b.String())
}

// replacer writes formulas with the values after a row.
func (h *houdini) replacer(r *run) func(string) string {
	var pairs []string
	for name, f := range h.m.limits.after(r) {
		pairs = append(pairs, quoted(name), f)
	}
	for _, name := range []string{"proxy tried", "plan fail", "plan close"} {
		if t, ok := r.at[name]; ok {
			pairs = append(pairs, quoted(name), t.String())
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

func asBefore(formula string) string { return formula }

// assumeBounds asserts the known bounds before a step out of a phase.
func (h *houdini) assumeBounds(phase string, list []Bound) error {
	if err := h.assume(h.words.phase(phase)); err != nil {
		return err
	}
	var b strings.Builder
	for _, x := range list {
		if f := x.holds(phase, asBefore); f != "" {
			fmt.Fprintf(&b, "(assert %s)\n", f)
		}
	}
	return h.solver.Tell(b.String())
}

// counts reports whether a row can change the truth of bounds, which are about counts, phases and
// marks.
func (r *run) counts() bool {
	c := r.row.Changes
	return r.row.To != r.row.From || c.Interim || c.Replay || c.Redirect || c.NewConnection ||
		len(c.Set)+len(c.Clear) > 0
}

// keepBounds drops the bounds that a row out of a phase breaks.
func (h *houdini) keepBounds(phase string, list *[]Bound) (dropped bool, err error) {
	if err := h.assumeBounds(phase, *list); err != nil {
		return false, err
	}
	for _, r := range h.runs[phase] {
		if !r.counts() {
			continue
		}
		at := h.replacer(r)
		var all []string
		for _, b := range *list {
			if f := b.holds(r.row.To, at); f != "" {
				all = append(all, f)
			}
		}
		if some, err := h.breaks(r, "(and true "+strings.Join(all, " ")+")", nil); err != nil || !some {
			if err != nil {
				return false, err
			}
			continue
		}
		var kept []Bound
		for _, b := range *list {
			if f := b.holds(r.row.To, at); f != "" {
				broken, err := h.breaks(r, f, nil)
				if err != nil {
					return false, err
				}
				if broken {
					dropped = true
					continue
				}
			}
			kept = append(kept, b)
		}
		*list = kept
	}
	return dropped, h.solver.Tell("(pop)\n")
}

// checkBounds checks the properties about counts after every row.
func (h *houdini) checkBounds(list []Bound) (refuted []Refutation, err error) {
	for _, p := range h.m.phases {
		if !slices.ContainsFunc(h.runs[p], (*run).counts) {
			continue
		}
		if err := h.assumeBounds(p, list); err != nil {
			return nil, err
		}
		for _, r := range h.runs[p] {
			if !r.counts() {
				continue
			}
			at := h.replacer(r)
			goals := slices.Clone(h.m.limits.properties)
			for _, b := range list {
				if f := b.holds(r.row.To, asBefore); f != "" {
					goals = append(goals, limitGoal{invariantID, b.Text, f})
				}
			}
			for _, g := range goals {
				broken, err := h.breaks(r, at(g.formula), nil)
				if err != nil {
					return nil, err
				}
				if broken {
					refuted = append(refuted, Refutation{ID: g.id, Text: g.text, Row: r.id(), Cell: r.cell(),
						State: []string{"in " + p}})
				}
			}
		}
		if err := h.solver.Tell("(pop)\n"); err != nil {
			return nil, err
		}
	}
	return refuted, nil
}

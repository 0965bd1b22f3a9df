package prove

import (
	"fmt"
	"slices"
	"strings"
)

// Invariants returns the largest set of candidates that hold at the start and that every row keeps,
// if all of them hold before it. Candidates are first all literals, in each phase and everywhere,
// and all pairs of them; then also, in each phase, the pairs of literals that are open there.
func (m *Machine) Invariants(s Solver) ([]Invariant, error) {
	h := newHoudini(m, s)
	if err := h.declare(); err != nil {
		return nil, err
	}
	candidates := h.candidates()
	h.begin(candidates)
	if err := h.fixpoint(); err != nil {
		return nil, err
	}
	for p := range m.phases {
		candidates = append(candidates, h.words.pairs(p, h.open(p))...)
	}
	h.begin(candidates)
	if err := h.fixpoint(); err != nil {
		return nil, err
	}
	var list []Invariant
	for _, c := range h.live {
		list = append(list, Invariant{c, h.words.words(c)})
	}
	return list, nil
}

// Invariant is a clause that holds in every reachable state.
type Invariant struct {
	clause clause
	Text   string
}

// houdini is the search for invariants.
type houdini struct {
	m      *Machine
	solver Solver
	words  vocabulary
	runs   map[string][]*run // by phase
	live   []clause

	declared map[string]bool
}

func newHoudini(m *Machine, s Solver) *houdini {
	h := &houdini{m: m, solver: s, words: m.vocabulary(), runs: map[string][]*run{}}
	for n := range m.rows {
		if r := m.run(n); r.when != no && m.asks(r.row) {
			h.runs[r.row.From] = append(h.runs[r.row.From], r)
		}
	}
	return h
}

// knowing prepares questions about a machine whose invariants are known.
func (m *Machine) knowing(s Solver, invariants []Invariant) (*houdini, error) {
	h := newHoudini(m, s)
	for _, i := range invariants {
		h.live = append(h.live, i.clause)
	}
	return h, h.declare()
}

// candidates lists the clauses that need no phase, and those of one literal in each.
func (h *houdini) candidates() []clause {
	list := append(h.words.singles(everywhere),
		h.words.pairs(everywhere, func(int) bool { return true })...)
	for p := range h.m.phases {
		list = append(list, h.words.singles(p)...)
	}
	return list
}

// open says which variables are not the same whenever the machine is in a phase.
func (h *houdini) open(phase int) func(variable int) bool {
	fixed := make([]bool, len(h.words.names))
	for _, c := range h.live {
		if c.a == c.b && c.speaks(phase) {
			fixed[c.a.variable()] = true
		}
	}
	return func(v int) bool { return !fixed[v] }
}

// begin takes up the clauses that hold at the start, for every configuration.
func (h *houdini) begin(candidates []clause) {
	first := h.words.phase(h.m.first)
	start := func(l literal) bool {
		return l.variable() < h.words.state &&
			slices.Contains(h.m.start, h.words.names[l.variable()]) != l.negated()
	}
	h.live = nil
	for _, c := range candidates {
		if !c.speaks(first) || start(c.a) || start(c.b) {
			h.live = append(h.live, c)
		}
	}
}

// declare tells the solver all variables.
func (h *houdini) declare() error {
	names := map[string]bool{}
	h.declared = names
	note := func(t *term) { t.variables(func(n string) { names[n] = true }) }
	for _, v := range h.words.names {
		names[v] = true
	}
	for _, list := range h.runs {
		for _, r := range list {
			note(r.when)
			for _, t := range r.at {
				note(t)
			}
			for _, d := range r.duties {
				note(d.holds)
			}
		}
	}
	for v := range h.m.limits.of {
		names[v] = true
	}
	var list []string
	for n := range names {
		list = append(list, n)
	}
	slices.Sort(list)
	return declare(h.solver, "Bool", list)
}

// fixpoint drops clauses until every row keeps all that are left. A phase is looked at again once a
// clause is dropped that says something about it.
func (h *houdini) fixpoint() error {
	again := make([]bool, len(h.m.phases))
	for p := range again {
		again[p] = true
	}
	for slices.Contains(again, true) {
		for p := range again {
			if !again[p] {
				continue
			}
			again[p] = false
			dropped, err := h.keep(p)
			if err != nil {
				return err
			}
			for _, c := range dropped {
				for q := range again {
					again[q] = again[q] || c.speaks(q)
				}
			}
		}
	}
	return nil
}

// assume asserts all clauses before a step out of a phase.
func (h *houdini) assume(phase int) error {
	before := h.words.before()
	var b strings.Builder
	b.WriteString("(push)\n")
	for _, c := range h.live {
		if c.speaks(phase) {
			b.WriteString("(assert ")
			before.clause(c).write(&b)
			b.WriteString(")\n")
		}
	}
	return h.solver.Tell(b.String())
}

// keep drops the clauses that a row out of a phase breaks.
func (h *houdini) keep(phase int) (dropped []clause, err error) {
	if err := h.assume(phase); err != nil {
		return nil, err
	}
	before := h.words.before()
	for _, r := range h.runs[h.m.phases[phase]] {
		after := h.words.after(r, before)
		for {
			gone, err := h.broken(r, before, after)
			if err != nil {
				return nil, err
			}
			if len(gone) == 0 {
				break
			}
			dropped = append(dropped, gone...)
		}
	}
	return dropped, h.solver.Tell("(pop)\n")
}

// changes reports whether a row changes the meaning of a clause.
func (h *houdini) changes(c clause, r *run, before, after values) bool {
	from, to := h.words.phase(r.row.From), h.words.phase(r.row.To)
	return c.speaks(to) && (!c.speaks(from) || !c.a.same(before, after) || !c.b.same(before, after))
}

// broken drops clauses that hold before the row and not after it, and returns them.
func (h *houdini) broken(r *run, before, after values) (list []clause, err error) {
	var kept []*term
	for _, c := range h.live {
		if h.changes(c, r, before, after) {
			if t := after.clause(c); t != yes {
				kept = append(kept, t)
			}
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	_, err = h.breaks(r, and(kept...).String(), func() error {
		if list, err = h.falsified(r, after); err == nil && len(list) == 0 {
			err = fmt.Errorf("prove: the solver's model of %s breaks nothing", r.cell())
		}
		return err
	})
	return list, err
}

// breaks asks whether a row can be taken and a formula not hold. If so, found may look at the model
// that shows it.
func (h *houdini) breaks(r *run, formula string, found func() error) (sat bool, err error) {
	if err := h.solver.Tell(fmt.Sprintf("(push)\n(assert %s)\n(assert (not %s))\n",
		r.when, formula)); err != nil {
		return false, err
	}
	if sat, err = satisfiable(h.solver); err == nil && sat && found != nil {
		err = found()
	}
	if err != nil {
		return false, err
	}
	return sat, h.solver.Tell("(pop)\n")
}

// falsified drops and returns the clauses that are false after the step that the solver found.
func (h *houdini) falsified(r *run, after values) (list []clause, err error) {
	var symbols strings.Builder
	var asked []int
	value := make([]bool, len(after))
	for i, t := range after {
		if value[i] = t == yes; t.op != opConstant {
			asked = append(asked, i)
			t.write(&symbols)
			symbols.WriteByte(' ')
		}
	}
	answers, err := valuesOf(h.solver, symbols.String())
	if err != nil {
		return nil, err
	}
	if len(answers) != len(asked) {
		return nil, fmt.Errorf("prove: %d values for %d terms", len(answers), len(asked))
	}
	for k, i := range asked {
		value[i] = answers[k] == "true"
	}
	to := h.words.phase(r.row.To)
	holds := func(l literal) bool { return value[l.variable()] != l.negated() }
	kept := h.live[:0]
	for _, c := range h.live {
		if c.speaks(to) && !holds(c.a) && !holds(c.b) {
			list = append(list, c)
			continue
		}
		kept = append(kept, c)
	}
	h.live = kept
	return list, nil
}

package prove

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// SMTLIB writes the machine with its surroundings in SMT-LIB 2: the variables of a state and those
// after a step, which have a ' behind their names; init, |row ID| and step; and for each property
// its violation: |breaks ID|, by a step, and |violates ID|, in a state. Solvers read it as it is,
// with a question behind it. There are no limits: whether something is left of one is a variable
// that may change at any step.
func (m *Machine) SMTLIB(w io.Writer) error {
	x := &smtWriter{m: m}
	for n := range m.rows {
		if r := m.run(n); r.when != no {
			x.runs = append(x.runs, r)
		}
	}
	x.line("; The %s of KHP with its surroundings, written by khp graph %s --format smtlib.",
		m.Side, m.Side)
	x.line("; Facts are what is found about the event. Configuration does not change; the rest does.")
	x.line("(set-logic ALL)")
	x.variables()
	x.init()
	x.steps()
	x.properties()
	_, err := io.WriteString(w, x.text.String())
	return err
}

type smtWriter struct {
	m    *Machine
	runs []*run
	text strings.Builder
}

func (x *smtWriter) line(format string, args ...any) { fmt.Fprintf(&x.text, format+"\n", args...) }

func after(name string) string { return quoted(name + "'") }

// variables declares phases, states, configuration and facts.
func (x *smtWriter) variables() {
	var phases []string
	for _, p := range x.m.phases {
		phases = append(phases, "("+p+")")
	}
	x.line("(declare-datatypes ((Phase 0)) ((%s)))", strings.Join(phases, " "))
	x.line("(declare-const phase Phase)\n(declare-const %s Phase)", after("phase"))
	for _, v := range x.m.state {
		x.line("(declare-const %s Bool)\n(declare-const %s Bool)", quoted(v), after(v))
	}
	known := map[string]bool{}
	for _, v := range x.m.state {
		known[v] = true
	}
	var others []string
	note := func(t *term) {
		t.variables(func(n string) {
			if !known[n] {
				known[n] = true
				others = append(others, n)
			}
		})
	}
	for _, r := range x.runs {
		note(r.when)
		for _, v := range x.m.state {
			note(r.at[v])
		}
		for _, d := range r.duties {
			note(d.holds)
		}
	}
	for _, g := range x.m.goals {
		note(g.holds)
	}
	slices.Sort(others)
	for _, n := range others {
		x.line("(declare-const %s Bool)", quoted(n))
	}
}

// init says how it begins.
func (x *smtWriter) init() {
	x.line("(define-fun init () Bool (and (= phase %s)", x.m.first)
	for _, v := range x.m.state {
		if slices.Contains(x.m.start, v) {
			x.line("  %s", quoted(v))
		} else {
			x.line("  (not %s)", quoted(v))
		}
	}
	x.line("))")
}

// rowName is the symbol of a row. Rows that ignore their event have no id.
func (x *smtWriter) rowName(n int) string {
	r := x.runs[n]
	name := r.row.ID
	if name == "" {
		name = fmt.Sprintf("%s of %s, %d", r.row.From, r.row.Event, n)
	}
	return quoted("row " + name)
}

// steps writes each row, and that one of them is taken.
func (x *smtWriter) steps() {
	for n, r := range x.runs {
		x.line("(define-fun %s () Bool (and (= phase %s) (= %s %s)",
			x.rowName(n), r.row.From, after("phase"), r.row.To)
		x.line("  %s", r.when)
		for _, v := range x.m.state {
			x.line("  (= %s %s)", after(v), r.at[v])
		}
		x.line("))")
	}
	x.line("(define-fun step () Bool (or")
	for n := range x.runs {
		x.line("  %s", x.rowName(n))
	}
	x.line("))")
}

// properties writes the violation of each of them.
func (x *smtWriter) properties() {
	var steps, states []violation
	for n, r := range x.runs {
		for _, d := range r.duties {
			steps = append(steps, violation{d.id, x.rowName(n), d.holds, d.text})
		}
	}
	x.violations("breaks ", steps)
	for _, g := range x.m.goals {
		where := "true"
		if g.phases != nil {
			where = "(or false"
			for _, p := range g.phases {
				where += " (= phase " + p + ")"
			}
			where += ")"
		}
		states = append(states, violation{g.id, where, g.holds, g.text})
	}
	x.violations("violates ", states)
}

// violation is a place in which the property with that id must hold.
type violation struct {
	id, where string
	holds     *term
	text      string
}

// violations writes those of each property together.
func (x *smtWriter) violations(name string, list []violation) {
	slices.SortStableFunc(list, func(a, b violation) int { return strings.Compare(a.id, b.id) })
	for i, v := range list {
		if i == 0 || list[i-1].id != v.id {
			x.line("(define-fun %s () Bool (or false", quoted(name+v.id))
		}
		x.line("  (and %s %s) ; %s", v.where, not(v.holds), v.text)
		if i == len(list)-1 || list[i+1].id != v.id {
			x.line("))")
		}
	}
}

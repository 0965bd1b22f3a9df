package prove

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Result has the proven invariants and properties of a machine.
type Result struct {
	Machine    *Machine
	Invariants []Invariant
	Bounds     []Bound
	Refuted    []Refutation // rows that break a property
}

// Prove proves the properties of a machine. start starts a solver for each question, which is
// closed afterwards.
func (m *Machine) Prove(start func() (Solver, func() error, error)) (r Result, err error) {
	r.Machine = m
	ask := func(question func(Solver) error) {
		if err != nil {
			return
		}
		s, end, failed := start()
		if err = failed; err == nil {
			if err = question(s); err == nil {
				err = end()
			} else {
				_ = end()
			}
		}
	}
	ask(func(s Solver) (err error) { r.Invariants, err = m.Invariants(s); return err })
	ask(func(s Solver) (err error) { r.Refuted, err = m.Check(s, r.Invariants); return err })
	ask(func(s Solver) (err error) { r.Bounds, err = m.Bounds(s, r.Invariants); return err })
	ask(func(s Solver) error {
		refuted, err := m.CheckBounds(s, r.Invariants, r.Bounds)
		r.Refuted = append(r.Refuted, refuted...)
		return err
	})
	return r, err
}

// Explain returns the rows that break a property, or a statement on the page that [Result.Write]
// wrote before the machine was changed: the cells of the change.
func (m *Machine) Explain(
	page string, start func() (Solver, func() error, error),
) (list []Refutation, err error) {
	known, bounds := m.Known(page), m.knownBounds(page)
	for _, question := range []func(Solver) ([]Refutation, error){
		func(s Solver) ([]Refutation, error) { return m.Check(s, known) },
		func(s Solver) ([]Refutation, error) { return m.CheckBounds(s, known, bounds) },
	} {
		s, end, err := start()
		if err != nil {
			return nil, err
		}
		more, err := question(s)
		if err := errors.Join(err, end()); err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// knownBounds reads the bounds from a page.
func (m *Machine) knownBounds(page string) []Bound {
	return slices.DeleteFunc(m.bounds(),
		func(b Bound) bool { return !strings.Contains(m.section(page), "\n- "+b.Text+"\n") })
}

// section is the part of the page about one machine.
func (m *Machine) section(page string) string {
	_, section, _ := strings.Cut(page, "\n## "+strings.ToUpper(m.Side[:1])+m.Side[1:]+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

// Write writes the result as a section of a page.
func (r Result) Write(b *strings.Builder) {
	m, words := r.Machine, r.Machine.vocabulary()
	fmt.Fprintf(b, "\n## %s\n\nProven:\n\n| id | property |\n| --- | --- |\n",
		strings.ToUpper(m.Side[:1])+m.Side[1:])
	for _, p := range m.Properties() {
		fmt.Fprintf(b, "| %s | %s |\n", p[0], p[1])
	}
	b.WriteString("\nIn a phase, whatever happened before:\n\n| phase | holds | does not hold |\n" +
		"| --- | --- | --- |\n")
	for i, p := range m.phases {
		var holds, not []string
		for _, c := range r.Invariants {
			switch l := c.clause.a; {
			case l != c.clause.b || c.clause.phase != i:
			case l.negated():
				not = append(not, words.names[l.variable()])
			default:
				holds = append(holds, words.names[l.variable()])
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", p, strings.Join(holds, ", "), strings.Join(not, ", "))
	}
	b.WriteString("\nBesides, where the left of an arrow holds, so does the right:\n\n")
	for _, c := range r.essential() {
		fmt.Fprintf(b, "- %s\n", words.words(c))
	}
	if len(r.Bounds) > 0 {
		b.WriteString("\nCounts:\n\n")
		for _, x := range r.Bounds {
			fmt.Fprintf(b, "- %s\n", x.Text)
		}
	}
}

// Known reads the invariants of the machine from a page that [Result.Write] wrote. It leaves out
// those that it cannot read, such as ones with names that are no more.
func (m *Machine) Known(page string) (list []Invariant) {
	words := m.vocabulary()
	add := func(c clause) { list = append(list, Invariant{c, words.words(c)}) }
	for line := range strings.Lines(m.section(page)) {
		line = strings.TrimSpace(line)
		if cells := strings.Split(line, " | "); len(cells) == 3 {
			phase := words.phase(strings.TrimPrefix(cells[0], "| "))
			for i, negated := range []literal{0, 1} {
				for _, name := range strings.Split(strings.TrimSuffix(cells[1+i], " |"), ", ") {
					if n := slices.Index(words.names, name); n >= 0 && phase >= 0 {
						add(clause{phase, literal(2*n) + negated, literal(2*n) + negated})
					}
				}
			}
		}
		if text, ok := strings.CutPrefix(line, "- "); ok {
			if c, ok := words.read(text); ok {
				add(c)
			}
		}
	}
	return list
}

// read reads a clause of two literals as words has written it.
func (v vocabulary) read(text string) (c clause, ok bool) {
	c.phase = everywhere
	if rest, is := strings.CutPrefix(text, "in "); is {
		phase, rest, _ := strings.Cut(rest, ": ")
		c.phase, text = v.phase(phase), rest
		if c.phase < 0 {
			return c, false
		}
	}
	a, b, _ := strings.Cut(text, " → ")
	literalOf := func(text string) literal {
		name, negated := strings.CutPrefix(text, "not ")
		n := literal(2 * slices.Index(v.names, name))
		if negated {
			n++
		}
		return n
	}
	c.a, c.b = literalOf(a).not(), literalOf(b)
	return c, c.a >= 0 && c.b >= 0
}

// essential lists the invariants of two literals without those that follow from others.
func (r Result) essential() (list []clause) {
	words := r.Machine.vocabulary()
	fixed := make([][]literal, len(words.phases))
	for _, i := range r.Invariants {
		switch c := i.clause; {
		case c.a != c.b:
			list = append(list, c)
		case c.phase != everywhere:
			fixed[c.phase] = append(fixed[c.phase], c.a)
		}
	}
	for n := len(list) - 1; n >= 0; n-- {
		rest := slices.Delete(slices.Clone(list), n, n+1)
		follows := true
		for p := range words.phases {
			follows = follows && (!list[n].speaks(p) || contradictory(rest, p, len(words.names),
				append(slices.Clone(fixed[p]), list[n].a.not(), list[n].b.not())))
		}
		if follows {
			list = rest
		}
	}
	return list
}

// contradictory reports whether the literals cannot hold together in a phase, as far as that
// follows clause by clause.
func contradictory(clauses []clause, phase, variables int, set []literal) bool {
	holds := make([]bool, 2*variables)
	for len(set) > 0 {
		l := set[len(set)-1]
		set = set[:len(set)-1]
		if holds[l.not()] {
			return true
		}
		if holds[l] {
			continue
		}
		holds[l] = true
		for _, c := range clauses {
			switch {
			case !c.speaks(phase):
			case c.a == l.not():
				set = append(set, c.b)
			case c.b == l.not():
				set = append(set, c.a)
			}
		}
	}
	return false
}

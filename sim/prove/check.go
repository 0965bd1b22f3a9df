package prove

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/fsm"
)

// Refutation is a row that breaks something, from a state that nothing known rules out.
type Refutation struct {
	ID    string   // of the property; "invariant" if it is one of those found before
	Text  string   // of the property
	Row   string   // id of the row, "-" for one that ignores its event
	Cell  string   // where it stands
	State []string // variables that are set before the step
	Facts []string // findings about the event
}

// String says it in a line, and the state in a second one.
func (r Refutation) String() string {
	s := fmt.Sprintf("%s: %s\n  broken by %s: %s\n  from %s",
		r.ID, r.Text, r.Row, r.Cell, strings.Join(r.State, ", "))
	if len(r.Facts) > 0 {
		s += "\n  with " + strings.Join(r.Facts, ", ")
	}
	return s
}

// invariantID is the id of a duty that is no property by itself.
const invariantID = "invariant"

// Check returns the rows that break a property or one of the invariants, from states in which all
// of them hold. If invariants are those of the machine itself, nothing can break but properties;
// with those of the machine as it was before a change, the change itself is found.
func (m *Machine) Check(s Solver, invariants []Invariant) (list []Refutation, err error) {
	h, err := m.knowing(s, invariants)
	if err != nil {
		return nil, err
	}
	before := h.words.before()
	for n, p := range m.phases {
		if len(h.runs[p]) == 0 {
			continue
		}
		if err := h.assume(n); err != nil {
			return nil, err
		}
		for _, g := range m.goals {
			if g.in(p) {
				if err := s.Tell(fmt.Sprintf("(assert %s)\n", g.holds)); err != nil {
					return nil, err
				}
			}
		}
		for _, r := range h.runs[p] {
			for _, d := range h.duties(r, before) {
				broken, err := h.refute(r, d)
				if err != nil {
					return nil, err
				}
				list = append(list, broken...)
			}
		}
		if err := s.Tell("(pop)\n"); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (g goal) in(phase string) bool { return g.phases == nil || slices.Contains(g.phases, phase) }

// duties are all conditions on a row: those of its effects, the goals where it leads, and the
// invariants.
func (h *houdini) duties(r *run, before values) []duty {
	list := slices.Clone(r.duties)
	after := h.words.after(r, before)
	for _, g := range h.m.goals {
		if g.in(r.row.To) {
			list = append(list, duty{g.id, g.text, g.holds.with(r.at)})
		}
	}
	for _, c := range h.live {
		if h.changes(c, r, before, after) {
			if t := after.clause(c); t != yes {
				list = append(list, duty{invariantID, h.words.words(c), t})
			}
		}
	}
	return list
}

// with puts terms in the place of variables.
func (t *term) with(values map[string]*term) *term {
	switch t.op {
	case opConstant:
	case opVariable:
		if v, ok := values[t.name]; ok {
			return v
		}
	case opNot:
		return not(t.args[0].with(values))
	case opAnd, opOr:
		args := make([]*term, len(t.args))
		for i, a := range t.args {
			args[i] = a.with(values)
		}
		if t.op == opAnd {
			return and(args...)
		}
		return or(args...)
	}
	return t
}

// refute asks whether the row can be taken and the duty not hold.
func (h *houdini) refute(r *run, d duty) (list []Refutation, err error) {
	_, err = h.breaks(r, d.holds.String(), func() error {
		found, err := h.found(r, d)
		list = append(list, found)
		return err
	})
	return list, err
}

// found reads the model that the solver found.
func (h *houdini) found(r *run, d duty) (Refutation, error) {
	set, err := h.set(h.words.names)
	if err != nil {
		return Refutation{}, err
	}
	var facts []string
	for f := fsm.FactTargetUsable; f <= fsm.FactReroute; f <<= 1 {
		facts = append(facts, factPrefix+f.String())
	}
	facts, err = h.set(slices.DeleteFunc(facts, func(n string) bool { return !h.declared[n] }))
	for i, f := range facts {
		facts[i] = strings.TrimPrefix(f, factPrefix)
	}
	return Refutation{d.id, d.text, r.id(), r.cell(),
		append([]string{"in " + r.row.From}, set...), facts}, err
}

// set returns those of the variables that are set.
func (h *houdini) set(names []string) (list []string, err error) {
	var symbols strings.Builder
	for _, n := range names {
		symbols.WriteString(quoted(n) + " ")
	}
	if len(names) == 0 {
		return nil, nil
	}
	answers, err := valuesOf(h.solver, symbols.String())
	for i, a := range answers {
		if a == "true" {
			list = append(list, names[i])
		}
	}
	return list, err
}

// id is that of the row, "-" if it has none.
func (r *run) id() string {
	if r.row.ID == "" {
		return "-"
	}
	return r.row.ID
}

// cell names the place of the row and its outcome.
func (r *run) cell() string {
	text := fmt.Sprintf("%s %s on %s", r.m.Side, r.row.From, r.row.Event)
	if r.row.Guard != "" {
		text += " if " + r.row.Guard
	}
	switch {
	case r.row.Verdict != fsm.Accepted:
		text += " is " + strings.ToLower(r.row.Verdict.String())
	case r.row.To != r.row.From:
		text += " goes to " + r.row.To
	}
	return fmt.Sprintf("%s, in fsm/%s_table.go", text, r.m.Side)
}

// With returns the machine with another row in the place of row n, as [fsm.ClientRows] and
// [fsm.ServerRows] count.
func (m *Machine) With(n int, row fsm.Row) *Machine {
	rows := slices.Clone(m.rows)
	rows[n] = row
	if m.Side == "server" {
		return serverOf(rows)
	}
	return clientOf(rows)
}

// Properties returns the ids of all properties that are proven for the machine, with their texts,
// in order.
func (m *Machine) Properties() (list [][2]string) {
	add := func(id, text string) {
		if p := [2]string{id, text}; !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	for _, g := range m.goals {
		add(g.id, g.text)
	}
	for n := range m.rows {
		for _, p := range m.run(n).stated {
			add(p[0], p[1])
		}
	}
	for _, p := range m.limits.properties {
		add(p.id, p.text)
	}
	slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	return list
}

package prove

import "slices"

// literal is a variable or its negation: twice the number of the variable, plus one if it is
// negated.
type literal int

func (l literal) variable() int { return int(l) / 2 }
func (l literal) not() literal  { return l ^ 1 }
func (l literal) negated() bool { return l&1 != 0 }

// clause says that one of two literals holds in a phase, or in all of them. Both are the same if
// there is only one.
type clause struct {
	phase int // everywhere, or a number of a phase
	a, b  literal
}

const everywhere = -1

// speaks reports whether the clause says something about a phase.
func (c clause) speaks(phase int) bool { return c.phase == everywhere || c.phase == phase }

// vocabulary numbers the variables that clauses are about: state, then configuration.
type vocabulary struct {
	phases []string
	names  []string
	state  int // how many of them belong to the state
}

func (m *Machine) vocabulary() vocabulary {
	return vocabulary{m.phases, slices.Concat(m.state, m.config), len(m.state)}
}

func (v vocabulary) phase(name string) int { return slices.Index(v.phases, name) }

// values are the terms of all variables at one moment.
type values []*term

// before are the values before a step, after those once run r is through.
func (v vocabulary) before() values {
	list := make(values, len(v.names))
	for i, name := range v.names {
		list[i] = variable(name)
	}
	return list
}

func (v vocabulary) after(r *run, before values) values {
	list := slices.Clone(before)
	for i, name := range v.names[:v.state] {
		if t := r.at[name]; t.op != opVariable || t.name != name {
			list[i] = t
		}
	}
	return list
}

func (v values) literal(l literal) *term {
	if l.negated() {
		return not(v[l.variable()])
	}
	return v[l.variable()]
}

func (v values) clause(c clause) *term {
	if c.a == c.b {
		return v.literal(c.a)
	}
	return or(v.literal(c.a), v.literal(c.b))
}

// same reports whether the literal means the same in both.
func (l literal) same(a, b values) bool { return a[l.variable()] == b[l.variable()] }

// singles lists the clauses of one literal in a phase or everywhere.
func (v vocabulary) singles(phase int) (list []clause) {
	for i := range v.names {
		list = append(list, clause{phase, literal(2 * i), literal(2 * i)},
			clause{phase, literal(2*i + 1), literal(2*i + 1)})
	}
	return list
}

// pairs lists the clauses of two literals of variables in a phase or everywhere.
func (v vocabulary) pairs(phase int, among func(variable int) bool) (list []clause) {
	for i := range v.names {
		for k := range v.names[:i] {
			if !among(i) || !among(k) || k >= v.state {
				continue // configuration alone says nothing
			}
			for n := range 4 {
				list = append(list, clause{phase, literal(2*k + n&1), literal(2*i + n>>1)})
			}
		}
	}
	return list
}

// say writes a literal.
func (v vocabulary) say(l literal) string {
	if l.negated() {
		return "not " + v.names[l.variable()]
	}
	return v.names[l.variable()]
}

// words writes a clause as a sentence.
func (v vocabulary) words(c clause) string {
	text := v.say(c.a)
	switch {
	case c.a == c.b:
	case !c.a.negated() && c.b.negated():
		text = v.say(c.b.not()) + " → " + v.say(c.a)
	default:
		text = v.say(c.a.not()) + " → " + v.say(c.b)
	}
	if c.phase != everywhere {
		text = "in " + v.phases[c.phase] + ": " + text
	}
	return text
}

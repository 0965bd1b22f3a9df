package prove

import "strings"

// term is a Boolean expression. Constructors simplify constants away.
type term struct {
	op   op
	name string // of a variable
	args []*term
}

type op uint8

const (
	opConstant op = iota // name is "true" or "false"
	opVariable
	opNot
	opAnd
	opOr
)

var (
	yes = &term{op: opConstant, name: "true"}
	no  = &term{op: opConstant, name: "false"}
)

func constant(b bool) *term {
	if b {
		return yes
	}
	return no
}

func variable(name string) *term { return &term{op: opVariable, name: name} }

func not(t *term) *term {
	switch {
	case t == yes:
		return no
	case t == no:
		return yes
	case t.op == opNot:
		return t.args[0]
	}
	return &term{op: opNot, args: []*term{t}}
}

func and(list ...*term) *term { return join(opAnd, yes, no, list) }
func or(list ...*term) *term  { return join(opOr, no, yes, list) }

// join builds a conjunction or disjunction: neutral terms are left out, one that decides is the
// result.
func join(o op, neutral, decides *term, list []*term) *term {
	var args []*term
	for _, t := range list {
		switch {
		case t == decides:
			return decides
		case t != neutral:
			args = append(args, t)
		}
	}
	switch len(args) {
	case 0:
		return neutral
	case 1:
		return args[0]
	}
	return &term{op: o, args: args}
}

// write writes the term as SMT-LIB does.
func (t *term) write(b *strings.Builder) {
	words := [...]string{opNot: "(not", opAnd: "(and", opOr: "(or"}
	switch t.op {
	case opConstant:
		b.WriteString(t.name)
	case opVariable:
		b.WriteString(quoted(t.name))
	case opNot, opAnd, opOr:
		b.WriteString(words[t.op])
		for _, a := range t.args {
			b.WriteByte(' ')
			a.write(b)
		}
		b.WriteByte(')')
	}
}

// quoted is a name as a symbol of SMT-LIB, which may have blanks then.
func quoted(name string) string { return "|" + name + "|" }

// String returns the term in SMT-LIB.
func (t *term) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

// value is the value of the term where the variables have those.
func (t *term) value(of func(name string) bool) bool {
	switch t.op {
	case opConstant:
		return t == yes
	case opVariable:
		return of(t.name)
	case opNot:
		return !t.args[0].value(of)
	case opAnd, opOr:
		for _, a := range t.args {
			if a.value(of) == (t.op == opOr) {
				return t.op == opOr
			}
		}
	}
	return t.op == opAnd
}

// variables calls f for the variables of the term.
func (t *term) variables(f func(name string)) {
	if t.op == opVariable {
		f(t.name)
	}
	for _, a := range t.args {
		a.variables(f)
	}
}

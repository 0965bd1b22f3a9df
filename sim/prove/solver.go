package prove

import (
	"fmt"
	"iter"
	"strings"
)

// Solver answers questions in SMT-LIB 2.
type Solver interface {
	// Tell hands over commands that have no answer.
	Tell(commands string) error
	// Ask hands over a command and returns its answer, an s-expression.
	Ask(command string) (answer string, err error)
}

// satisfiable asks whether the assertions so far can hold together with a.
func satisfiable(s Solver) (bool, error) {
	answer, err := s.Ask("(check-sat)\n")
	switch {
	case err != nil:
		return false, err
	case answer == "sat":
		return true, nil
	case answer == "unsat":
		return false, nil
	}
	return false, fmt.Errorf("prove: the solver answers %s", answer)
}

// valuesOf asks for the values of constants in the model that was just found, in order.
func valuesOf(s Solver, symbols string) (list []string, err error) {
	answer, err := s.Ask("(get-value (" + symbols + "))\n")
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(answer, "((") {
		return nil, fmt.Errorf("prove: the solver answers %s", answer)
	}
	// ((|a b| true) ((or |a b| c) false) (d (- 3))): a pair for each term.
	for pair := range split(answer[1 : len(answer)-1]) {
		var parts []string
		for part := range split(pair[1 : len(pair)-1]) {
			parts = append(parts, part)
		}
		if len(parts) != 2 {
			return nil, fmt.Errorf("prove: the solver answers %s", answer)
		}
		list = append(list, parts[1])
	}
	return list, nil
}

// split iterates over the s-expressions of a text.
func split(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		depth, quote, begin := 0, false, -1
		for i, c := range text + " " {
			blank := c == ' ' || c == '\n'
			switch {
			case c == '|':
				quote = !quote
			case quote:
			case c == '(':
				depth++
			case c == ')':
				depth--
			case blank && depth == 0 && begin >= 0:
				if !yield(text[begin:i]) {
					return
				}
				begin = -1
			}
			if begin < 0 && !blank {
				begin = i
			}
		}
	}
}

// declare declares the variables of terms.
func declare(s Solver, sort string, names []string) error {
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "(declare-const %s %s)\n", quoted(n), sort)
	}
	return s.Tell(b.String())
}

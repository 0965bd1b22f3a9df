package script

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
)

// variable is one each line.
type variable struct {
	name   string
	values []string
	ranges bool // the values are numbers: equal outcomes of neighbours share a line
}

// each runs the commands behind one or more each lines for all combinations of their values, every
// time on a new network, and returns one line of outcome for each.
func (r *runner) each(commands []lang.Line) ([]string, error) {
	var vars []variable
	first := commands[0]
	for len(commands) > 0 && commands[0].Words[0].Text == "each" {
		v, err := r.variable(commands[0])
		if err != nil {
			return nil, err
		}
		vars, commands = append(vars, v), commands[1:]
	}
	all := 1
	for _, v := range vars {
		if all *= len(v.values); all > mostCombinations {
			return nil, r.mistake(first, fmt.Sprintf("there are more than %d combinations of values; "+
				"take fewer values or variables", mostCombinations))
		}
	}
	var t table
	err := r.combinations(vars, nil, nil, func(labels []string) error {
		r.fresh(strings.Join(labels, " "))
		for _, l := range commands {
			if err := r.command(l); err != nil {
				return err
			}
		}
		last := vars[len(vars)-1]
		t.add(row{prefix: strings.Join(labels[:len(labels)-1], " "), value: labels[len(labels)-1],
			name: last.name, numbers: last.ranges, outcome: r.world.Summary()})
		return nil
	})
	r.vars, r.long = nil, 0
	r.fresh("")
	return t.lines(), err
}

// variable reads "each NAME in VALUE...", where a value may be a range such as 100..199.
func (r *runner) variable(l lang.Line) (v variable, err error) {
	a := &lang.Args{File: r.file.Name, Line: l, Next: 1}
	name, err := a.Plain("the name of a variable")
	if err != nil {
		return v, err
	}
	in, err := a.Plain("in")
	if err != nil {
		return v, err
	}
	if in.Text != "in" {
		return v, a.Mistake("expected in, got %q; as in: each code in 301 302 303", in.Text)
	}
	if err := r.spend(l, 1); err != nil {
		return v, err
	}
	v = variable{name: name.Text, ranges: true}
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		low, high, isRange := strings.Cut(w.Text, "..")
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		switch {
		case isRange && !w.Quoted && err1 == nil && err2 == nil && from <= to && to-from < mostValues:
			for n := from; n <= to; n++ {
				v.values = append(v.values, strconv.Itoa(n))
			}
		case isRange && !w.Quoted && err1 == nil:
			return v, a.Mistake("expected a range of at most %d numbers such as 100..199, got %q",
				mostValues, w.Text)
		default:
			v.ranges = v.ranges && !w.Quoted && err1 == nil
			v.values = append(v.values, w.Value())
		}
		if len(v.values) > mostValues {
			return v, a.Mistake("expected at most %d values", mostValues)
		}
	}
	if len(v.values) == 0 {
		return v, a.End("at least one value")
	}
	return v, nil
}

// Bounds of the combinations of each.
const (
	mostValues       = 10_000 // of one variable
	mostCombinations = 100_000
)

// combinations calls f for every combination of values.
func (r *runner) combinations(
	vars []variable, labels, pairs []string, f func(labels []string) error,
) error {
	if len(vars) == 0 {
		r.set(pairs)
		return f(labels)
	}
	for _, value := range vars[0].values {
		label := value
		if !vars[0].ranges {
			label = stage.Clip(strconv.Quote(value), 60)
		}
		if err := r.combinations(vars[1:], append(labels[:len(labels):len(labels)], label),
			append(pairs[:len(pairs):len(pairs)], "$"+vars[0].name, value), f); err != nil {
			return err
		}
	}
	return nil
}

// set gives variables their values.
func (r *runner) set(pairs []string) {
	r.pairs, r.vars, r.long = pairs, replacer(pairs), 0
	for i := 1; i < len(pairs); i += 2 {
		r.long = max(r.long, len(pairs[i]))
	}
}

// replacer replaces names by values, the longer of two names that begin alike.
func replacer(pairs []string) *strings.Replacer {
	names := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		names[pairs[i]] = pairs[i+1]
	}
	var sorted []string
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(names))) {
		sorted = append(sorted, name, names[name])
	}
	return strings.NewReplacer(sorted...)
}

// table holds the outcomes of an each.
type table struct{ rows []row }

// row is a line of a table. Neighbouring numbers share one, if the outcome is the same, or the same
// but for the number itself.
type row struct {
	prefix  string // labels but the last
	value   string // the last label, or the first of a range
	last    string // of a range, "" if there is none
	name    string // of the variable
	numbers bool
	outcome string
	general string // the outcome of a range with the name in place of the number, if they share it
}

func (t *table) add(next row) {
	if k := len(t.rows) - 1; k >= 0 && t.rows[k].join(next) {
		return
	}
	t.rows = append(t.rows, next)
}

// join takes next into the range.
func (w *row) join(next row) bool {
	if !w.numbers || w.prefix != next.prefix || !follows(cmp.Or(w.last, w.value), next.value) {
		return false
	}
	switch {
	case w.general == "" && w.outcome == next.outcome:
	case w.last == "" && w.generalized() == next.generalized(), w.general != "" &&
		w.general == next.generalized():
		w.general = next.generalized()
	default:
		return false
	}
	w.last = next.value
	return true
}

// generalized is the outcome with the name of the variable in place of its value.
func (w *row) generalized() string {
	return strings.TrimSpace(strings.ReplaceAll(w.outcome+" ", "="+w.value+" ", "=$"+w.name+" "))
}

// follows reports whether b is the number after a.
func follows(a, b string) bool {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return y == x+1
}

func (t *table) lines() (lines []string) {
	for _, w := range t.rows {
		label := w.value
		if w.last != "" {
			label += ".." + w.last
		}
		lines = append(lines, strings.TrimLeft(fmt.Sprintf("%s %s: %s",
			w.prefix, label, cmp.Or(w.general, w.outcome)), " "))
	}
	return lines
}

package convert

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// line is one line of the report.
type line struct {
	file    string
	at      int
	node    *node
	verdict verdict
	what    string
	note    string
	general bool // it is the row of the table, which knows no values
}

// report lists the result of the conversion of each element.
type report struct{ lines []line }

// say adds a line about one element. If that is lost by it, its row in the table does not count.
func (r *report) say(file string, n *node, v verdict, what, note string) {
	if v == lost {
		r.lines = slices.DeleteFunc(r.lines, func(l line) bool { return l.general && l.node == n })
	}
	r.add(line{filepath.Base(file), n.line, n, v, what, note, false})
}

// add adds a line, unless it is there already: an element may be used more than once.
func (r *report) add(l line) {
	if !slices.Contains(r.lines, l) {
		r.lines = append(r.lines, l)
	}
}

// walk reports the result for each element below n, in the order of the file. Values are left out:
// some are secret.
func (r *report) walk(file string, n *node) {
	for _, c := range n.children {
		key := keyOf(n.name, c)
		if e := find(key); e != nil {
			what := "<" + c.name + ">"
			if key != c.name {
				what += " (" + key + ")"
			}
			r.add(line{filepath.Base(file), c.line, c, e.verdict, what, e.note, true})
		} else if !passed(n, c) {
			r.say(file, c, lost, "<"+c.name+">", "khp convert does not know this element; "+
				"look it up in the gateway's manual, and here with khp serve --help")
		}
		if !within[c.name] {
			r.walk(file, c)
		}
	}
}

// unserved says of everything below a service that it is lost, as the service is.
func (r *report) unserved(service *node) {
	for i := range r.lines {
		if l := &r.lines[i]; l.verdict != lost && service.has(l.node) {
			l.verdict, l.note = lost, "its service is not served"
		}
	}
}

// has reports whether other is n or below it.
func (n *node) has(other *node) bool {
	return n == other || slices.ContainsFunc(n.children, func(c *node) bool { return c.has(other) })
}

// print writes the report, by line, with its count.
func (r *report) print(w io.Writer) {
	slices.SortStableFunc(r.lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.at, b.at))
	})
	count := map[verdict]int{}
	for _, l := range r.lines {
		count[l.verdict]++
		_, _ = fmt.Fprintln(w, cli.OneLine(fmt.Sprintf("%-9s  %s:%d: %s: %s",
			l.verdict, l.file, l.at, l.what, strings.ReplaceAll(l.note, "`", ""))))
	}
	for _, key := range []string{"emulation", "plain WebSocket"} { // which no element asks for
		e := find(key)
		count[e.verdict]++
		_, _ = fmt.Fprintf(w, "%-9s  every service: %s: %s\n",
			e.verdict, key, strings.ReplaceAll(e.note, "`", ""))
	}
	_, _ = fmt.Fprintf(w, "\n%d taken, %d different, %d lost\n",
		count[taken], count[different], count[lost])
}

package fault

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"go/parser"
	"go/token"
	"slices"
)

// Variable is the environment variable that names the fault to have, as the number given to Write.
const Variable = "KHP_FAULT"

// Reached is the environment variable that names a file, to which the number of each fault is
// added whose place is reached.
const Reached = "KHP_FAULT_REACHED"

// numbered is an edit of the fault with that number.
type numbered struct {
	edit
	number int
}

// Write returns the source of faults, all in the same file, with each behind a switch with its
// number, and the name of the package.
func Write(faults map[int]*Fault) (text []byte, pkg string, err error) {
	var source []byte
	var edits []numbered
	for number, f := range faults {
		source = f.source
		for _, e := range f.edits {
			edits = append(edits, numbered{e, number})
		}
	}
	slices.SortFunc(edits, func(a, b numbered) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.how, b.how),
			cmp.Compare(a.number, b.number))
	})
	w := &writer{source: source, edits: edits}
	w.write(0, len(source))
	pkg, err = packageName(source)
	return w.out.Bytes(), pkg, err
}

type writer struct {
	source []byte
	edits  []numbered // that are not written yet
	out    bytes.Buffer
}

// write writes the source from..to with the edits in it.
func (w *writer) write(from, to int) {
	for len(w.edits) > 0 && w.edits[0].start < to {
		e := w.edits[0]
		w.out.Write(w.source[from:e.start])
		w.edits = w.edits[1:]
		w.both(e)
		from = e.end
	}
	w.out.Write(w.source[from:to])
}

// both writes both versions of an edit. It begins lines, because the compiler's messages do not
// name a column far to the right.
func (w *writer) both(e numbered) {
	switch e.how {
	case statement:
		fmt.Fprintf(&w.out, "if faulty(%d) {\n%s\n} else {\n", e.number, e.text)
		w.write(e.start, e.end)
		w.out.WriteString(" }")
	case condition:
		fmt.Fprintf(&w.out, "(faulty(%d) &&\n(%s) ||\n!faulty(%d) && (\n", e.number, e.text, e.number)
		w.write(e.start, e.end)
		w.out.WriteString("))")
	case behind:
		w.write(e.start, e.end)
		fmt.Fprintf(&w.out, "; if faulty(%d) {\n%s\n}", e.number, e.text)
	case expression:
		fmt.Fprintf(&w.out, "faultyValue(%d, %s, ", e.number, e.text)
		w.write(e.start, e.end)
		w.out.WriteString(")")
	case channel:
		fmt.Fprintf(&w.out, "faultyChannel(%d, ", e.number)
		w.write(e.start, e.end)
		w.out.WriteString(")")
	}
}

// Switch returns a file for each package that has faults.
func Switch(name string) []byte {
	return fmt.Appendf(nil, switchText, name, Variable, Reached)
}

// packageName returns the name of the package of a file.
func packageName(source []byte) (string, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), "", source, parser.PackageClauseOnly)
	if err != nil {
		return "", err
	}
	return tree.Name.Name, nil
}

//go:embed switch.go.txt
var switchText string

package fault

import (
	"errors"
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"example.com/khp/internal/reqtrace/marks"
)

// Written is a fault that a person thought of: of a kind that is no class, such as a limit of the
// wrong side, or data of one client that another gets.
type Written struct {
	// The package from the root of the module, the function with its receiver's type.
	Package, Func string
	// Before is the text of a statement or expression, on one line, which the function has once. One
	// that ends with ... is the beginning of it. After is its text in the faulty version; behind a +
	// it is the text that follows a statement which must stay.
	Before, After string
}

// classWritten is the class of those.
const classWritten Class = "written"

// FindWritten makes these faults of the source below root. The error says which does not apply.
func FindWritten(root string, list []Written) (faults []Fault, err error) {
	files := map[string][]*finder{} // of packages
	seen := map[string]int{}
	for _, w := range list {
		if files[w.Package] == nil {
			names, err := filesOf(root, w.Package)
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				f, err := parse(root, name)
				if err != nil {
					return nil, err
				}
				f.seen = seen
				files[w.Package] = append(files[w.Package], f)
			}
		}
		err = errors.Join(err, written(files[w.Package], w))
	}
	for _, pkg := range files {
		for _, f := range pkg {
			faults = append(faults, f.found...)
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.ID, b.ID) })
	return faults, err
}

// written adds w to the file that has it.
func written(files []*finder, w Written) error {
	begin, cut := strings.CutSuffix(w.Before, "...")
	var in *finder
	var places []ast.Node
	for _, f := range files {
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || marks.FuncName(fn) != w.Func {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				_, isStmt := n.(ast.Stmt)
				if _, isExpr := n.(ast.Expr); !isStmt && !isExpr {
					return true
				}
				if text := strings.Join(strings.Fields(f.text(n)), " "); text != begin &&
					!(cut && strings.HasPrefix(text, begin)) {
					return true
				}
				in, places = f, append(places, n)
				return false
			})
		}
	}
	if len(places) != 1 {
		return fmt.Errorf("%s has %q %d times in %s; write the fault anew",
			w.Package, w.Before, len(places), w.Func)
	}
	n, how, after := places[0], statement, w.After
	if _, ok := n.(ast.Expr); ok {
		how = expression
	} else if text, ok := strings.CutPrefix(after, "+"); ok {
		how, after = behind, text
	}
	in.fn = w.Func
	in.add(classWritten, in.text(n), w.After, edit{in.offset(n.Pos()), in.offset(n.End()), how, after})
	return nil
}

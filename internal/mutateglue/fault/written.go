package fault

import (
	"errors"
	"fmt"
	"go/ast"
	"strings"
)

// Written is a fault that a person thought of: of a kind that is no class, such as a limit of the
// wrong side, or what one client has that another gets.
type Written struct {
	File, Func string // the file from the root of the module, the function with its receiver's type
	// Before is the text of a statement or expression, on one line, which the function has once. One
	// that ends with ... is the beginning of it. After is what stands there in the faulty version;
	// behind a + what follows it, for statements that must stay.
	Before, After string
}

// classWritten is the class of those.
const classWritten Class = "written"

// FindWritten makes these faults of the source below root. The error says which does not apply.
func FindWritten(root string, list []Written) (faults []Fault, err error) {
	byFile := map[string][]Written{}
	var files []string
	for _, w := range list {
		if byFile[w.File] == nil {
			files = append(files, w.File)
		}
		byFile[w.File] = append(byFile[w.File], w)
	}
	for _, name := range files {
		f, tree, e := parse(root, name)
		if e != nil {
			return nil, e
		}
		for _, w := range byFile[name] {
			err = errors.Join(err, f.written(tree, w))
		}
		faults = append(faults, f.found...)
	}
	return faults, err
}

// written adds w.
func (f *finder) written(tree *ast.File, w Written) error {
	var places []ast.Node
	begin, cut := strings.CutSuffix(w.Before, "...")
	for _, d := range tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || nameOf(fn) != w.Func {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			_, isStmt := n.(ast.Stmt)
			if _, isExpr := n.(ast.Expr); !isStmt && !isExpr {
				return true
			}
			if text := strings.Join(strings.Fields(f.text(n)), " "); text == begin || cut && strings.HasPrefix(text, begin) {
				places = append(places, n)
				return false
			}
			return true
		})
	}
	if len(places) != 1 {
		return fmt.Errorf("%s has %q %d times in %s; write the fault anew", w.File, w.Before, len(places), w.Func)
	}
	n, how, after := places[0], statement, w.After
	if _, ok := n.(ast.Expr); ok {
		how = expression
	} else if text, ok := strings.CutPrefix(after, "+"); ok {
		how, after = behind, text
	}
	f.fn = w.Func
	f.add(classWritten, f.text(n), w.After, edit{f.offset(n.Pos()), f.offset(n.End()), how, after})
	return nil
}

package fault

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"hash/fnv"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"example.com/khp/internal/reqtrace/marks"
)

// Find returns the faults of the Go files in a package's directory, tests and generated files
// excepted. root is the module's directory, dir the package's, from there.
func Find(root, dir string) ([]Fault, error) {
	names, err := filesOf(root, dir)
	if err != nil {
		return nil, err
	}
	fields, err := fields(root, dir)
	if err != nil {
		return nil, err
	}
	seen := map[string]int{} // how often an ID was made
	var faults []Fault
	for _, name := range names {
		f, err := parse(root, name)
		if err != nil {
			return nil, err
		}
		f.seen, f.fieldsOf = seen, fields
		faults = append(faults, f.all()...)
	}
	return faults, nil
}

// filesOf returns the names of the files of a package that get faults, from root.
func filesOf(root, dir string) (files []string, err error) {
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_gen.go") {
			continue
		}
		if built, err := build.Default.MatchFile(filepath.Dir(name), filepath.Base(name)); err != nil ||
			!built {
			continue
		}
		files = append(files, filepath.ToSlash(filepath.Join(dir, filepath.Base(name))))
	}
	return files, err
}

// finder walks through one file.
type finder struct {
	file   string
	source []byte
	tree   *ast.File
	base   int // of positions
	fn     string
	found  []Fault
	seen   map[string]int

	fieldsOf siblings // of structs
	params   siblings // of the function
	leave    string   // the statement that leaves the function
	errs     bool     // the function's last result is an error
}

// parse returns a finder for the file with that name, from root.
func parse(root, name string) (*finder, error) {
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &finder{file: name, source: source, tree: tree, base: set.File(tree.Pos()).Base()}, nil
}

// all returns the faults of the file.
func (f *finder) all() []Fault {
	for _, d := range f.tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && !wordsOnly[fn.Name.Name] {
			f.fn, f.params = marks.FuncName(fn), f.parameters(fn)
			f.leave, f.errs = leaving(fn), givesError(fn)
			ast.Inspect(fn.Body, f.visit)
		}
	}
	sort.SliceStable(f.found, func(i, j int) bool {
		return f.found[i].edits[0].start < f.found[j].edits[0].start
	})
	return f.found
}

// wordsOnly are functions whose result is text for people.
var wordsOnly = map[string]bool{"String": true, "Error": true, "show": true}

func (f *finder) offset(p token.Pos) int { return int(p) - f.base }
func (f *finder) text(n ast.Node) string { return f.between(n.Pos(), n.End()) }
func (f *finder) between(from, to token.Pos) string {
	return string(f.source[f.offset(from):f.offset(to)])
}

// with returns the text of n with the part from..to of it replaced.
func (f *finder) with(n ast.Node, from, to token.Pos, text string) string {
	return f.between(n.Pos(), from) + text + f.between(to, n.End())
}

// add adds a fault; before and after are shown to readers.
func (f *finder) add(class Class, before, after string, edits ...edit) {
	before, after = oneLine(before), oneLine(after)
	if before == after {
		return
	}
	h := fnv.New32a()
	fmt.Fprint(h, class, "\x00", before, "\x00", after)
	id := fmt.Sprintf("%s:%s:%08x", path.Dir(f.file), f.fn, h.Sum32())
	if f.seen[id]++; f.seen[id] > 1 {
		id = fmt.Sprintf("%s.%d", id, f.seen[id])
	}
	f.found = append(f.found, Fault{ID: id, Class: class, File: f.file, Func: f.fn, Before: before,
		After: after, source: f.source, edits: edits})
}

// joined removes the characters that wrapping adds to a line.
var joined = strings.NewReplacer("( ", "(", ", )", ")", "{ ", "{", ", }", "}", " }", "}")

// oneLine joins the lines of source, and cuts long ones.
func oneLine(s string) string {
	s = joined.Replace(strings.Join(strings.Fields(s), " "))
	const most = 160
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return s
}

// replace adds a fault that replaces n.
func (f *finder) replace(class Class, how how, n ast.Node, text string) {
	f.add(class, f.text(n), text, edit{f.offset(n.Pos()), f.offset(n.End()), how, text})
}

func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BlockStmt:
		f.list(n.List)
	case *ast.CaseClause:
		f.list(n.Body)
	case *ast.CommClause:
		f.list(n.Body)
		f.comm(n.Comm)
	case *ast.IfStmt:
		f.guard(n)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.replace(Guard, condition, n.Cond, "false")
			f.condition(n.Cond)
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			f.cases(n)
		}
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.replace(Guard, condition, n, f.text(n.X))
		}
	}
	return true
}

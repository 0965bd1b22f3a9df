package fault

import (
	"go/ast"
	"os"
	"path/filepath"
	"strings"
)

// siblings has for a name the next one of the same type: the operand for which it can be mistaken.
type siblings map[string]string

// add adds names that are declared together, with the source of the type of each.
func (s siblings) add(names, types []string) {
	for i, name := range names {
		for step := 1; step < len(names); step++ {
			j := (i + step) % len(names)
			if types[j] == types[i] && name != "_" && names[j] != "_" && s[name] == "" {
				s[name] = names[j]
				break
			}
		}
	}
}

// listed returns the names of a list of fields or parameters with their types, as typeText says.
func listed(list *ast.FieldList, typeText func(ast.Expr) string) (names, types []string) {
	if list == nil {
		return nil, nil
	}
	for _, field := range list.List {
		for _, name := range field.Names {
			names, types = append(names, name.Name), append(types, typeText(field.Type))
		}
	}
	return names, types
}

// parameters are the siblings among a function's parameters and named results.
func (f *finder) parameters(fn *ast.FuncDecl) siblings {
	s := siblings{}
	names, types := listed(fn.Type.Params, func(e ast.Expr) string { return f.text(e) })
	more, moreTypes := listed(fn.Type.Results, func(e ast.Expr) string { return f.text(e) })
	s.add(append(names, more...), append(types, moreTypes...))
	return s
}

// fields are the siblings among the fields of the structs of a package and of those of its module
// that it imports.
func fields(root, dir string) (siblings, error) {
	s := siblings{}
	imports, err := s.declared(filepath.Join(root, dir))
	if err != nil {
		return nil, err
	}
	text, _ := os.ReadFile(filepath.Join(root, "go.mod"))
	module, _, _ := strings.Cut(strings.TrimPrefix(string(text), "module "), "\n")
	for _, path := range imports {
		if below, ok := strings.CutPrefix(path, module+"/"); ok {
			if _, err := s.declared(filepath.Join(root, below)); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// declared adds the structs that a directory declares, and returns the imports of its files.
func (s siblings) declared(dir string) (imports []string, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parse(dir, filepath.Base(name))
		if err != nil {
			return nil, err
		}
		for _, i := range f.tree.Imports {
			imports = append(imports, strings.Trim(i.Path.Value, `"`))
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if t, ok := n.(*ast.StructType); ok {
				s.add(listed(t.Fields, func(e ast.Expr) string { return f.text(e) }))
			}
			return true
		})
	}
	return imports, nil
}

// arguments exchanges neighbours among the arguments of a call, unless their order means nothing.
func (f *finder) arguments(c *ast.CallExpr, change func(Class, ast.Node, string)) {
	name := f.text(c.Fun)
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "append", "min", "max", "make", "EqualFold", "Equal", "ConstantTimeCompare":
		return
	}
	for i := 1; i < len(c.Args) && !c.Ellipsis.IsValid(); i++ {
		if a, b := c.Args[i-1], c.Args[i]; f.text(a) != f.text(b) {
			change(Operand, c, f.between(c.Pos(), a.Pos())+f.text(b)+f.between(a.End(), b.Pos())+f.text(a)+
				f.between(b.End(), c.End()))
		}
	}
}

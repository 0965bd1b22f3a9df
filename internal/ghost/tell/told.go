package tell

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strings"
)

// Told returns a source of package endpoint in which each call of a client or server tells a ghost:
// the method gets another name, and a new one with the old name calls it.
func Told(source []byte) ([]byte, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, "", source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	var out, calls bytes.Buffer
	from := 0
	insert := func(at int, text string) {
		out.Write(source[from:at])
		out.WriteString(text)
		from = at
	}
	for _, decl := range tree.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			if at := coreOf(d); at != token.NoPos {
				insert(offset(at), "ghost Ghost\nghostDepth int\n")
			}
		case *ast.FuncDecl:
			if w := wrapperOf(d, func(from, to token.Pos) string {
				return string(source[offset(from):offset(to)])
			}); w != "" {
				insert(offset(d.Name.Pos()), "ghosted")
				calls.WriteString(w)
			}
		}
	}
	out.Write(source[from:])
	out.Write(calls.Bytes())
	return format.Source(out.Bytes())
}

// coreOf returns where the fields of type core begin.
func coreOf(d *ast.GenDecl) token.Pos {
	for _, spec := range d.Specs {
		if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == "core" {
			if s, ok := t.Type.(*ast.StructType); ok && len(s.Fields.List) > 0 {
				return s.Fields.List[0].Pos()
			}
		}
	}
	return token.NoPos
}

// wrapperOf returns the function that takes the place of d, "" if d stays.
func wrapperOf(d *ast.FuncDecl, text func(from, to token.Pos) string) string {
	if d.Recv == nil {
		if d.Name.Name == "NewClient" {
			return newClient
		}
		return ""
	}
	receiver := text(d.Recv.List[0].Type.Pos(), d.Recv.List[0].Type.End())
	if receiver == "*Server" && d.Name.Name == "Reset" {
		return reset
	}
	endpoint, core := "%[1]s", "&%[1]s.core"
	switch receiver {
	case "*Client", "*Server":
	case "*core":
		endpoint, core = "%[1]s.side", "%[1]s"
	default:
		return ""
	}
	if !d.Name.IsExported() || d.Type.Results == nil ||
		!strings.Contains(text(d.Type.Results.Pos(), d.Type.Results.End()), "[]Output") {
		return ""
	}
	var names []string
	for _, p := range d.Type.Params.List {
		for _, n := range p.Names {
			if n.Name == "_" {
				return ""
			}
			names = append(names, n.Name)
		}
	}
	var types, results []string
	for _, r := range d.Type.Results.List {
		for range max(1, len(r.Names)) {
			results = append(results, fmt.Sprintf("ghostResult%d", len(results)))
			types = append(types, text(r.Type.Pos(), r.Type.End()))
		}
	}
	declared := make([]string, len(results))
	for i := range results {
		declared[i] = results[i] + " " + types[i]
	}
	this := d.Recv.List[0].Names[0].Name
	return fmt.Sprintf(`
func (%[1]s %[2]s) %[3]s%[4]s (%[5]s) {
	ghostAfter := ghostBefore(`+endpoint+`, `+core+`, %[3]q, []any{%[6]s})
	%[7]s = %[1]s.ghosted%[3]s(%[6]s)
	ghostAfter(%[7]s)
	return %[7]s
}
`, this, receiver, d.Name.Name, text(d.Type.Params.Pos(), d.Type.Params.End()),
		strings.Join(declared, ", "),
		strings.Join(names, ", "), strings.Join(results, ", "))
}

//go:embed client.go.txt
var newClient string

//go:embed reset.go.txt
var reset string

// beside is added to package endpoint.
//
//go:embed beside.go.txt
var beside string

// installed is added to package ghost.
//
//go:embed installed.go.txt
var installed string

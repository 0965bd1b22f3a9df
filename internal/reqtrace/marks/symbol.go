package marks

import (
	"go/ast"
	"go/token"
)

// symbol names the declaration around pos, or the next one below it; the package if there is none,
// or if pos is in the package comment.
func (s *scanner) symbol(pos token.Pos) string {
	own := "package " + s.tree.Name.Name
	if pos < s.tree.Package {
		return own
	}
	for _, d := range s.tree.Decls {
		if d.End() < pos && !sameLine(s.fset, d.End(), pos) {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			return FuncName(d)
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				break
			}
			for _, spec := range d.Specs {
				if spec.End() >= pos || sameLine(s.fset, spec.End(), pos) {
					return specName(spec)
				}
			}
		}
	}
	return own
}

func sameLine(fset *token.FileSet, a, b token.Pos) bool {
	return fset.Position(a).Line == fset.Position(b).Line
}

// FuncName is F, or T.F for a method of T or *T. Other tools name functions by it, too.
func FuncName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

func specName(spec ast.Spec) string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return spec.Name.Name
	case *ast.ValueSpec:
		return spec.Names[0].Name
	}
	return ""
}

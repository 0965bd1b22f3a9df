package fault

import (
	"go/ast"
	"go/token"
	"slices"
)

// branch leaves a loop in place of its turn, the other way round, and does neither.
func (f *finder) branch(s *ast.BranchStmt) {
	if s.Label != nil {
		return
	}
	switch s.Tok {
	case token.BREAK:
		f.replace(Flow, statement, s, "continue")
		f.replace(Flow, statement, s, "")
	case token.CONTINUE:
		f.replace(Flow, statement, s, "break")
		f.replace(Flow, statement, s, "")
	}
}

// early leaves the function before a statement.
func (f *finder) early(s ast.Stmt) {
	if f.leave != "" && swappable(s) {
		f.add(Flow, f.text(s), f.leave+"; "+f.text(s),
			edit{f.offset(s.Pos()), f.offset(s.End()), statement, f.leave})
	}
}

// leaving returns the statement that leaves a function early without an error, "" if there is none.
func leaving(fn *ast.FuncDecl) string {
	results := fn.Type.Results
	switch {
	case results == nil, len(results.List) > 0 && len(results.List[0].Names) > 0:
		return "return"
	case len(results.List) == 1 && givesError(fn):
		return "return nil"
	}
	return ""
}

// givesError reports whether the last result of a function is an error.
func givesError(fn *ast.FuncDecl) bool {
	if fn.Type.Results == nil {
		return false
	}
	list := fn.Type.Results.List
	id, ok := list[len(list)-1].Type.(*ast.Ident)
	return ok && id.Name == "error"
}

// without drops one value of the cases of a switch with a tag.
func (f *finder) without(s *ast.SwitchStmt) {
	for _, stmt := range s.Body.List {
		c := stmt.(*ast.CaseClause)
		for i, e := range c.List {
			from, to := e.Pos(), e.End()
			switch {
			case len(c.List) == 1:
				from, to = c.Pos(), c.End()
			case i+1 < len(c.List):
				to = c.List[i+1].Pos()
			default:
				from = c.List[i-1].End()
			}
			text := f.between(s.Pos(), from) + f.between(to, s.End())
			f.add(Case, "case "+f.text(e), "", edit{f.offset(s.Pos()), f.offset(s.End()), statement, text})
		}
	}
}

// other has operators of assignments that can be mistaken for each other.
var other = map[token.Token][]string{
	token.ADD_ASSIGN: {"=", "-="}, token.SUB_ASSIGN: {"=", "+="}, token.OR_ASSIGN: {"=", "&="},
	token.AND_ASSIGN: {"=", "|="}, token.AND_NOT_ASSIGN: {"|="},
}

// operator takes another operator for that of an assignment.
func (f *finder) operator(s *ast.AssignStmt) {
	for _, tok := range other[s.Tok] {
		f.replace(Operator, statement, s, f.text(s.Lhs[0])+" "+tok+" "+f.text(s.Rhs[0]))
	}
}

// noEffect are functions whose calls can be exchanged.
var noEffect = []string{"len", "cap", "min", "max", "string", "int", "int64", "uint16",
	"bytes.Clone", "slices.Clone", "strings.Clone", "quote", "itoa"}

// commute reports whether two statements can be exchanged without a difference: one of them unlocks
// at the end of the function, or they are assignments that call nothing, and neither touches a
// variable that the other sets.
func (f *finder) commute(a, b ast.Stmt) bool {
	if f.unlocks(a) != f.unlocks(b) {
		return true
	}
	x, ok := a.(*ast.AssignStmt)
	y, okY := b.(*ast.AssignStmt)
	if !ok || !okY {
		return false
	}
	readsX, setsX, plainX := f.touched(x)
	readsY, setsY, plainY := f.touched(y)
	apart := func(list, from []string) bool {
		return !slices.ContainsFunc(list, func(name string) bool { return slices.Contains(from, name) })
	}
	return plainX && plainY && apart(setsX, setsY) && apart(setsX, readsY) && apart(readsX, setsY)
}

// unlocks reports whether a statement has a lock released at the end of the function.
func (f *finder) unlocks(s ast.Stmt) bool {
	d, ok := s.(*ast.DeferStmt)
	return ok && f.callClass(d.Call, Defer) == Lock
}

// touched returns the last names that an assignment reads and sets. It is plain if it sets only
// variables and fields, and calls only functions without effect.
func (f *finder) touched(s *ast.AssignStmt) (reads, sets []string, plain bool) {
	plain = true
	for _, e := range s.Lhs {
		switch e := e.(type) {
		case *ast.Ident:
			sets = append(sets, e.Name)
		case *ast.SelectorExpr:
			sets = append(sets, e.Sel.Name)
			ast.Inspect(e.X, f.reading(&reads, &plain))
		default:
			plain = false
		}
	}
	if s.Tok != token.ASSIGN {
		reads = append(reads, sets...)
	}
	for _, e := range s.Rhs {
		ast.Inspect(e, f.reading(&reads, &plain))
	}
	return reads, sets, plain
}

// reading collects the names in an expression.
func (f *finder) reading(reads *[]string, plain *bool) func(ast.Node) bool {
	return func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			*reads = append(*reads, n.Name)
		case *ast.CallExpr:
			*plain = *plain && slices.Contains(noEffect, f.text(n.Fun))
		case *ast.FuncLit, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			*plain = false
		case *ast.UnaryExpr:
			*plain = *plain && n.Op != token.ARROW
		}
		return true
	}
}

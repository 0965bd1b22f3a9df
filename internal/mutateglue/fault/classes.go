package fault

import (
	"go/ast"
	"go/token"
	"strings"
)

// guard removes the condition of an if, and makes it always true.
func (f *finder) guard(n *ast.IfStmt) {
	class := Guard
	if c, ok := n.Cond.(*ast.BinaryExpr); ok && f.text(c) == "err != nil" {
		class = Error
	}
	f.replace(class, condition, n.Cond, "false")
	if class == Error {
		return
	}
	f.replace(class, condition, n.Cond, "true")
	switch n.Cond.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr:
		f.replace(Guard, condition, n.Cond, "!"+f.text(n.Cond))
	}
	f.condition(n.Cond)
}

// condition makes the faults of the expressions of a condition.
func (f *finder) condition(e ast.Expr) {
	f.changes(e, func(class Class, text string) { f.replace(class, condition, e, text) })
}

// cases removes the conditions of a switch without a tag.
func (f *finder) cases(n *ast.SwitchStmt) {
	for _, s := range n.Body.List {
		for _, e := range s.(*ast.CaseClause).List {
			f.replace(Guard, condition, e, "false")
			f.replace(Guard, condition, e, "true")
			f.condition(e)
		}
	}
}

// moved has each comparison with its neighbour.
var moved = map[token.Token]string{
	token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">", token.EQL: "!=", token.NEQ: "==",
}

// binary moves a bound, drops an operand of && or ||, and takes one for the other.
func (f *finder) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.LAND, token.LOR:
		f.replace(Guard, condition, n, f.text(n.X))
		f.replace(Guard, condition, n, f.text(n.Y))
		f.replace(Operator, condition, n,
			f.text(n.X)+map[token.Token]string{token.LAND: " || ", token.LOR: " && "}[n.Op]+f.text(n.Y))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		f.replace(Bound, condition, n, f.text(n.X)+" "+moved[n.Op]+" "+f.text(n.Y))
	case token.EQL, token.NEQ:
		if f.text(n) != "err != nil" {
			f.replace(Guard, condition, n, f.text(n.X)+" "+moved[n.Op]+" "+f.text(n.Y))
		}
	}
}

// comm has a case of a select never happen.
func (f *finder) comm(s ast.Stmt) {
	var from ast.Expr
	switch s := s.(type) {
	case *ast.ExprStmt:
		from = s.X
	case *ast.AssignStmt:
		from = s.Rhs[0]
	}
	if u, ok := from.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		f.replace(Wait, channel, u.X, "nil")
	}
}

// list makes the faults of the statements of one block.
func (f *finder) list(list []ast.Stmt) {
	for i, s := range list {
		if i > 0 {
			f.early(s)
		}
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				f.defined(s)
				continue
			}
			f.replace(f.assignmentClass(s), statement, s, "")
			f.partly(s)
			f.operator(s)
			f.inside(s)
		case *ast.ExprStmt:
			if c, ok := s.X.(*ast.CallExpr); ok && f.text(c.Fun) != "panic" {
				f.replace(f.callClass(c, Call), statement, s, "")
			}
			f.inside(s)
		case *ast.DeferStmt:
			f.replace(f.callClass(s.Call, Defer), statement, s, "")
		case *ast.GoStmt:
			f.replace(Call, statement, s, "")
		case *ast.IncDecStmt:
			f.replace(Reset, statement, s, "")
		case *ast.BranchStmt:
			f.branch(s)
		case *ast.ReturnStmt:
			f.returned(s)
			f.inside(s)
		case *ast.IfStmt:
			f.ifInit(s)
		case *ast.SwitchStmt:
			f.tagged(s)
		}
		if i > 0 && swappable(list[i-1]) && swappable(s) && !f.commute(list[i-1], s) {
			f.swap(list[i-1], s)
		}
	}
}

// ifInit drops the first statement of an if, and makes the faults of its expressions.
func (f *finder) ifInit(s *ast.IfStmt) {
	if init, ok := s.Init.(*ast.AssignStmt); ok && init.Tok != token.DEFINE || isIncDec(s.Init) {
		without := "if " + f.between(s.Cond.Pos(), s.End())
		f.add(Reset, f.text(s.Init), "", edit{f.offset(s.Pos()), f.offset(s.End()), statement, without})
	}
	if s.Init != nil {
		f.changes(s.Init, func(class Class, text string) {
			f.add(class, f.text(s.Init), text, edit{f.offset(s.Pos()), f.offset(s.End()), statement,
				"if " + text + f.between(s.Init.End(), s.End())})
		})
	}
}

// tagged leaves values out of a switch with a tag, and drops the first statement of any switch.
func (f *finder) tagged(s *ast.SwitchStmt) {
	if s.Tag != nil {
		f.without(s)
	}
	if init, ok := s.Init.(*ast.AssignStmt); ok && init.Tok != token.DEFINE {
		from := s.Body.Pos()
		if s.Tag != nil {
			from = s.Tag.Pos()
		}
		without := "switch " + f.between(from, s.End())
		f.add(Reset, f.text(s.Init), "", edit{f.offset(s.Pos()), f.offset(s.End()), statement, without})
	}
}

func isIncDec(s ast.Stmt) bool {
	_, ok := s.(*ast.IncDecStmt)
	return ok
}

// swappable reports whether a statement declares nothing and does not leave its block.
func swappable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt:
		return true
	}
	return false
}

// swap exchanges two statements: the first is dropped, and made again behind the second.
func (f *finder) swap(a, b ast.Stmt) {
	first, second := f.text(a), f.text(b)
	f.add(Order, first+"; "+second, second+"; "+first,
		edit{f.offset(a.Pos()), f.offset(a.End()), statement, ""},
		edit{f.offset(b.Pos()), f.offset(b.End()), statement, second + "\n" + first})
}

// assignmentClass tells assignments of timers from others.
func (f *finder) assignmentClass(s *ast.AssignStmt) Class {
	if text := strings.ToLower(f.text(s)); strings.Contains(text, "deadline") ||
		strings.Contains(text, "timer") ||
		strings.Contains(text, ".due") {
		return Deadline
	}
	return Reset
}

// callClass tells the calls that are about locks and timers from others.
func (f *finder) callClass(c *ast.CallExpr, other Class) Class {
	name := f.text(c.Fun)
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	switch {
	case name == "Lock", name == "Unlock", name == "RLock", name == "RUnlock":
		return Lock
	case strings.Contains(name, "Deadline"), strings.Contains(strings.ToLower(name), "wake"),
		name == "Stop", name == "Reset", name == "stop", name == "arm", name == "cancel":
		return Deadline
	}
	return other
}

// partly drops one of the assignments of a statement that makes several.
func (f *finder) partly(s *ast.AssignStmt) {
	if len(s.Lhs) < 2 || len(s.Lhs) != len(s.Rhs) {
		return
	}
	for i := range s.Lhs {
		var left, right []string
		for j := range s.Lhs {
			if j != i {
				left, right = append(left, f.text(s.Lhs[j])), append(right, f.text(s.Rhs[j]))
			}
		}
		f.replace(f.assignmentClass(s), statement, s, strings.Join(left, ", ")+" "+s.Tok.String()+" "+
			strings.Join(right, ", "))
	}
}

// defined makes faults of a statement that declares: they follow it, because it must stay.
func (f *finder) defined(s *ast.AssignStmt) {
	add := func(class Class, text string) {
		f.add(class, f.text(s), text, edit{f.offset(s.Pos()), f.offset(s.End()), behind, text})
	}
	if len(s.Lhs) > 1 && len(s.Rhs) == 1 {
		if last, ok := s.Lhs[len(s.Lhs)-1].(*ast.Ident); ok && last.Name == "err" {
			add(Error, "err = nil")
		}
	}
	if len(s.Rhs) != 1 {
		return
	}
	left := f.between(s.Lhs[0].Pos(), s.Lhs[len(s.Lhs)-1].End())
	f.changes(s.Rhs[0], func(class Class, text string) {
		if class != Field { // it would be made twice
			add(class, left+" = "+text)
		}
	})
}

// returned drops the error that a statement returns.
func (f *finder) returned(s *ast.ReturnStmt) {
	if len(s.Results) == 0 {
		return
	}
	if last := s.Results[len(s.Results)-1]; f.errs && len(s.Results) > 1 || f.text(last) == "err" {
		f.replace(Error, statement, s, f.with(s, last.Pos(), last.End(), "nil"))
	} else if f.errs {
		f.replace(Error, statement, s, "return nil")
	}
}

package fault

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// inside makes the faults of the expressions of a statement. Callers look at an error first, so
// the other results do not matter when there is one.
func (f *finder) inside(s ast.Stmt) {
	if r, ok := s.(*ast.ReturnStmt); ok && f.errs && len(r.Results) > 1 {
		if last := r.Results[len(r.Results)-1]; f.text(last) != "nil" {
			f.changes(last, func(class Class, text string) {
				f.replace(class, statement, s, f.with(s, last.Pos(), last.End(), text))
			})
			return
		}
	}
	f.changes(s, func(class Class, text string) { f.replace(class, statement, s, text) })
}

// changes calls add with the text of n for each change of an expression in it. Words for people, as
// errors have them, and capacities stay.
func (f *finder) changes(n ast.Node, add func(class Class, text string)) {
	change := func(class Class, part ast.Node, text string) {
		add(class, f.with(n, part.Pos(), part.End(), text))
	}
	ast.Inspect(n, func(part ast.Node) bool {
		switch part := part.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if f.text(part.Fun) == "make" {
				return false
			}
			f.copied(part, change)
			f.arguments(part, change)
		case *ast.SliceExpr:
			f.slice(part, change)
		case *ast.CompositeLit:
			f.fields(part, change)
		case *ast.Ident:
			switch part.Name {
			case "true":
				change(Constant, part, "false")
			case "false":
				change(Constant, part, "true")
			}
			if other := f.params[part.Name]; other != "" {
				change(Operand, part, other)
			}
		case *ast.BasicLit:
			literal(part, change)
		case *ast.BinaryExpr:
			if f.isWords(part) {
				return false
			}
			switch {
			case part.Op == token.ADD && !strings.Contains(f.text(part), `"`):
				change(Bound, part, f.text(part.X)+" - "+f.text(part.Y))
			case part.Op == token.SUB:
				change(Bound, part, f.text(part.X)+" + "+f.text(part.Y))
			}
		case *ast.SelectorExpr:
			if other := otherConstant(f.text(part)); other != "" {
				change(Constant, part, other)
			}
			if other := f.fieldsOf[part.Sel.Name]; other != "" {
				change(Operand, part, f.text(part.X)+"."+other)
			}
		}
		return true
	})
}

// slice lets a slice keep its capacity, and moves its bounds.
func (f *finder) slice(e *ast.SliceExpr, change func(Class, ast.Node, string)) {
	if e.Slice3 {
		change(Alias, e, f.text(e.X)+"["+f.optional(e.Low)+":"+f.optional(e.High)+"]")
	}
	for _, at := range []ast.Expr{e.Low, e.High} {
		if _, literal := at.(*ast.BasicLit); at != nil && !literal {
			change(Bound, at, f.text(at)+map[bool]string{true: "+1", false: "-1"}[at == e.Low])
		}
	}
}

// literal takes the next number, or the next character.
func literal(e *ast.BasicLit, change func(Class, ast.Node, string)) {
	switch e.Kind {
	case token.INT:
		if v, err := strconv.ParseInt(e.Value, 0, 32); err == nil {
			change(Bound, e, strconv.FormatInt(v+1, 10))
		}
	case token.CHAR:
		if r, _, _, err := strconv.UnquoteChar(strings.Trim(e.Value, "'"), '\''); err == nil {
			change(Constant, e, strconv.QuoteRune(r+1))
		}
	}
}

// isWords reports whether an expression joins words to a text.
func (f *finder) isWords(e *ast.BinaryExpr) bool {
	text := f.text(e)
	at := strings.IndexByte(text, '"')
	return e.Op == token.ADD && at >= 0 &&
		strings.ContainsRune(text[at:strings.LastIndexByte(text, '"')], ' ')
}

func (f *finder) optional(e ast.Expr) string {
	if e == nil {
		return ""
	}
	return f.text(e)
}

// copied takes the argument for its copy, and one argument of min and max for both.
func (f *finder) copied(c *ast.CallExpr, change func(Class, ast.Node, string)) {
	switch name := f.text(c.Fun); {
	case (name == "bytes.Clone" || name == "slices.Clone" || name == "strings.Clone" ||
		name == "maps.Clone") && len(c.Args) == 1:
		change(Alias, c, f.text(c.Args[0]))
	case name == "append" && c.Ellipsis.IsValid() && len(c.Args) == 2:
		switch first := f.text(c.Args[0]); {
		case strings.HasSuffix(first, "(nil)"), strings.HasSuffix(first, "[:0:0]"),
			strings.HasSuffix(first, "{}"):
			change(Alias, c, f.text(c.Args[1]))
		case strings.HasSuffix(first, "[:0]"):
			change(Alias, c, f.text(c.Args[1]))
		}
	case name == "string" && len(c.Args) == 1, name == "copyFields":
	case (name == "min" || name == "max") && len(c.Args) == 2:
		change(Bound, c, f.text(c.Args[0]))
		change(Bound, c, f.text(c.Args[1]))
	}
}

// fields leaves out each field of a composite literal that has names.
func (f *finder) fields(c *ast.CompositeLit, change func(Class, ast.Node, string)) {
	for i, e := range c.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return
		}
		if f.text(kv.Key) == "Detail" || f.text(kv.Key) == "detail" { // words for people
			continue
		}
		from, to := e.Pos(), e.End()
		if i+1 < len(c.Elts) {
			to = c.Elts[i+1].Pos()
		} else if i > 0 {
			from = c.Elts[i-1].End()
		}
		change(Field, c, f.with(c, from, to, ""))
	}
}

// families are constants of which one can be mistaken for the next.
var families = [][]string{
	{"wire.Text", "wire.Binary"},
	{"frames.Text", "frames.Binary"},
	{"ws.OpText", "ws.OpBinary"},
	{"ws.OpPing", "ws.OpPong"},
	{"fsm.FailureLimit", "fsm.FailureFrame", "fsm.FailureUTF8", "fsm.FailureUnexpectedMessage",
		"fsm.FailureMalformed"},
	{"fsm.EventDataReceived", "fsm.EventTerminatorReceived"},
	{"fsm.EventConnectFailed", "fsm.EventConnectionLost"},
	{"fsm.ClientAwaitLogin", "fsm.ClientAwaitCredentials"},
	{"fsm.ServerAwaitRequest", "fsm.ServerAwaitReplay"},
	{"fsm.ClientAwaitProceed", "fsm.ClientAwaitConfirm"},
	{"fsm.ProfileSpec", "fsm.ProfileKaazing", "fsm.ProfileAuto"},
	{"fsm.FactKHP", "fsm.FactValid", "fsm.FactKaazing"},
	{"fsm.FactTargetUsable", "fsm.FactTargetRefused", "fsm.FactTargetVisited"},
	{"balancer.Proceed", "balancer.Reroute"},
	{"net.ErrClosed", "io.EOF", "io.ErrUnexpectedEOF"},
}

func otherConstant(name string) string {
	for _, family := range families {
		for i, member := range family {
			if member == name {
				return family[(i+1)%len(family)]
			}
		}
	}
	return ""
}

package wire

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/exp/ebnf"
)

//go:embed khp.ebnf
var ebnfText string

// reserved says which production is taken away from another one, which the notation cannot say.
var reserved = map[string]string{
	"otherRequestName":  "reservedRequest",
	"otherResponseName": "reservedResponse",
}

type grammarOp uint8

const (
	opText     grammarOp = 1 + iota // text
	opRange                         // one byte from lo to hi
	opSequence                      // all kids
	opEither                        // one of kids
	opOption                        // the kid or nothing
	opRepeat                        // the kid any number of times
	opName                          // the production of that name
)

// node is an expression of the grammar over bytes. Each has a number of its own.
type node struct {
	op     grammarOp
	id     int
	kids   []*node
	text   string
	name   string
	target *node // the production of that name
	not    *node // is excluded
	lo, hi byte

	classified bool
	class      *[256]bool // if it stands for one byte, which
}

// grammar holds the production of each name.
type grammar struct {
	productions map[string]*node
	named       []*node // all of opName
	nodes       int
}

func loadGrammar(t testing.TB) *grammar {
	t.Helper()
	source, err := ebnf.Parse("khp.ebnf", strings.NewReader(ebnfText))
	require.NoError(t, err)
	require.NoError(t, ebnf.Verify(source, "khp"))
	g := &grammar{productions: map[string]*node{}}
	for name, p := range source {
		g.productions[name] = g.compile(t, p.Expr)
	}
	for _, n := range g.named {
		n.target, n.not = g.productions[n.name], g.productions[reserved[n.name]]
	}
	for _, n := range g.productions {
		n.classify()
	}
	return g
}

// classify finds the nodes that stand for one byte, so that the recogniser need not look inside.
func (n *node) classify() *[256]bool {
	if n.classified {
		return n.class
	}
	n.classified = true
	var class [256]bool
	ok := true
	take := func(kid *node) {
		one := kid.classify()
		ok = ok && one != nil
		for c := 0; ok && c < len(class); c++ {
			class[c] = class[c] || one[c]
		}
	}
	for _, kid := range n.kids {
		take(kid)
	}
	switch n.op {
	case opText:
		if ok = len(n.text) == 1; ok {
			class[n.text[0]] = true
		}
	case opRange:
		for c := int(n.lo); c <= int(n.hi); c++ {
			class[c] = true
		}
	case opName:
		take(n.target)
		ok = ok && n.not == nil
	case opSequence:
		ok = ok && len(n.kids) == 1
	case opEither:
	case opOption, opRepeat:
		ok = false
	}
	if ok {
		n.class = &class
	}
	return n.class
}

func (g *grammar) compile(t testing.TB, e ebnf.Expression) *node {
	n := &node{id: g.nodes}
	g.nodes++
	add := func(op grammarOp, list ...ebnf.Expression) {
		n.op = op
		for _, e := range list {
			n.kids = append(n.kids, g.compile(t, e))
		}
	}
	switch e := e.(type) {
	case *ebnf.Token:
		n.op = opText
		for _, r := range e.String {
			n.text += string(latin1(t, r))
		}
	case *ebnf.Range:
		n.op, n.lo, n.hi = opRange, latin1(t, []rune(e.Begin.String)[0])[0],
			latin1(t, []rune(e.End.String)[0])[0]
	case ebnf.Sequence:
		add(opSequence, e...)
	case ebnf.Alternative:
		add(opEither, e...)
	case *ebnf.Group:
		add(opSequence, e.Body)
	case *ebnf.Option:
		add(opOption, e.Body)
	case *ebnf.Repetition:
		add(opRepeat, e.Body)
	case *ebnf.Name:
		n.op, n.name = opName, e.String
		g.named = append(g.named, n)
	default:
		require.Fail(t, "unknown expression", "%T", e)
	}
	return n
}

// latin1 returns the byte that a character of the grammar stands for.
func latin1(t testing.TB, r rune) []byte {
	require.LessOrEqual(t, r, rune(0xff), "a terminal is made of bytes")
	return []byte{byte(r)}
}

// The grammar is well formed: every production is defined, and used.
func TestGrammar_Verify(t *testing.T) {
	g := loadGrammar(t)
	for name, taken := range reserved {
		require.Contains(t, g.productions, name)
		require.Contains(t, g.productions, taken)
	}
	for name := range g.productions {
		require.Equal(t, strings.ToLower(name[:1]), name[:1],
			"nothing may stand between the terms of %s", name)
	}
}

// The recogniser itself follows the notation.
func TestGrammar_Recogniser(t *testing.T) {
	g := loadGrammar(t)
	for _, c := range []struct {
		production, in string
		want           bool
	}{
		{"crlf", "\r\n", true},
		{"crlf", "\n", false},
		{"token", "", false},
		{"token", "a-1", true},
		{"token", "a b", false},
		{"hostWord", "hOsT", true},
		{"otherRequestName", "hOsT", false},
		{"otherRequestName", "hOsTs", true},
		{"otherResponseName", "hOsT", true},
		{"otherResponseName", "content-LENGTH", false},
		{"port", "65535", true},
		{"port", "65536", false},
		{"port", "", true},
		{"ip6", "::", true},
		{"ip6", "1:2:3:4:5:6:7:8", true},
		{"ip6", "1:2:3:4:5:6:7::", true},
		{"ip6", "1:2:3:4:5:6:7:8::", false},
		{"ip6", "::ffff:1.2.3.4", true},
		{"ip6", "1::2::3", false},
		{"rest", "HTTP/1", true},
		{"rest", "HTTP/1.", false},
		{"rest", "HTTP/2.", true},
		{"rest", "", true},
		{"value", "\xff\t ", true},
		{"value", "\x7f", false},
		{"extendedRequest", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
		{"extendedRequest", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", false},
		{"extendedRequest", "GET / HTTP/1.1\r\nContent-Length: 02\r\n\r\nab", true},
		{"extendedRequest", "GET / HTTP/1.1\r\nContent-Length: 02\r\n\r\nabc", false},
		{"extendedRequest", "GET / HTTP/1.1\r\n\r\nab", false},
		{"extendedResponse", "HTTP/1.1 204\r\nContent-Length: 00\r\n\r\n", true},
		{"extendedResponse", "HTTP/1.1 204\r\nContent-Length: 1\r\n\r\na", false},
		{"extendedResponse", "HTTP/1.1 200\r\n\r\na", true},
		{"extendedResponse", "HTTP/1.1 200\r\nTransfer-Encoding: x\r\n\r\n", false},
	} {
		require.Equal(t, c.want, g.recognise(c.production, []byte(c.in)), "%s: %q", c.production, c.in)
	}
}

package network

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every sentence in which the monitor or the comparison of hosts names an invariant is provoked by
// a test, so that none of the checks can stop looking unnoticed.
func TestChecks_EachIsProvoked(t *testing.T) {
	var said []string
	for _, b := range brokens {
		said = append(said, b.message(t))
	}
	for _, v := range tampered {
		n, c, s := pair(t)
		v.tamper(n, c, s)
		n.Check()
		for _, err := range n.Broken() {
			said = append(said, err.Error())
		}
	}
	sentences := sentencesOf(t)
	require.Greater(t, len(sentences), 40)
	for _, s := range sentences {
		provoked := regexp.MustCompile(s)
		found := false
		for _, text := range said {
			found = found || provoked.MatchString(text)
		}
		if !found {
			t.Errorf("no test provokes %s", s)
		}
	}
}

var id = regexp.MustCompile(`^(INV|LIV)-\d\d: |^TOTAL: `)

// sentencesOf returns patterns of the sentences in the files of the package.
func sentencesOf(t *testing.T) (patterns []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			text := pattern(e)
			if id.MatchString(text) {
				patterns = append(patterns, text)
				return false
			}
			return true
		})
	}
	return patterns
}

var verb = regexp.MustCompile(`%[+.\d]*[a-zA-Z]`)

// pattern matches the possible values of an expression of strings.
func pattern(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			var parts []string
			for _, part := range verb.Split(text, -1) {
				parts = append(parts, regexp.QuoteMeta(part))
			}
			return strings.Join(parts, ".*")
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return pattern(e.X) + pattern(e.Y)
		}
	}
	return ".*"
}

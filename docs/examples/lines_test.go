package examples

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A server takes at most 60 lines: all of server.go but imports, comments and blank lines.
func TestServer_Lines(t *testing.T) {
	for _, file := range []string{"gws/server.go", "eventloop/server.go"} {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, source, parser.ImportsOnly)
		require.NoError(t, err)
		imports := f.Decls[len(f.Decls)-1].(*ast.GenDecl)
		n := 0
		for line := range strings.Lines(string(source[set.Position(imports.End()).Offset:])) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				n++
			}
		}
		require.LessOrEqual(t, n, 60, file)
	}
}

package trace

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The format can be used wherever fsm and wire can: it brings nothing of others.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	checked := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			host, _, _ := strings.Cut(path, "/")
			if strings.Contains(host, ".") {
				require.Contains(t, []string{"example.com/khp/fsm", "example.com/khp/wire",
					"example.com/khp/internal/visible", "example.com/khp/internal/redact"}, path, name)
			}
			checked++
		}
	}
	require.Greater(t, checked, 10)
}

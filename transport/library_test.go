package transport_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// featureRows returns the rows of the table of features in docs/library.md, split into cells.
func featureRows(t *testing.T) (rows [][]string) {
	b, err := os.ReadFile("../docs/library.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(b), "| | khp |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) == 6 &&
			!strings.HasPrefix(cells[0], "---") {
			rows = append(rows, cells)
		}
	}
	return rows
}

// tests lists the tests of a package, and remembers them in known.
func tests(t *testing.T, dir string, known map[string]map[string]bool) map[string]bool {
	if names, ok := known[dir]; ok {
		return names
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	names := map[string]bool{}
	known[dir] = names
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = true
			}
		}
	}
	return names
}

var quotedName = regexp.MustCompile("`([^`]+)`")

// Each feature that docs/library.md says we have is proven by the tests that it names; removing or
// renaming one takes a change of the table. A test of internal/adaptertest looks the features of
// other libraries up.
func TestLibrary_OurColumn(t *testing.T) {
	rows := featureRows(t)
	require.Greater(t, len(rows), 20)
	known := map[string]map[string]bool{}
	for _, row := range rows {
		names := quotedName.FindAllStringSubmatch(row[1], -1)
		if row[1] == "no" {
			require.Contains(t, row[0], "HTTP/2", "what else we do not have is explained")
			continue
		}
		require.NotEmpty(t, names, row[0])
		for _, m := range names {
			pkg, name, found := strings.Cut(m[1], ".")
			if !found {
				pkg, name = "", m[1]
			} else if strings.HasSuffix(pkg, "test") && pkg != "conformtest" {
				pkg = "internal/" + pkg
			}
			require.True(t, strings.HasPrefix(name, "Test") && tests(t, "./"+pkg, known)[name],
				"%s: no test %s", row[0], m[1])
		}
	}
}

// Package enums has the tests of packages go over their enums.
package enums

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// List is the values from first to last.
func List[E ~uint8 | ~uint32](first, last E) (list []any) {
	for v := first; v <= last; v++ {
		list = append(list, v)
	}
	return list
}

// Flags is the values from first to last, each twice the one before.
func Flags[E ~uint8 | ~uint32](first, last E) (list []any) {
	for v := first; ; v *= 2 {
		if list = append(list, v); v == last {
			return list
		}
	}
}

// bare is a value that is printed as a number.
var bare = regexp.MustCompile(`^\d+$|\(\d+\)$`)

// Readable requires that values lists every exported type of integers with constants in the package
// in folder, with all of its constants, and that each prints as a word of its own, not as a number.
func Readable(t *testing.T, folder string, values map[string][]any) {
	t.Helper()
	constants := constantsOf(t, folder)
	for name, n := range constants {
		require.Contains(t, values, name, "%s has constants", name)
		require.Len(t, values[name], n, "constants of %s", name)
	}
	for name, list := range values {
		require.Contains(t, constants, name)
		seen := map[string]any{}
		for _, v := range list {
			text := fmt.Sprintf("%v", v)
			require.NotEmpty(t, text, "%s %d", name, v)
			require.NotRegexp(t, bare, text, "%s %d", name, v)
			require.NotContains(t, seen, text, "two values of %s", name)
			require.Equal(t, text, fmt.Sprintf("%s", v), "%s", name)
			seen[text] = v
		}
	}
}

// constantsOf counts the exported constants of each exported type of integers.
func constantsOf(t *testing.T, folder string) map[string]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	integers, counts := map[string]bool{}, map[string]int{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		f, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
		require.NoError(t, err)
		for _, d := range f.Decls {
			if d, ok := d.(*ast.GenDecl); ok {
				declared(d, integers, counts)
			}
		}
	}
	for name := range counts {
		if !integers[name] {
			delete(counts, name)
		}
	}
	return counts
}

func declared(d *ast.GenDecl, integers map[string]bool, counts map[string]int) {
	typ := ""
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			under, ok := s.Type.(*ast.Ident)
			integers[s.Name.Name] = ok && s.Name.IsExported() &&
				slices.Contains([]string{"uint8", "uint16", "uint32", "int"}, under.Name)
		case *ast.ValueSpec:
			if d.Tok != token.CONST {
				continue
			}
			if named, ok := s.Type.(*ast.Ident); ok {
				typ = named.Name
			} else if s.Type != nil || len(s.Values) > 0 {
				typ = ""
			}
			if typ != "" && s.Names[0].IsExported() {
				counts[typ]++
			}
		}
	}
}

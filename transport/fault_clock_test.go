package transport

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wallClock lists the functions that take the monotonic part off a time, or make a time without
// one. A deadline made of one moves when the clock of the machine is set.
var wallClock = map[string]bool{
	"AddDate": true, "Date": true, "In": true, "Local": true, "Parse": true, "UTC": true, "Unix": true,
	"UnixMicro": true, "UnixMilli": true, "UnixNano": true,
}

// wallClockMay has the places where the time of day is meant, with the reason.
var wallClockMay = map[string]string{
	"adapter/opening.go longAgo":        "a deadline in the past, whatever the time",
	"internal/sock/deadline.go LongAgo": "a deadline in the past, whatever the time",
	"error.go retryAfter":               "Retry-After may be a date",
	"internal/accept/answer.go answer":  "the date of an answer",
}

// A clock that jumps moves no deadline: all of them are made of time.Now and durations, which are
// monotonic, and nothing takes that from them.
func TestClockJumps(t *testing.T) {
	t.Attr("req", "LIV-01")
	used := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(path, filepath.Join("internal", "adaptertest")) {
			return nil
		}
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
		require.NoError(t, err)
		if !importsTime(file) {
			return nil
		}
		for _, decl := range file.Decls {
			for _, name := range wallCalls(decl) {
				place := filepath.ToSlash(path) + " " + declared(decl)
				require.Contains(t, wallClockMay, place,
					"%s takes the monotonic clock off a time; use time.Since, Add and Sub", name)
				used[place] = true
			}
		}
		return nil
	})
	require.NoError(t, err)
	for place := range wallClockMay {
		require.True(t, used[place], "%s: the list has no more than is needed", place)
	}
}

func importsTime(file *ast.File) bool {
	for _, i := range file.Imports {
		if i.Path.Value == `"time"` {
			return true
		}
	}
	return false
}

// wallCalls returns the names of wallClock that are called in n, and Round(0).
func wallCalls(n ast.Node) (names []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); ok &&
			(wallClock[f.Sel.Name] || f.Sel.Name == "Round" && isZero(call.Args)) {
			names = append(names, f.Sel.Name)
		}
		return true
	})
	return names
}

func isZero(args []ast.Expr) bool {
	if len(args) != 1 {
		return false
	}
	lit, ok := args[0].(*ast.BasicLit)
	return ok && lit.Value == "0"
}

// declared returns the name that a declaration declares.
func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Name.Name
	case *ast.GenDecl:
		if v, ok := d.Specs[0].(*ast.ValueSpec); ok {
			return v.Names[0].Name
		}
	}
	return ""
}

// A check that finds nothing would prove nothing.
func TestClockJumps_Finds(t *testing.T) {
	for source, want := range map[string]int{
		"t.Round(0)": 1, "t.UnixNano()": 1, "time.Unix(1, 0)": 1, "t.Round(d)": 0,
		"time.Now().Add(d)": 0, "t.UTC()": 1,
	} {
		e, err := parser.ParseExpr(source)
		require.NoError(t, err)
		require.Len(t, wallCalls(e), want, source)
	}
}

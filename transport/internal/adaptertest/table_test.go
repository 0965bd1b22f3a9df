package adaptertest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/lxzan/gws" // of which docs/library.md speaks
	"github.com/stretchr/testify/require"
)

// compared are those of docs/library.md, in the order of its columns.
var compared = []struct{ name, module string }{
	{"coder", "github.com/coder/websocket"}, {"gorilla", "github.com/gorilla/websocket"},
	{"gobwas", "github.com/gobwas/ws"}, {"gws", "github.com/lxzan/gws"},
}

// identifiers lists the exported names below a folder: functions, types, methods, fields and
// packages.
func identifiers(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		names[f.Name.Name] = true
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				names[d.Name.Name] = true
				for _, p := range d.Type.Params.List { // such as responseHeader
					for _, n := range p.Names {
						names[n.Name] = true
					}
				}
			case *ast.GenDecl:
				ast.Inspect(d, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.TypeSpec:
						names[n.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range n.Names {
							names[name.Name] = true
						}
					case *ast.Field:
						for _, name := range n.Names {
							names[name.Name] = true
						}
					}
					return true
				})
			}
		}
		return nil
	}))
	return names
}

var quoted = regexp.MustCompile("`([^`]+)`")

// The features that docs/library.md ascribes to other libraries exist in the versions that it
// names.
func TestLibrary_OtherColumns(t *testing.T) {
	b, err := os.ReadFile("../../../docs/library.md")
	require.NoError(t, err)
	page := string(b)
	all := map[string]bool{}
	var theirs []map[string]bool
	for _, l := range compared {
		out, err := exec.Command("go", "list", "-m", "-json", l.module).Output()
		require.NoError(t, err)
		var module struct{ Version, Dir string }
		require.NoError(t, json.Unmarshal(out, &module))
		require.Contains(t, page, strings.TrimPrefix(l.module, "github.com/")+" "+module.Version)
		theirs = append(theirs, identifiers(t, module.Dir))
		for name := range theirs[len(theirs)-1] {
			all[name] = true
		}
	}
	ours := identifiers(t, "../..")
	known := func(where, text string, names map[string]bool) {
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(m[1], "http.") { // of the standard library
				continue
			}
			for part := range strings.SplitSeq(m[1], ".") {
				_, part = filepath.Split(part) // of a path of packages
				require.True(t, names[part] || ours[part] && strings.HasSuffix(text, " here"),
					"%s: there is no %s", where, m[1])
			}
		}
	}
	calls, features, found := strings.Cut(page, "| | khp |")
	require.True(t, found)
	rows := 0
	for line := range strings.Lines(calls) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) == 2 {
			known("calls", strings.ReplaceAll(cells[0], "websocket.", ""), all)
			known("calls", cells[1], ours)
			rows++
		}
	}
	for line := range strings.Lines(features) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) == 6 {
			for i, l := range compared {
				known(cells[0]+", "+l.name, cells[i+2], theirs[i])
			}
			rows++
		}
	}
	require.Greater(t, rows, 30)
}

package transport_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shown are the packages of which examples show everything, and the fields that they have to show,
// too: functions among options, which a comment alone does not explain.
var shown = map[string][]string{
	".": {
		"DialOptions.CheckRedirect", "DialOptions.Compression", "DialOptions.Jar",
		"DialOptions.KeepAlive", "DialOptions.Proxy", "DialOptions.Retry", "DialOptions.Use",
		"Handler.AllowOrigins", "Handler.CheckOpening", "Handler.CheckOrigin", "Handler.Compression",
		"Handler.ConnContext", "Handler.Decide", "Handler.KeepAlive", "Handler.OpeningHeader",
		"Handler.Plain", "Server.Route",
	},
	"auth":          nil,
	"auth/htpasswd": nil,
	"extension":     nil,
	"adapter":       {"ServerOptions.Config", "ClientOptions.Config"},
	"conformtest":   nil,
	"wsjson":        nil,
}

// called are methods that others call: packages fmt, errors, log/slog, encoding and net/http, and
// ours those of interfaces that an application hands over.
var called = map[string]bool{
	"As": true, "Error": true, "Format": true, "GoString": true, "Is": true, "LogValue": true,
	"MarshalText": true, "String": true, "Unwrap": true, "ServeHTTP": true,
	"Authenticate": true, "Validate": true, "Credentials": true, "Name": true, "Offer": true,
	"Accept": true, "Confirm": true,
}

// Every function and method of these packages is used in an example of transport, endpoint or a
// package below, or in a program of docs/examples.
func TestExamples_Complete(t *testing.T) {
	used := map[string]bool{}
	for _, root := range []string{".", "../endpoint", "../docs/examples"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") {
				use(t, path, root == "../docs/examples" ||
					strings.HasPrefix(filepath.Base(path), "example"), used)
			}
			return err
		}))
	}
	for dir, fields := range shown {
		t.Run(dir, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(dir, "*.go"))
			require.NoError(t, err)
			entries := slices.Clone(fields)
			for _, file := range files {
				if !strings.HasSuffix(file, "_test.go") {
					entries = append(entries, exportedFuncs(t, file)...)
				}
			}
			require.NotEmpty(t, entries)
			missing := slices.DeleteFunc(entries, func(name string) bool {
				_, last, _ := strings.Cut(name, ".")
				return used[name] || !isFunction(name) && used["."+last]
			})
			require.Empty(t, missing, "no example uses these")
		})
	}
}

// use notes the names that the examples of a file use, or the whole file: package.Function, .Method
// and .Field.
func use(t *testing.T, file string, whole bool, used map[string]bool) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); !whole &&
			(!ok || !strings.HasPrefix(fn.Name.Name, "Example") || !strings.HasSuffix(file, "_test.go")) {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				used["."+n.Sel.Name] = true
				if x, ok := n.X.(*ast.Ident); ok {
					used[x.Name+"."+n.Sel.Name] = true
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					used["."+key.Name] = true
				}
			}
			return true
		})
	}
}

// exportedFuncs lists functions as package.Name and methods as Type.Name.
func exportedFuncs(t *testing.T, file string) (names []string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		switch {
		case !ok || !fn.Name.IsExported() || called[fn.Name.Name]:
		case fn.Recv == nil:
			names = append(names, f.Name.Name+"."+fn.Name.Name)
		default:
			of := fn.Recv.List[0].Type
			if star, ok := of.(*ast.StarExpr); ok {
				of = star.X
			}
			if typ, ok := of.(*ast.Ident); ok && typ.IsExported() {
				names = append(names, typ.Name+"."+fn.Name.Name)
			}
		}
	}
	return names
}

// isFunction reports whether a name is that of a function: those of packages are not capitalised.
func isFunction(name string) bool { return !ast.IsExported(name) }

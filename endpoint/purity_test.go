package endpoint

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pure are the packages that must not know of sockets, clocks, randomness, goroutines or logs, with
// the imports that each may have itself, and those that must not be below it.
var pure = []struct{ path, allowed, forbidden string }{
	{
		"example.com/khp/fsm", "cmp errors iter maps slices strconv strings " +
			"example.com/khp/fsm/codes example.com/khp/internal/inside",
		"context crypto/rand internal/poll io/fs log log/slog math/rand math/rand/v2 net os syscall time",
	},
	{"example.com/khp/fsm/codes", "strconv strings", impureDeps},
	{"example.com/khp/internal/inside", "", impureDeps},
	{"example.com/khp/internal/scan", "math/bits unicode/utf8", impureDeps},
	{"example.com/khp/internal/redact", "strings example.com/khp/internal/scan", impureDeps},
	{"example.com/khp/internal/place",
		"bytes net/netip strconv strings example.com/khp/internal/scan", impureDeps},
	{"example.com/khp/internal/balancer", "strconv strings", impureDeps},
	{"example.com/khp/internal/upgrade",
		"crypto/sha1 encoding/base64 example.com/khp/internal/scan", impureDeps},
	{"example.com/khp/internal/lines", "bytes example.com/khp/wire", impureDeps},
	{"example.com/khp/wire", pureImports + " example.com/khp/internal/place " +
		"example.com/khp/internal/redact example.com/khp/internal/scan", impureDeps},
	{"example.com/khp/wire/credentials", pureImports + " example.com/khp/internal/redact " +
		"example.com/khp/internal/scan example.com/khp/wire", impureDeps},
	{
		"example.com/khp/endpoint", pureImports + " time example.com/khp/endpoint/internal/answer " +
			"example.com/khp/endpoint/internal/clock example.com/khp/endpoint/internal/head " +
			"example.com/khp/fsm example.com/khp/fsm/codes example.com/khp/internal/balancer " +
			"example.com/khp/internal/judge example.com/khp/internal/lines example.com/khp/internal/place " +
			"example.com/khp/internal/upgrade example.com/khp/internal/redact " +
			"example.com/khp/internal/scan example.com/khp/wire", impureDeps,
	},
	{"example.com/khp/endpoint/internal/answer",
		"bytes encoding/binary example.com/khp/internal/lines example.com/khp/wire", impureDeps},
	{"example.com/khp/endpoint/internal/clock", "time example.com/khp/fsm", impureDeps},
	{"example.com/khp/endpoint/internal/head", "strconv time example.com/khp/wire", impureDeps},
	{"example.com/khp/internal/judge", "bytes errors iter slices strconv strings " +
		"example.com/khp/fsm example.com/khp/fsm/codes example.com/khp/internal/place " +
		"example.com/khp/internal/scan example.com/khp/internal/upgrade example.com/khp/wire",
		impureDeps},
	{"example.com/khp/endpoint/driver", "bytes errors slices time example.com/khp/endpoint " +
		"example.com/khp/fsm example.com/khp/wire", impureDeps},
	{"example.com/khp/transport/extension",
		"bytes encoding/hex errors example.com/khp/wire strconv time unicode/utf8", impureDeps},
}

const (
	pureImports = "bytes cmp crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512 crypto/subtle " +
		"encoding/base64 encoding/binary encoding/hex errors iter maps math/bits slices strconv " +
		"strings unicode/utf8"
	impureDeps = "crypto/rand log log/slog math/rand math/rand/v2 net net/http os/exec"
)

// listed is the output of `go list -json` about a package.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	GoFiles         []string
	Imports         []string
}

func goList(t *testing.T, args ...string) (list []listed) {
	t.Helper()
	out, err := exec.Command("go",
		append([]string{"list", "-json=ImportPath,Dir,Standard,GoFiles,Imports"}, args...)...).Output()
	require.NoError(t, err, "go list %v", args)
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		require.NoError(t, d.Decode(&p))
		list = append(list, p)
	}
	return list
}

func TestPurity_Imports(t *testing.T) {
	for _, p := range pure {
		t.Run(p.path, func(t *testing.T) {
			forbidden := strings.Fields(p.forbidden)
			for _, dep := range goList(t, "-deps", p.path) {
				require.NotContains(t, forbidden, dep.ImportPath, "somewhere below %s", p.path)
				require.True(t, dep.Standard || strings.HasPrefix(dep.ImportPath, "example.com/khp/"),
					"%s is third-party", dep.ImportPath)
				if dep.ImportPath == p.path {
					require.Subset(t, strings.Fields(p.allowed), dep.Imports, "imports of %s", p.path)
				}
			}
		})
	}
}

// No goroutine, no package variable that changes after its declaration, no call of panic, and no
// clock: of package time only the types are used.
func TestPurity_Source(t *testing.T) {
	for _, p := range pure {
		t.Run(p.path, func(t *testing.T) {
			pkg := goList(t, p.path)[0]
			set := token.NewFileSet()
			var files []*ast.File
			for _, name := range pkg.GoFiles {
				f, err := parser.ParseFile(set, filepath.Join(pkg.Dir, name), nil, 0)
				require.NoError(t, err)
				files = append(files, f)
			}
			require.Empty(t, impurities(set, files))
		})
	}
	t.Run("finds", func(t *testing.T) {
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, "x.go", `package x
var a, m, p = 1, map[int]int{}, &struct{ n int }{}
func init() {}
func f() { go f(); panic(1); a = 2; a++; m[1] = 2; p.n = 3; delete(m, 1); clear(m); _ = &a; for a = range 3 {} }
func g() { a := 1; a = 2; _ = a; time.Now(); time.Unix(1, 2) }
`, 0)
		require.NoError(t, err)
		require.Equal(t, []string{
			"x.go:3 init", "x.go:4 go", "x.go:4 panic", "x.go:4 writes a", "x.go:4 writes a",
			"x.go:4 writes m", "x.go:4 writes p", "x.go:4 delete of m",
			"x.go:4 clear of m", "x.go:4 address of a", "x.go:4 writes a", "x.go:5 calls time.Now",
		}, impurities(set, []*ast.File{f}))
	})
}

// impurities lists the statements that a pure package must not have.
func impurities(set *token.FileSet, files []*ast.File) (found []string) {
	vars := map[string]bool{}
	specs := map[any]bool{} // the declarations of package variables
	for _, f := range files {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, s := range g.Specs {
					specs[s] = true
					for _, n := range s.(*ast.ValueSpec).Names {
						vars[n.Name] = true
					}
				}
			}
		}
	}
	for _, f := range files {
		say := func(n ast.Node, what string) {
			at := set.Position(n.Pos())
			found = append(found, filepath.Base(at.Filename)+":"+strconv.Itoa(at.Line)+" "+what)
		}
		// global returns the package variable that an expression starts from, "" if it starts from
		// something else.
		global := func(e ast.Expr) string {
			for {
				switch x := e.(type) {
				case *ast.SelectorExpr:
					e = x.X
				case *ast.IndexExpr:
					e = x.X
				case *ast.StarExpr:
					e = x.X
				case *ast.ParenExpr:
					e = x.X
				case *ast.Ident:
					if vars[x.Name] && (x.Obj == nil || specs[x.Obj.Decl]) {
						return x.Name
					}
					return ""
				default:
					return ""
				}
			}
		}
		write := func(n ast.Node, targets ...ast.Expr) {
			for _, e := range targets {
				if name := global(e); name != "" {
					say(n, "writes "+name)
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				say(n, "go")
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					say(n, "init")
				}
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					write(n, n.Lhs...)
				}
			case *ast.IncDecStmt:
				write(n, n.X)
			case *ast.RangeStmt:
				if n.Tok == token.ASSIGN {
					write(n, n.Key, n.Value)
				}
			case *ast.UnaryExpr:
				if name := global(n.X); n.Op == token.AND && name != "" &&
					!slices.Contains(readOnlyAddresses, name) {
					say(n, "address of "+name)
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, n.Sel.Name) {
					say(n, "calls time."+n.Sel.Name)
				}
			case *ast.CallExpr:
				fun, ok := n.Fun.(*ast.Ident)
				switch {
				case !ok:
				case fun.Name == "panic":
					say(n, "panic")
				case fun.Name == "delete" || fun.Name == "clear" || fun.Name == "copy":
					if name := global(n.Args[0]); name != "" {
						say(n, fun.Name+" of "+name)
					}
				}
			}
			return true
		})
	}
	return found
}

// clocks are the functions of package time that read the clock, or wait.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick",
	"NewTimer", "NewTicker"}

// readOnlyAddresses are package variables whose address is taken only to read them without a copy:
// the transition tables.
var readOnlyAddresses = []string{"clientTable", "serverTable"}

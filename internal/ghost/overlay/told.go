package overlay

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strings"
)

// Told returns a source of package endpoint in which each call of a client or server tells a ghost:
// what had the name of a call has another one, and a function with its name calls it.
func Told(source []byte) ([]byte, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, "", source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	var out, calls bytes.Buffer
	from := 0
	insert := func(at int, text string) {
		out.Write(source[from:at])
		out.WriteString(text)
		from = at
	}
	for _, decl := range tree.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			if at := coreOf(d); at != token.NoPos {
				insert(offset(at), "ghost Ghost\nghostDepth int\n")
			}
		case *ast.FuncDecl:
			if w := wrapperOf(d, func(from, to token.Pos) string {
				return string(source[offset(from):offset(to)])
			}); w != "" {
				insert(offset(d.Name.Pos()), "ghosted")
				calls.WriteString(w)
			}
		}
	}
	out.Write(source[from:])
	out.Write(calls.Bytes())
	return format.Source(out.Bytes())
}

// coreOf returns where the fields of type core begin.
func coreOf(d *ast.GenDecl) token.Pos {
	for _, spec := range d.Specs {
		if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == "core" {
			if s, ok := t.Type.(*ast.StructType); ok && len(s.Fields.List) > 0 {
				return s.Fields.List[0].Pos()
			}
		}
	}
	return token.NoPos
}

// wrapperOf returns the function that takes the place of d, "" if d stays.
func wrapperOf(d *ast.FuncDecl, text func(from, to token.Pos) string) string {
	if d.Recv == nil {
		if d.Name.Name == "NewClient" {
			return newClient
		}
		return ""
	}
	receiver := text(d.Recv.List[0].Type.Pos(), d.Recv.List[0].Type.End())
	if receiver == "*Server" && d.Name.Name == "Reset" {
		return reset
	}
	if receiver != "*Client" && receiver != "*Server" || !d.Name.IsExported() ||
		d.Type.Results == nil ||
		!strings.Contains(text(d.Type.Results.Pos(), d.Type.Results.End()), "[]Output") {
		return ""
	}
	var names []string
	for _, p := range d.Type.Params.List {
		for _, n := range p.Names {
			if n.Name == "_" {
				return ""
			}
			names = append(names, n.Name)
		}
	}
	var types, results []string
	for _, r := range d.Type.Results.List {
		for range max(1, len(r.Names)) {
			results = append(results, fmt.Sprintf("ghostResult%d", len(results)))
			types = append(types, text(r.Type.Pos(), r.Type.End()))
		}
	}
	declared := make([]string, len(results))
	for i := range results {
		declared[i] = results[i] + " " + types[i]
	}
	this := d.Recv.List[0].Names[0].Name
	return fmt.Sprintf(`
func (%[1]s %[2]s) %[3]s%[4]s (%[5]s) {
	ghostAfter := ghostBefore(%[1]s, &%[1]s.core, %[3]q, []any{%[6]s})
	%[7]s = %[1]s.ghosted%[3]s(%[6]s)
	ghostAfter(%[7]s)
	return %[7]s
}
`, this, receiver, d.Name.Name, text(d.Type.Params.Pos(), d.Type.Params.End()),
		strings.Join(declared, ", "),
		strings.Join(names, ", "), strings.Join(results, ", "))
}

const newClient = `
func NewClient(rawURL string, cfg ClientConfig) (*Client, error) {
	if GhostOfClient == nil {
		return ghostedNewClient(rawURL, cfg)
	}
	ghost, cfg := GhostOfClient(rawURL, cfg)
	c, err := ghostedNewClient(rawURL, cfg)
	if err == nil {
		c.ghost = ghost
	}
	return c, err
}
`

const reset = `
func (s *Server) Reset(cfg ServerConfig) {
	if GhostOfServer == nil {
		s.ghostedReset(cfg)
		return
	}
	ghost, cfg := GhostOfServer(cfg)
	s.ghostedReset(cfg)
	s.ghost = ghost
}
`

// beside is added to package endpoint.
const beside = `package endpoint

import (
	"time"

	"example.com/khp/fsm"
)

// Ghost stands beside an endpoint.
type Ghost interface {
	Before(endpoint any)
	After(endpoint any, call string, args []any, results ...any)
}

var (
	GhostOfClient func(rawURL string, cfg ClientConfig) (Ghost, ClientConfig)
	GhostOfServer func(cfg ServerConfig) (Ghost, ServerConfig)
)

// ghostBefore begins a call. Calls that an endpoint makes of itself are none.
func ghostBefore(endpoint any, k *core, call string, args []any) func(results ...any) {
	ghost := k.ghost
	if ghost == nil || k.ghostDepth > 0 {
		return func(...any) {}
	}
	k.ghostDepth++
	ghost.Before(endpoint)
	return func(results ...any) {
		k.ghostDepth--
		ghost.After(endpoint, call, args, results...)
	}
}

// GhostTimers returns when the timers end that run.
func (k *core) GhostTimers() map[fsm.Timer]time.Time {
	runs := map[fsm.Timer]time.Time{}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		if k.clock.Running.Has(t) {
			runs[t] = k.clock.Due(t)
		}
	}
	return runs
}
`

// installed is added to package ghost.
const installed = `package ghost

import (
	"fmt"
	"os"

	"example.com/khp/endpoint"
)

func init() {
	endpoint.GhostOfClient = func(rawURL string, cfg endpoint.ClientConfig) (endpoint.Ghost, endpoint.ClientConfig) {
		g, cfg := NewClient(rawURL, cfg)
		return besideClient{g}, cfg
	}
	endpoint.GhostOfServer = func(cfg endpoint.ServerConfig) (endpoint.Ghost, endpoint.ServerConfig) {
		g, cfg := NewServer(cfg)
		return besideServer{g}, cfg
	}
}

type besideClient struct{ g *Client }

func (b besideClient) Before(c any) { b.g.Before(c.(ClientSubject)) }

func (b besideClient) After(c any, call string, args []any, results ...any) {
	wrong(b.g.After(c.(ClientSubject), call, args, results...))
}

type besideServer struct{ g *Server }

func (b besideServer) Before(s any) { b.g.Before(s.(ServerSubject)) }

func (b besideServer) After(s any, call string, args []any, results ...any) {
	wrong(b.g.After(s.(ServerSubject), call, args, results...))
}

// wrong ends the process: a panic might be recovered.
func wrong(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(90)
	}
}
`

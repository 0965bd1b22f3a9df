package transport

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// way lists the functions that are on the stack where bytes enter or leave a socket and where the
// application is called, in the order in which they are met, each with its file.
type way struct {
	root string // of the module

	mu    sync.Mutex
	calls []string
}

// lastFunction finds the function in a name that may be that of a closure in it, inlined elsewhere.
var lastFunction = regexp.MustCompile(`(?:\(\*(\w+)\)\.|\.(\w+)\.)?(\w+)(?:\.func[\d.]+)?$`)

// note adds the functions of the caller's stack.
func (w *way) note() {
	var room [64]uintptr
	var met []string
	frames := runtime.CallersFrames(room[:runtime.Callers(2, room[:])])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		file, ours := strings.CutPrefix(f.File, w.root)
		if !ours || strings.HasSuffix(file, "_test.go") {
			continue
		}
		name := f.Function[strings.LastIndex(f.Function, "/")+1:]
		_, name, _ = strings.Cut(name, ".")
		m := lastFunction.FindStringSubmatch("." + name)
		met = append(met, strings.TrimPrefix(m[1]+m[2]+"."+m[3], ".")+" "+file)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, call := range slices.Backward(met) {
		if !slices.Contains(w.calls, call) {
			w.calls = append(w.calls, call)
		}
	}
}

// wayConn notes the way of its bytes.
type wayConn struct {
	net.Conn
	way *way
}

func (c wayConn) Read(p []byte) (int, error)  { c.way.note(); return c.Conn.Read(p) }
func (c wayConn) Write(p []byte) (int, error) { c.way.note(); return c.Conn.Write(p) }

type wayListener struct {
	net.Listener
	way *way
}

func (l wayListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err == nil {
		l.way.note()
		nc = wayConn{nc, l.way}
	}
	return nc, err
}

// CONTRIBUTING.md lists the way of a handshake from the socket to the application and back, on both
// sides, as it is.
func TestHandshake_Way(t *testing.T) {
	_, here, _, _ := runtime.Caller(0)
	root := strings.TrimSuffix(here, "transport/way_test.go")
	server, client := &way{root: root}, &way{root: root}
	open := make(chan []string, 1)
	h := &Handler{
		Decide: func(context.Context, *Request) (d Decision, err error) {
			server.note()
			return d, nil
		},
		Serve: func(ctx context.Context, c *Conn) error {
			server.note()
			open <- slices.Clone(server.calls)
			return nil
		},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &Server{Handler: h}
	t.Cleanup(func() { _ = s.Close() })
	go func() { _ = s.Serve(wayListener{ln, server}) }()
	c, err := Dial(t.Context(), "ws://"+ln.Addr().String()+"/", &DialOptions{
		NetDial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			client.note()
			nc, err := new(net.Dialer).DialContext(ctx, network, addr)
			return wayConn{nc, client}, err
		}})
	require.NoError(t, err)
	calls := slices.Clone(client.calls)
	require.NoError(t, c.CloseNow())
	require.Equal(t, <-open, listed(t, "server"), "CONTRIBUTING.md")
	require.Equal(t, calls, listed(t, "client"), "CONTRIBUTING.md")
}

// listed returns the calls that CONTRIBUTING.md lists for a side, each with its file.
func listed(t *testing.T, side string) (calls []string) {
	page, err := os.ReadFile(filepath.Join("..", "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, list, ok := strings.Cut(string(page), "| call of a "+side+" ")
	require.True(t, ok)
	list, _, _ = strings.Cut(list, "\n\n")
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` ").
		FindAllStringSubmatch(list, -1) {
		calls = append(calls, row[1]+" "+row[2])
	}
	return calls
}

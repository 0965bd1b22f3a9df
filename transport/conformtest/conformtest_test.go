package conformtest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/conform"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/conformtest"
	"github.com/stretchr/testify/require"
)

// patience is that of runs that pass on a busy machine.
const patience = time.Minute

// echo sends every message back.
func echo(ctx context.Context, c *transport.Conn) error {
	for {
		t, p, err := c.Read(ctx)
		if err == nil {
			err = c.Write(ctx, t, p)
		}
		if err != nil {
			return nil
		}
	}
}

// serve returns the URL of a server.
func serve(t *testing.T, h http.Handler) string {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return "ws" + strings.TrimPrefix(srv.URL, "http")
}

// dial is a client under test.
func dial(o transport.DialOptions) func(context.Context, string) {
	o.Subprotocols, o.Credentials = []string{"chat"}, auth.Basic("joe", "welcome")
	return func(ctx context.Context, url string) {
		c, err := transport.Dial(ctx, url, &o)
		if err != nil {
			return
		}
		_ = echo(ctx, c)
		_ = c.CloseNow()
	}
}

func TestServer(t *testing.T) {
	url := serve(t, &transport.Handler{Decide: conform.Decide, Serve: echo, Unchecked: true})
	conformtest.Server(t, url+"/echo", &conformtest.Options{Run: []string{"khp/ext", "kaazing"},
		Resources: map[string]string{"challenge": "/members"}, Patience: patience})
}

func TestClient(t *testing.T) {
	conformtest.Client(t, dial(transport.DialOptions{Profile: transport.Spec}),
		&conformtest.Options{Profiles: []string{"spec"}, Run: []string{"khp/ext"}, Patience: patience})
}

// faulty are runs that fail, by name, each with its expected message.
var faulty = map[string]struct {
	run  func(t *testing.T)
	want []string
}{
	"server": {func(t *testing.T) {
		url := serve(t, &transport.Handler{Serve: echo, Unchecked: true,
			Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
				return transport.Decision{Status: http.StatusGone}, nil
			}})
		conformtest.Server(t, url, &conformtest.Options{Profiles: []string{"spec"},
			Run: []string{"khp/ext/101/*"}})
	}, []string{"--- FAIL: TestFaulty/spec/khp/ext/101/terminator", "want  ", "got   ",
		"──▶ opening"}},
	"expected": {func(t *testing.T) {
		url := serve(t, &transport.Handler{Serve: echo, Unchecked: true})
		conformtest.Server(t, url, &conformtest.Options{Profiles: []string{"spec"},
			Run: []string{"khp/ext/101/terminator"}, Known: "khp/ext/101/terminator  not done yet"})
	}, []string{"khp/ext/101/terminator passes, although Options.Known says that it fails"}},
	"plain": {func(t *testing.T) {
		conformtest.Server(t, serve(t, http.NotFoundHandler()), nil)
	}, []string{"is no WebSocket server"}},
	"no case": {func(t *testing.T) {
		conformtest.Server(t, "ws://127.0.0.1:1/", &conformtest.Options{Run: []string{"khp/nothing"}})
	}, []string{`Options.Run ["khp/nothing"] matches no case; khp conform server --list`}},
	"resource": {func(t *testing.T) {
		conformtest.Server(t, "ws://127.0.0.1:1/",
			&conformtest.Options{Resources: map[string]string{"login": "/"}})
	}, []string{`there is no resource "login"; expected one of challenge`}},
	"path": {func(t *testing.T) {
		conformtest.Server(t, "ws://127.0.0.1:1/",
			&conformtest.Options{Resources: map[string]string{"refuse": "gone"}})
	}, []string{`resource refuse: "gone": expected a path, as in /gone`}},
	"profile": {func(t *testing.T) {
		conformtest.Server(t, "ws://127.0.0.1:1/", &conformtest.Options{Profiles: []string{"text"}})
	}, []string{`there is no profile "text"; expected spec or kaazing`}},
	"url": {func(t *testing.T) { conformtest.Server(t, "127.0.0.1:8080", nil) },
		[]string{"expected ws://host:port/path or wss://"}},
	"known": {func(t *testing.T) {
		conformtest.Server(t, "ws://127.0.0.1:1/", &conformtest.Options{Known: "khp/nothing never"})
	}, []string{"Options.Known: line 1: there is no case khp/nothing"}},
	"client that stays away": {func(t *testing.T) {
		conformtest.Client(t, func(context.Context, string) {}, nil)
	}, []string{"no client came"}},
	"client that leaves cases out": {func(t *testing.T) {
		visit := dial(transport.DialOptions{Profile: transport.Spec})
		conformtest.Client(t, func(ctx context.Context, url string) {
			if strings.HasSuffix(url, "/opens") {
				visit(ctx, url)
			}
		}, &conformtest.Options{Profiles: []string{"spec"}, Run: []string{"khp/ext/101"}})
	}, []string{"the client did not come for it"}},
}

// TestFaulty is run by TestFails, in a process of its own.
func TestFaulty(t *testing.T) {
	name := os.Getenv("CONFORMTEST_FAULTY")
	if name == "" {
		t.Skip("run by TestFails")
	}
	faulty[name].run(t)
}

// A run fails, and says why, where a case does, where none can be run, and where an option means
// nothing.
func TestFails(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for name, f := range faulty {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestFaulty$")
			cmd.Env = append(os.Environ(), "CONFORMTEST_FAULTY="+name)
			out, err := cmd.CombinedOutput()
			require.Error(t, err)
			for _, want := range f.want {
				require.Contains(t, string(out), want)
			}
			require.NotContains(t, string(out), "panic")
		})
	}
}

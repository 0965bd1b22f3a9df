package backends

import (
	"bufio"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

var installed = flag.String("installed", "",
	"folder with node_modules that have ws, and with a Python environment venv that has websockets")

// language is the interpreter for scripts of a library.
type language struct {
	run []string // with the script behind it
	ext string
}

func languages(t *testing.T) map[string]language {
	t.Helper()
	if *installed == "" {
		t.Skip("needs npm's ws and Python's websockets: make backends")
	}
	return map[string]language{"ws": {[]string{"node"}, ".js"},
		"websockets": {[]string{filepath.Join(*installed, "venv/bin/python")}, ".py"}}
}

func (l language) command(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	file, err := filepath.Abs("testdata/" + script + l.ext)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), l.run[0], append([]string{file}, args...)...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(*installed, "node_modules"))
	return cmd
}

// listening starts a command that says where it listens in its first line, and returns that line.
func listening(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay, cmd.Stderr = 5*time.Second, os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() }) // the context of the test has ended then
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

// serve starts the real program and returns its URL.
func serve(t *testing.T, args ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "khp")
	out, err := exec.Command("go", "build", "-o", program, "example.com/khp/cmd/khp").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.CommandContext(t.Context(), program,
		append([]string{"serve", "--listen", "127.0.0.1:0", "--log", "json"}, args...)...)
	return strings.TrimPrefix(listening(t, cmd), "khp: listening on ")
}

func hear(t *testing.T, c *transport.Conn) string {
	t.Helper()
	_, p, err := c.Read(t.Context())
	require.NoError(t, err)
	return string(p)
}

// talk has a text and a binary message come back.
func talk(t *testing.T, c *transport.Conn) {
	t.Helper()
	for _, kind := range []transport.MessageType{transport.Text, transport.Binary} {
		require.NoError(t, c.Write(t.Context(), kind, []byte("hello")))
		got, p, err := c.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, kind, got)
		require.Equal(t, "hello", string(p))
	}
	require.NoError(t, c.Close(transport.CloseNormal, ""))
}

// Back ends get the client's subprotocols and nothing of KHP, and select among them, whatever the
// client speaks.
func TestBackends(t *testing.T) {
	l := languages(t)
	first, none, chat := listening(t, l["ws"].command(t, "server")), listening(t,
		l["websockets"].command(t, "server")), listening(t, l["websockets"].command(t, "server", "chat"))
	url := serve(t, "--plain", "--route", "/first=ws://127.0.0.1:"+first,
		"--route", "/none=ws://127.0.0.1:"+none, "--route", "/chat=ws://127.0.0.1:"+chat)
	for _, c := range []struct {
		path     string
		asked    []string
		offered  string
		selected string
	}{
		{"/first", nil, "nothing", ""}, {"/first", []string{"a", "chat"}, "a,chat", "a"},
		{"/none", nil, "nothing", ""}, {"/none", []string{"a", "chat"}, "a,chat", ""},
		{"/chat", []string{"a", "chat"}, "a,chat", "chat"},
	} {
		for who, o := range map[string]*transport.DialOptions{"spec": {},
			"kaazing": {Profile: transport.Kaazing}, "plain": {PlainOnly: true}} {
			t.Run(fmt.Sprint(c.path, "/", len(c.asked), "/", who), func(t *testing.T) {
				o := *o
				o.Subprotocols = c.asked
				conn, err := transport.Dial(t.Context(), url+c.path, &o)
				require.NoError(t, err)
				require.Equal(t, who == "plain", conn.Plain())
				require.Equal(t, c.selected, conn.Subprotocol())
				require.Equal(t, "offered "+c.offered, strings.ReplaceAll(hear(t, conn), ", ", ","))
				talk(t, conn)
			})
		}
	}
}

// Back ends learn by the usual fields where a request belongs and whose it is, whatever the client
// writes there itself. Both have a turn.
func TestBackends_Told(t *testing.T) {
	l := languages(t)
	one, other := listening(t, l["ws"].command(t, "server")),
		listening(t, l["websockets"].command(t, "server"))
	url := serve(t, "--route", "/chat/=ws://127.0.0.1:"+one+"/in/?from=khp,ws://127.0.0.1:"+other+
		"/in/?from=khp", "--auth", "/chat=joe:welcome",
		"--user-field", "X-Forwarded-User", "--forward-fields", "X-Tenant", "--forward-cookies", "sid")
	forged := http.Header{"X-Forwarded-For": {"1.1.1.1"}, "X-Forwarded-User": {"root"},
		"X-Tenant": {"red"}, "Cookie": {"a=b; sid=1"}}
	// each at both
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing, transport.Kaazing,
		transport.Spec} {
		conn, err := transport.Dial(t.Context(), url+"/chat/room/7?x=y&from=me", &transport.DialOptions{
			Profile: profile, Credentials: auth.Basic("joe", "welcome"), OpeningHeader: forged,
		})
		require.NoError(t, err)
		_ = hear(t, conn)
		require.NoError(t, conn.Write(t.Context(), transport.Text, []byte("who")))
		require.Equal(t, "/in/room/7?from=khp&x=y for 127.0.0.1, user joe, tenant red, sid=1",
			hear(t, conn))
		talk(t, conn)
	}
}

// A client that may do without KHP is not led into it by any of them.
func TestBackends_PlainFallback(t *testing.T) {
	l := languages(t)
	for name, server := range l {
		url := "ws://127.0.0.1:" + listening(t, server.command(t, "server"))
		for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing, transport.Auto} {
			for _, asked := range [][]string{nil, {"chat"}} {
				conn, err := transport.Dial(t.Context(), url,
					&transport.DialOptions{PlainFallback: true, Profile: profile, Subprotocols: asked})
				require.NoError(t, err, name)
				require.True(t, conn.Plain())
				if want := strings.Join(asked, ""); name == "ws" {
					require.Equal(t, want, conn.Subprotocol())
				}
				_ = hear(t, conn)
				talk(t, conn)
			}
		}
	}
}

// Plain clients of both libraries are served on the same URL, with one of their subprotocols, and
// get 403 where credentials are asked.
func TestPlainClients(t *testing.T) {
	l := languages(t)
	url := serve(t, "--plain", "--route", "/=echo", "--auth", "/account=joe:welcome")
	for name, client := range l {
		for _, c := range []struct {
			path string
			args []string
			want string
		}{{"/", nil, "none hello"}, {"/", []string{"a", "b"}, "a hello"},
			{"/account", nil, "refused 403"}} {
			out, err := client.command(t, "client", append([]string{url + c.path}, c.args...)...).Output()
			require.NoError(t, err, name)
			require.Equal(t, c.want, strings.TrimSpace(string(out)), name)
		}
	}
}

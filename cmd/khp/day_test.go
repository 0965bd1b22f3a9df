package main

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// TestDay is a day in the life of a gateway, as processes of their own: two servers that share the
// work, and the gateway whose address the clients have.
func TestDay(t *testing.T) {
	one, two := serveProcess(t), serveProcess(t)
	broker := echoTCP(t)
	users := khptest.File(t, "users", "ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n") // test
	morning := strings.NewReplacer("$1", one.url, "$2", two.url, "BROKER", broker, "USERS", users).Replace(`
metrics: 127.0.0.1:0
drain-timeout: 1s
route:
  /echo: echo
  /account: echo
  /staff: echo
  /jms: tcp://BROKER
  /shared: balance:$1/shared,$2/shared
auth: {/account: joe:welcome}
htpasswd: {/staff: USERS}
`)
	config := khptest.File(t, "khp.yaml", morning)
	g, err := startServe(t.TempDir(), "--config", config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.stop(), g.log.String()) })
	metrics := wantLog(t, &g.log, `url=(\S+)`)[1]

	// Clients of either kind come.
	as := func(user, password string) *transport.DialOptions {
		return &transport.DialOptions{Credentials: auth.Basic(user, password)}
	}
	open := dialHere(t, g.url+"/echo", &transport.DialOptions{Profile: transport.Kaazing})
	wantEcho(t, open, transport.Text, []byte("good morning"))
	wantEcho(t, dialHere(t, g.url+"/account", as("joe", "welcome")), transport.Text, []byte("x"))
	wantEcho(t, dialHere(t, g.url+"/staff", as("ann", "test")), transport.Text, []byte("x"))
	wantFailure(t, g.url+"/account", as("joe", "guess"), fsm.FailureCredentialsRefused, 401)
	wantFailure(t, g.url+"/staff", nil, fsm.FailureAuthRequired, 401)
	wantEcho(t, dialHere(t, g.url+"/jms", nil), transport.Binary, []byte("CONNECT"))
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
		for _, want := range []*process{one, two} {
			c := dialHere(t, g.url+"/shared", &transport.DialOptions{Profile: profile})
			require.True(t, strings.HasPrefix(c.URL(), want.url), "%s leads to %s in its turn",
				c.URL(), want.url)
			wantEcho(t, c, transport.Text, []byte("x"))
		}
	}

	// The settings change under an open connection; a slip of the pen changes nothing.
	khptest.File(t, config, strings.Replace(morning, "/echo: echo", "/news: echo", 1))
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGHUP))
	wantLog(t, &g.log, "msg=reloaded changed=route")
	wantEcho(t, open, transport.Text, []byte("still here"))
	wantFailure(t, g.url+"/echo", nil, fsm.FailureStatus, 404)
	wantEcho(t, dialHere(t, g.url+"/news", nil), transport.Text, []byte("x"))
	khptest.File(t, config, "route: {/echo: ecko}")
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGHUP))
	wantLog(t, &g.log, `msg="not reloaded.*khp.yaml:1: route /echo=ecko: `)
	wantEcho(t, dialHere(t, g.url+"/news", nil), transport.Text, []byte("x"))

	// The metrics that dashboards read.
	text := get(t, metrics)
	for _, want := range []string{
		`khp_connections_open{route="/echo"} 1`, `khp_received_messages_total{route="/jms"} 1`,
		`khp_reloads_total{result="failed"} 1`, `khp_reloads_total{result="ok"} 1`,
		`khp_handshakes_total{outcome="redirected",profile="kaazing",status="101"} 2`,
		`khp_handshakes_total{outcome="redirected",profile="spec",status="302"} 2`,
	} {
		require.Contains(t, text, want+"\n")
	}

	// In the evening it drains: who is there is told.
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGTERM))
	wantClose(t, open, transport.CloseGoingAway, "")
	select {
	case err := <-g.done:
		require.NoError(t, err, g.log.String())
		g.done <- nil
	case <-time.After(time.Minute):
		t.Fatal(g.log.String())
	}
	wantLogged(t, &g.log, "msg=stopped")
	wantFailure(t, g.url+"/news", nil, fsm.FailureConnect, 0)
}

// echoTCP is a TCP server that echoes its input.
func echoTCP(t *testing.T) (addr string) {
	t.Helper()
	ln := khptest.Listen(t)
	echoBytes(t, ln, nil)
	return ln.Addr().String()
}

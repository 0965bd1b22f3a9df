package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// dialPlain connects as a browser does, without KHP.
func dialPlain(t *testing.T, url string, subprotocols ...string) (*transport.Conn, error) {
	t.Helper()
	return transport.Dial(t.Context(), url,
		&transport.DialOptions{PlainOnly: true, Subprotocols: subprotocols, MaxRedirects: -1})
}

func wantStatus(
	t *testing.T, url string, status int, subprotocols ...string,
) *transport.HandshakeError {
	t.Helper()
	c, err := dialPlain(t, url, subprotocols...)
	if status == 101 {
		require.NoError(t, err, url)
		wantEcho(t, c, transport.Text, []byte("plain"))
		require.NoError(t, c.Close(transport.CloseNormal, ""))
		return nil
	}
	var e *transport.HandshakeError
	require.ErrorAs(t, err, &e, url)
	require.Equal(t, status, e.Status, url)
	return e
}

// Plain clients are served at the routes that --plain names, in the file and on the command line,
// and nowhere else.
func TestServe_Plain_Routes(t *testing.T) {
	routes := []string{"--route", "/a=echo", "--route", "/b=echo"}
	with := func(args ...string) []string { return append(routes, args...) }
	in := func(yaml string) []string {
		return []string{"--config", khptest.File(t, "khp.yaml",
			"route: {/a: echo, /b: echo}\n"+yaml+"\n")}
	}
	for name, c := range map[string]struct {
		args []string
		a, b int
	}{
		"off":              {routes, 400, 400},
		"everywhere":       {with("--plain"), 101, 101},
		"one":              {with("--plain=/a"), 101, 400},
		"one, written out": {with("--plain=/a=true"), 101, 400},
		"all but one":      {with("--plain", "--plain=/b=false"), 101, 400},
		"in another order": {with("--plain=/b=false", "--plain"), 101, 400},
		"off, written out": {with("--plain=false"), 400, 400},
		"file":             {in("plain: true"), 101, 101},
		"file, one":        {in("plain: /a"), 101, 400},
		"file, list":       {in("plain: [/a, /b]"), 101, 101},
		"file, mapping":    {in("plain: {/a: true, /b: false}"), 101, 400},
		"file, off":        {in("plain: false"), 400, 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveHere(t, c.args...)
			wantStatus(t, s.url+"/a", c.a)
			wantStatus(t, s.url+"/b", c.b)
			require.Contains(t, string(wantStatus(t, s.url+"/c", 404).Body), "nothing is served")
			wantEcho(t, dialHere(t, s.url+"/a", nil), transport.Text, []byte("khp"))
			wantEcho(t, dialHere(t, s.url+"/b", &transport.DialOptions{Profile: transport.Kaazing}),
				transport.Text, []byte("khp"))
			if c.b == 400 {
				wantLog(t, s.log, `path=/b profile=plain .*hint="--plain serves clients that speak no KHP"`)
			}
		})
	}
}

// A value of --plain that means nothing is refused in the operator's words.
func TestServe_Plain_Refused(t *testing.T) {
	for value, want := range map[string]string{
		"=yes": "expected true or false", "=": "the value is empty",
		"=/a=maybe": "expected true or false", "=/c": "no --route has the path /c",
		"=/a=": "expected true or false",
	} {
		code, errs := serveBriefly("--route", "/a=echo", "--plain"+value)
		require.Equal(t, cli.ExitUsage, code, value)
		require.Contains(t, errs, "--plain")
		require.Contains(t, errs, want)
	}
}

// Where credentials are asked, a plain client gets 403, in whatever way it writes the path and
// whatever it sends; elsewhere on the same server it gets in.
func TestServe_Plain_Guarded(t *testing.T) {
	s := serveHere(t, "--plain", "--route", "/=echo", "--auth", "/secret=joe:welcome")
	for _, path := range []string{"/secret", "/secret/", "/secret/x", "//secret", "/x/..%2fsecret",
		"/%73ecret", "/secret?.kl=Y"} {
		wantStatus(t, s.url+path, 403)
		_, err := transport.Dial(t.Context(), s.url+path,
			&transport.DialOptions{PlainOnly: true, OpeningHeader: http.Header{"Cookie": {"a=b"}}})
		require.Error(t, err)
	}
	require.Contains(t, string(wantStatus(t, s.url+"/secret", 403).Body), "asks for credentials")
	wantStatus(t, s.url+"/open", 101)
	_, err := transport.Dial(t.Context(), s.url+"/open", &transport.DialOptions{PlainOnly: true,
		OpeningHeader: http.Header{"Origin": {"https://evil.example"}}})
	var e *transport.HandshakeError
	require.ErrorAs(t, err, &e)
	require.Equal(t, 403, e.Status, "pages of other origins are as foreign to plain clients")
}

// Every kind of target serves plain clients, or answers them as it answers others.
func TestServe_Plain_Targets(t *testing.T) {
	back := plainBackend(t)
	s := serveHere(t, "--plain", "--route", "/echo=echo", "--route", "/ws="+back,
		"--route", "/khp=khp+"+serveHere(t).url, "--route", "/tcp=tcp://127.0.0.1:1",
		"--route", "/down=ws://127.0.0.1:1",
		"--route", "/away=redirect:/echo", "--route", "/lb=balance:"+back,
		"--route", "/none=balance:ws://127.0.0.1:1", "--route", "/403=status:403",
		"--route", "/401=status:401", "--route", "/204=status:204")
	for path, status := range map[string]int{"/echo": 101, "/ws": 101, "/khp": 101, "/tcp": 503,
		"/down": 503, "/away": 302, "/lb": 302, "/none": 503, "/403": 403, "/401": 403, "/204": 101} {
		e := wantStatus(t, s.url+path, status, "other", "chat")
		if status == 503 {
			require.Equal(t, 5*time.Second, e.RetryAfter, path)
		}
	}
	c, err := dialPlain(t, s.url+"/ws", "other", "chat")
	require.NoError(t, err)
	require.Equal(t, "chat", c.Subprotocol(), "the back end selects")
	c, err = dialPlain(t, s.url+"/away?.kl=Y")
	require.NoError(t, err)
	_, p, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, "\xef\x83\xbfR"+s.url+"/echo?.kl=Y&.kl=Y", string(p))
	c, err = dialPlain(t, s.url+"/echo?.kl=Y")
	require.NoError(t, err)
	_, p, err = c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, "\xef\x83\xbfN", string(p))
	wantEcho(t, c, transport.Text, []byte("plain"))
}

// How many clients there are of each kind is in the metrics and, when the server drains, in the
// log.
func TestServe_Plain_Counted(t *testing.T) {
	s := serveHere(t, "--plain", "--route", "/=echo", "--route", "/no=status:404",
		"--metrics", "127.0.0.1:0")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	for range 2 {
		c, err := dialPlain(t, s.url+"/")
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.CloseNow() })
	}
	dialHere(t, s.url+"/", nil)
	dialHere(t, s.url+"/", &transport.DialOptions{Profile: transport.Kaazing})
	wantStatus(t, s.url+"/no", 404)
	for _, want := range []string{
		`khp_clients_open{profile="plain"} 2`, `khp_clients_open{profile="spec"} 1`,
		`khp_clients_open{profile="kaazing"} 1`, `khp_connections_open{route="/"} 4`,
		`khp_handshakes_total{outcome="open",profile="plain",status="101"} 2`,
		`khp_handshakes_total{outcome="refused",profile="plain",status="404"} 1`,
		`khp_handshake_seconds_count{profile="plain"} 3`,
	} {
		require.Eventually(t, func() bool { return strings.Contains(get(t, metrics), want+"\n") },
			30*time.Second, 10*time.Millisecond, want)
	}
	wantLog(t, s.log, "msg=open .*path=/ profile=plain status=101")
	wantLog(t, s.log, "msg=refused .*path=/no profile=plain status=404")
	s.stop()
	wantLog(t, s.log, "msg=draining connections=4 .*spec=1 kaazing=1 plain=2")
	wantLog(t, s.log, "msg=closed .*path=/ profile=plain status=101 code=1001 by=server")
}

// A reload switches plain clients on and off.
func TestServe_Plain_Reload(t *testing.T) {
	file := khptest.File(t, "khp.yaml", "plain: true\n")
	s := serveHere(t, "--config", file)
	wantStatus(t, s.url+"/", 101)
	require.NoError(t, os.WriteFile(file, []byte("plain: false\n"), 0o600))
	s.hangup(t)
	wantStatus(t, s.url+"/", 400)
	wantLog(t, s.log, "msg=reloaded changed=plain")
}

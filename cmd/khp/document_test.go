package main

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// A route has its own settings, and takes those that it leaves out from the document.
func TestDocument_RoutesDiffer(t *testing.T) {
	users := khptest.File(t, "users", "ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n") // test
	s := serveHere(t, "--config", khptest.File(t, "khp.yaml", `
max-message: 10
allow-origin: https://all.example
realm: outer
routes:
  /short: echo
  /own:
    target: echo
    plain: true
    max-message: 1k
    allow-origin: [https://own.example]
  /in:
    target: echo
    auth: {users: ["joe:welcome"], htpasswd: `+users+`, realm: inner}
  /in/deep: {target: echo}
`))
	from := func(origin string) *transport.DialOptions {
		return &transport.DialOptions{OpeningHeader: http.Header{"Origin": {origin}}}
	}
	long := []byte("eleven byte")
	c := dialHere(t, s.url+"/short", from("https://all.example"))
	require.NoError(t, c.Write(t.Context(), transport.Text, long))
	wantClose(t, c, transport.CloseTooBig, "message exceeds the limit")
	wantEcho(t, dialHere(t, s.url+"/own", from("https://own.example")), transport.Text, long)
	wantFailure(t, s.url+"/own", from("https://all.example"), fsm.FailureStatus, 403)
	wantFailure(t, s.url+"/short", from("https://own.example"), fsm.FailureStatus, 403)
	wantEcho(t, dialHere(t, s.url+"/own", &transport.DialOptions{PlainOnly: true}),
		transport.Text, long)
	for _, path := range []string{"/in", "/in/deep"} {
		wantFailure(t, s.url+path, nil, fsm.FailureAuthRequired, 401)
		wantEcho(t, dialHere(t, s.url+path,
			&transport.DialOptions{Credentials: auth.Basic("joe", "welcome")}), transport.Text, []byte("x"))
		wantEcho(t, dialHere(t, s.url+path,
			&transport.DialOptions{Credentials: auth.Basic("ann", "test")}), transport.Text, []byte("x"))
	}
}

// statusOf sends a request, and returns the status of the answer.
func statusOf(t *testing.T, url, request string) int {
	t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	require.NoError(t, err)
	defer func() { _ = nc.Close() }()
	_, err = io.WriteString(nc, request+"\r\n")
	require.NoError(t, err)
	r, err := http.ReadResponse(bufio.NewReader(nc), nil)
	require.NoError(t, err)
	return r.StatusCode
}

// upgradeStatus is statusOf for an opening request with these fields.
func upgradeStatus(t *testing.T, url, fields string) int {
	t.Helper()
	return statusOf(t, url, "GET /echo HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"+
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n"+fields)
}

// A page that has its own name lead here reaches nothing: without hosts that holds on loopback
// addresses, with hosts for every request.
func TestServe_Hosts(t *testing.T) {
	s := serveHere(t, "--route", "/echo=echo")
	for fields, want := range map[string]int{
		"Host: evil.example\r\nOrigin: http://evil.example\r\n":                     403,
		"Host: localhost.evil.example\r\nOrigin: http://localhost.evil.example\r\n": 403,
		"Host: localhost:1\r\nOrigin: http://localhost:1\r\n":                       101,
		"Host: LOCALHOST.\r\nOrigin: http://LOCALHOST.\r\n":                         101,
		"Host: 10.0.0.1\r\nOrigin: http://10.0.0.1\r\n":                             101,
		"Host: [::1]:9\r\nOrigin: http://[::1]:9\r\n":                               101,
		"Host: evil.example\r\n":                                                    101,
	} {
		require.Equal(t, want, upgradeStatus(t, s.url, fields), fields)
	}
	proxied := serveHere(t, "--route", "/echo=echo", "--trusted-proxies", "127.0.0.1")
	require.Equal(t, 101, upgradeStatus(t, proxied.url,
		"Host: www.example.com\r\nOrigin: http://www.example.com\r\n"))

	named := serveHere(t, "--route", "/echo=echo", "--hosts", "*.example.com",
		"--hosts", "intranet:8443", "--outside-host", "outer.example", "--plain")
	for name, want := range map[string]int{
		"www.example.com": 101, "WWW.Example.com:99": 101, "example.com": 421,
		"www.example.com.evil.example": 421, "intranet:8443": 101, "intranet": 421, "outer.example": 101,
		"localhost": 421, "127.0.0.1:5": 101, "evil.example": 421,
	} {
		require.Equal(t, want, upgradeStatus(t, named.url, "Host: "+name+"\r\nOrigin: http://"+
			name+"\r\n"), name)
	}
	standard := serveHere(t, "--route", "/echo=echo", "--hosts", "one.example:443",
		"--hosts", "two.example:80", "--hosts", "three.example:8443")
	for name, want := range map[string]int{"one.example": 101, "one.example:443": 101,
		"two.example": 101, "three.example": 421, "one.example:8443": 421} {
		require.Equal(t, want, upgradeStatus(t, standard.url, "Host: "+name+"\r\n"),
			"clients leave out a standard port: "+name)
	}
	require.Equal(t, 421, statusOf(t, named.url, "GET / HTTP/1.1\r\nHost: evil.example\r\n"))
	require.Equal(t, 200, statusOf(t, named.url, "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n"),
		"a balancer may ask by any name")
	wantLines(t, named.log, 1, "none of hosts")
}

// Several listeners serve the same routes, each with its own certificates, which a client gets by
// the name that it asks for, and with its own proxies; a reload replaces all but their addresses.
func TestDocument_Listeners(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"one", "two"} {
		require.NoError(t, gencert(file(name+".pem"), file(name+".key"), name+".example"))
	}
	text := strings.NewReplacer("$1", file("one"), "$2", file("two")).Replace(`
routes: {/echo: echo, /away: redirect:/echo}
max-connections: 2
listeners:
  - address: 127.0.0.1:0
  - address: localhost:0
    tls:
      - {cert: $1.pem, key: $1.key}
      - {cert: $2.pem, key: $2.key}
`)
	config := khptest.File(t, "khp.yaml", text)
	s, urls := serveLines(t, 2, "--config", config)
	require.True(t, strings.HasPrefix(urls[0], "ws://127.0.0.1:"), urls[0])
	require.True(t, strings.HasPrefix(urls[1], "wss://127.0.0.1:"), urls[1])
	shown := func(asked string) string {
		c, err := tls.Dial("tcp", strings.TrimPrefix(urls[1], "wss://"),
			&tls.Config{InsecureSkipVerify: true, ServerName: asked})
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
		return c.ConnectionState().PeerCertificates[0].DNSNames[0]
	}
	for asked, want := range map[string]string{"one.example": "one.example",
		"two.example": "two.example", "": "one.example", "three.example": "one.example"} {
		require.Equal(t, want, shown(asked), asked)
	}
	insecure := &transport.DialOptions{TLSConfig: &tls.Config{InsecureSkipVerify: true},
		Profile: transport.Kaazing}
	open := make([]*transport.Conn, 2)
	for i, url := range urls {
		// The connection that is led away ends on the server a moment after the client went on.
		require.Eventually(t, func() bool {
			var err error
			open[i], err = transport.Dial(t.Context(), url+"/away", patient(insecure))
			return err == nil
		}, time.Minute, time.Millisecond)
		t.Cleanup(func() { _ = open[i].CloseNow() })
		wantEcho(t, open[i], transport.Text, []byte("x"))
		require.Equal(t, url+"/echo?.kl=Y", strings.ReplaceAll(open[i].URL(), "&.kl=Y", ""),
			"it leads to the same listener")
	}
	wantFailure(t, urls[1]+"/echo", insecure, fsm.FailureStatus, 503)

	// Limits, proxies and certificates change, addresses do not.
	changed := strings.NewReplacer("max-connections: 2", "max-connections: 3", file("one"),
		file("two"), "- address: 127.0.0.1:0\n", "- address: 127.0.0.1:0\n    trusted-proxies: "+
			"127.0.0.1\n    proxy-protocol: true\n").Replace(text)
	khptest.File(t, config, changed+"  - {address: \"[::1]:0\"}\n")
	s.hangup(t)
	wantLog(t, s.log, `level=WARN msg="this listener changes only with a restart" address=\[::1\]:0`)
	wantLog(t, s.log, "msg=reloaded changed=listeners,max-connections")
	require.Equal(t, "two.example", shown("one.example"))
	wantEcho(t, dialHere(t, urls[1]+"/echo", insecure), transport.Text, []byte("x"))
	wantFailure(t, urls[1]+"/echo", insecure, fsm.FailureStatus, 503)
	wantFailure(t, urls[0]+"/echo", nil, fsm.FailureConnectionLost, 0)
	for _, c := range open {
		wantEcho(t, c, transport.Text, []byte("x"))
	}
	khptest.File(t, config, strings.Replace(text, "- address: 127.0.0.1:0",
		"- address: 127.0.0.1:0\n    tls: {cert: "+file("one.pem")+", key: "+file("one.key")+"}", 1))
	s.hangup(t)
	wantLog(t, s.log,
		"khp.yaml:6: listeners 1 tls: cert .*one.pem: TLS is switched on and off only with a restart")
}

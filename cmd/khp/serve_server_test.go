package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// TestServe_PlainHTTP sends khp serve requests that are no handshake.
func TestServe_PlainHTTP(t *testing.T) {
	s := serveHere(t, "--route", "/echo=echo", "--route", "/healthz=echo")
	status := func(target string) int {
		nc, err := net.Dial("tcp", strings.TrimPrefix(s.url, "ws://"))
		require.NoError(t, err)
		defer func() { _ = nc.Close() }()
		_, err = io.WriteString(nc, "GET "+target+" HTTP/1.1\r\nHost: h\r\n\r\n")
		require.NoError(t, err)
		r, err := http.ReadResponse(bufio.NewReader(nc), nil)
		require.NoError(t, err)
		return r.StatusCode
	}
	for target, want := range map[string]int{
		"/healthz": 200, "/echo": 426, "/nothing": 404, "/echo/;e/cookies?.krn=1&.kl=Y": 200,
		"//;e/cookies?.krn=1&.kl=Y": 200, "/echo/;e/cbm": 404, "/?.kr=xs": 404, "/healthz?a=b": 200,
	} {
		require.Equal(t, want, status(target), target)
	}
	wantEcho(t, dialHere(t, s.url+"/healthz", nil), transport.Text, []byte("a route all the same"))
	require.Contains(t, get(t, "http"+strings.TrimPrefix(s.url, "ws")+"/healthz"), "ok")
}

// TestServe_TracesOpeningBytes wants the client's own bytes in the trace, without its secrets.
func TestServe_TracesOpeningBytes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.ndjson")
	s := serveHere(t, "--trace", file)
	nc, err := net.Dial("tcp", strings.TrimPrefix(s.url, "ws://"))
	require.NoError(t, err)
	request := "GET /a?b HTTP/1.1\r\nhOST: h\r\nUpgrade:WebSocket\r\nx-odd:  spelling \r\n" +
		"Cookie: SECRET\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"
	_, err = io.WriteString(nc, request)
	require.NoError(t, err)
	_, err = bufio.NewReader(nc).ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, nc.Close())
	s.stop()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	r, err := trace.NewReader(f)
	require.NoError(t, err)
	first, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, trace.Opening, first.Kind)
	require.Equal(t, strings.Replace(request, "SECRET", "[redacted]", 1), string(first.Data))
}

func TestServe_Htpasswd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users")
	// welcome
	require.NoError(t, os.WriteFile(file,
		[]byte("joe:$apr1$abcdefgh$2T2BfaLmc8ks8AHsfKJzj0\n"), 0o600))
	s := serveHere(t, "--htpasswd", "/="+file, "--auth", "/=ann:sesame")
	for user, password := range map[string]string{"joe": "welcome", "ann": "sesame"} {
		wantEcho(t, dialHere(t, s.url+"/",
			&transport.DialOptions{Credentials: auth.Basic(user, password)}), transport.Text, []byte("x"))
		wantFailure(t, s.url+"/", &transport.DialOptions{Credentials: auth.Basic(user, "other")},
			fsm.FailureCredentialsRefused, 401)
	}
	for _, c := range []struct{ says, flags string }{
		{"no such file", "--htpasswd /=" + file + ".none"},
		{"expected PATH=FILE, as in /echo=users.htpasswd", "--htpasswd /"},
		{"no --route leads", "--route /a=echo --htpasswd /b=" + file},
		{"only the scheme basic", "--scheme token --htpasswd /=" + file},
		{"has a file already", "--htpasswd /=" + file + " --htpasswd /=" + file},
		{"joe is known at /a already", "--auth /a=joe:a --auth /a=joe:b"}, {"expected PATH=USER:PASSWORD",
			"--auth /a=joe"}, {"can be sent by no client", "--auth /a=joe:p\x01"},
	} {
		code, _, errs := runHere(t, "", append([]string{"serve"}, strings.Fields(c.flags)...)...)
		require.Equal(t, cli.ExitUsage, code)
		require.Contains(t, errs, c.says)
	}
}

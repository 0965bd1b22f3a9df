package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// connectProxy is an HTTP proxy that knows CONNECT, and joe.
func connectProxy(t *testing.T, served *atomic.Int64) string {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := (&http.Request{
			Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]},
		}).BasicAuth(); !ok || user != "joe" || password != "welcome" {
			w.Header().Set("Proxy-Authenticate", `Basic realm="way out"`)
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		back, err := net.Dial("tcp", r.Host)
		if err != nil || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		served.Add(1)
		w.WriteHeader(http.StatusOK)
		front, rest, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(back, rest); _ = back.Close() }()
		_, _ = io.Copy(front, back)
		_ = front.Close()
	}))
	t.Cleanup(proxy.Close)
	return proxy.Listener.Addr().String()
}

func TestDial_Proxy(t *testing.T) {
	var served atomic.Int64
	proxy := connectProxy(t, &served)
	server := serveHere(t)
	code, stdout, stderr := runHere(t, "", "dial", server.url+"/", "--send", "hello",
		"--proxy", "http://joe:welcome@"+proxy)
	require.Zero(t, code, stderr)
	require.Equal(t, "hello\n", stdout)
	require.EqualValues(t, 1, served.Load())

	code, _, stderr = runHere(t, "", "dial", server.url+"/", "--send", "x",
		"--proxy", "http://joe:secret@"+proxy)
	require.Equal(t, cli.ExitUnreachable, code, stderr)
	require.Contains(t, stderr, proxy)
	require.Contains(t, stderr, "--proxy none")
	require.NotContains(t, stderr, "secret")

	code, _, stderr = runHere(t, "", "dial", server.url+"/", "--proxy", "socks4://joe:secret@h:1")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, stderr, "expected http://[USER:PASSWORD@]HOST:PORT, https://..., socks5://...")
	require.NotContains(t, stderr, "secret")
}

// socksProxy is a SOCKS5 proxy without users that leads every connection to target.
func socksProxy(t *testing.T, target string) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	serve := func(front net.Conn) {
		defer front.Close()
		r := bufio.NewReader(front)
		greeting, err := r.Peek(2)
		if err != nil || greeting[0] != 5 {
			return
		}
		_, _ = r.Discard(2 + int(greeting[1]))
		_, _ = front.Write([]byte{5, 0}) // no login
		request, err := r.Peek(5)
		if err != nil || request[3] != 3 { // a name
			return
		}
		_, _ = r.Discard(5 + int(request[4]) + 2)
		back, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer back.Close()
		_, _ = front.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		go func() { _, _ = io.Copy(back, r) }()
		_, _ = io.Copy(front, back)
	}
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go serve(nc)
		}
	}()
	return ln.Addr().String()
}

// A SOCKS proxy is named by --proxy or ALL_PROXY; the name of the server is the proxy's to resolve.
func TestDial_SOCKSProxy(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY",
		"no_proxy", "ALL_PROXY", "all_proxy"} {
		t.Setenv(name, "")
	}
	proxy := socksProxy(t, strings.TrimPrefix(serveHere(t).url, "ws://"))
	for _, scheme := range []string{"socks5", "socks5h"} {
		code, stdout, stderr := runHere(t, "", "dial", "ws://server.example/", "--send", "hello",
			"--proxy", scheme+"://"+proxy)
		require.Zero(t, code, stderr)
		require.Equal(t, "hello\n", stdout)
	}
	t.Setenv("ALL_PROXY", "socks5://"+proxy)
	code, stdout, stderr := runHere(t, "", "dial", "ws://server.example/", "--send", "hello")
	require.Zero(t, code, stderr)
	require.Equal(t, "hello\n", stdout)
}

func TestDial_Retry(t *testing.T) {
	server := serveHere(t, "--route", "/=status:408")
	code, _, stderr := runHere(t, "", "dial", server.url+"/", "--retry", "2", "-v")
	require.Equal(t, cli.ExitFailed, code)
	require.Equal(t, 2, strings.Count(stderr, "> GET / HTTP/1.1\n")/2,
		"two tries, each with an opening and an extended request: %s", stderr)
}

// droppingListener ends its first connection before any answer, as a server does that is being
// restarted.
type droppingListener struct {
	net.Listener
	dropped atomic.Bool
}

func (l *droppingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err == nil && !l.dropped.Swap(true) {
		_ = nc.Close()
		return l.Listener.Accept()
	}
	return nc, err
}

// --retry bridges a restart; -1 goes on until --timeout.
func TestDial_Retry_Restart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h := &transport.Handler{Serve: func(ctx context.Context, c *transport.Conn) error {
		if _, _, err := c.Read(ctx); err != nil {
			return err
		}
		return c.Write(ctx, transport.Text, []byte("back"))
	}}
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(&droppingListener{Listener: l}) }()
	code, stdout, stderr := runHere(t, "", "dial", "ws://"+l.Addr().String()+"/", "--retry", "-1",
		"--timeout", "1m", "--send", "x")
	require.Zero(t, code, stderr)
	require.Equal(t, "back\n", stdout)
	require.NoError(t, server.Close())

	code, _, stderr = runHere(t, "", "dial", "ws://"+l.Addr().String()+"/", "--retry", "-1",
		"--timeout", "700ms")
	require.NotZero(t, code)
	require.Contains(t, stderr, "700ms")
	code, _, stderr = runHere(t, "", "dial", "ws://a/", "--retry", "-2")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, stderr, "-1 for no limit")
}

package transport

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// socks serves one SOCKS proxy until the test ends. It sends every connection to target, reports
// the requested addresses, and answers with status. login is the user and password that it wants.
func socks(t *testing.T, target, login string, status byte) (addr string, asked <-chan string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	to := make(chan string, 10)
	serve := func(here net.Conn) {
		defer here.Close()
		r := bufio.NewReader(here)
		take := func(n int) []byte {
			b := make([]byte, n)
			_, _ = io.ReadFull(r, b)
			return b
		}
		take(int(take(2)[1])) // the methods offered
		if login == "" {
			_, _ = here.Write([]byte{5, 0})
		} else {
			_, _ = here.Write([]byte{5, 2})
			user := take(int(take(2)[1]))
			password := take(int(take(1)[0]))
			if string(user)+":"+string(password) != login {
				_, _ = here.Write([]byte{1, 1})
				return
			}
			_, _ = here.Write([]byte{1, 0})
		}
		kind := take(4)[3]
		host := "an address"
		if kind == 3 {
			host = string(take(int(take(1)[0])))
		}
		take(2)
		to <- host
		_, _ = here.Write([]byte{5, status, 0, 1, 0, 0, 0, 0, 0, 0})
		there, err := net.Dial("tcp", target)
		if err != nil || status != 0 {
			return
		}
		defer there.Close()
		go func() { _, _ = io.Copy(there, r) }()
		_, _ = io.Copy(here, there)
	}
	go func() {
		for {
			here, err := ln.Accept()
			if err != nil {
				return
			}
			go serve(here)
		}
	}()
	return ln.Addr().String(), to
}

func TestDial_SOCKS(t *testing.T) {
	target := strings.TrimPrefix(serve(t, &Handler{}), "ws://")
	for _, login := range []string{"", "joe:secret"} {
		addr, asked := socks(t, target, login, 0)
		via := &url.URL{Scheme: "socks5", Host: addr}
		if user, password, ok := strings.Cut(login, ":"); ok {
			via.User = url.UserPassword(user, password)
		}
		c, err := Dial(t.Context(), "ws://server.example/", &DialOptions{Proxy: http.ProxyURL(via)})
		require.NoError(t, err)
		require.Equal(t, "server.example", <-asked, "the proxy resolves names")
		wantEcho(t, c, "hello")
		require.NoError(t, c.Close(CloseNormal, ""))
	}
	addr, _ := socks(t, target, "joe:secret", 0)
	var refused *ProxyError
	_, err := Dial(t.Context(), "ws://server.example/",
		&DialOptions{Proxy: http.ProxyURL(&url.URL{Scheme: "socks5h", Host: addr,
			User: url.UserPassword("joe", "guessed")})})
	require.ErrorAs(t, err, &refused)
	require.ErrorIs(t, err, fsm.FailureConnect)
	require.NotContains(t, err.Error(), "guessed")
	require.Contains(t, err.Error(), "proxy socks5h://"+addr)
	addr, _ = socks(t, target, "", 5)
	_, err = Dial(t.Context(), "ws://server.example/",
		&DialOptions{Proxy: http.ProxyURL(&url.URL{Scheme: "socks5", Host: addr})})
	require.ErrorContains(t, err, "connection refused")
}

// A proxy that says nothing ends with the context.
func TestDial_SilentSOCKS(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		nc, err := ln.Accept()
		if err == nil {
			_, _ = nc.Read(make([]byte, 1))
			cancel()
			_, _ = io.Copy(io.Discard, nc)
		}
	}()
	_, err = Dial(ctx, "ws://server.example/",
		&DialOptions{Proxy: http.ProxyURL(&url.URL{Scheme: "socks5", Host: ln.Addr().String()})})
	require.ErrorIs(t, err, context.Canceled)
}

func TestProxyFromEnvironment(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY",
		"no_proxy", "ALL_PROXY", "all_proxy", "REQUEST_METHOD"} {
		t.Setenv(name, "")
	}
	find := func(target string) string {
		u, err := url.Parse(target)
		require.NoError(t, err)
		way, err := ProxyFromEnvironment(&http.Request{URL: u})
		require.NoError(t, err)
		if way == nil {
			return ""
		}
		return way.String()
	}
	require.Empty(t, find("http://server.example"))
	t.Setenv("ALL_PROXY", "socks5://proxy.example:1080")
	require.Equal(t, "socks5://proxy.example:1080", find("http://server.example"))
	require.Equal(t, "socks5://proxy.example:1080", find("https://server.example"))
	t.Setenv("all_proxy", "socks5://lower.example")
	require.Equal(t, "socks5://proxy.example:1080", find("http://server.example"))
	_, err := ProxyFromEnvironment(nil)
	require.ErrorContains(t, err, "needs a request")
	t.Setenv("HTTPS_PROXY", "http://other.example")
	require.Equal(t, "http://other.example", find("https://server.example"))
	t.Setenv("NO_PROXY", "server.example")
	require.Empty(t, find("http://server.example"))
}

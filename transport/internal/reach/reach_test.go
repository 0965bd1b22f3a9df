package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"example.com/khp/internal/tcptest"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func parse(t *testing.T, raw string) wire.URL {
	u, err := wire.ParseURL(raw, nil)
	require.NoError(t, err)
	return u
}

// to returns a Dialer for calls to that URL, whose TCP connections are made by serve.
func to(t *testing.T, rawURL string, serve func(addr string) (net.Conn, error)) *Dialer {
	d := &Dialer{Limits: wire.DefaultLimits(),
		NetDial: func(_ context.Context, network, addr string) (net.Conn, error) {
			require.Equal(t, "tcp", network)
			return serve(addr)
		}}
	d.Begin(parse(t, d.CutZone(rawURL)))
	return d
}

// The zone of the caller's URL is for connecting to its host, and to no other.
func TestDialer_Zone(t *testing.T) {
	var asked []string
	d := to(t, "ws://[fe80::1%25eth0]:81/", func(addr string) (net.Conn, error) {
		asked = append(asked, addr)
		_, nc := tcptest.Pair(tcptest.Options{})
		return nc, nil
	})
	for _, u := range []string{"ws://[fe80::1]:81/", "ws://[fe80::1]/x", "ws://[fe80::2]:81/",
		"ws://h.example/"} {
		nc, refusal, err := d.Dial(t.Context(), parse(t, u), false)
		require.NoError(t, err)
		require.Nil(t, refusal)
		require.NotNil(t, nc)
	}
	require.Equal(t, []string{"[fe80::1%eth0]:81", "[fe80::1%eth0]:80",
		"[fe80::2]:81", "h.example:80"},
		asked)
	require.Equal(t, "ws://h/", d.CutZone("ws://h/"))
	require.Equal(t, "[fe80::1]:81", d.address(parse(t, "ws://[fe80::1]:81/")), "of the call before")
}

// The certificates of the caller are for the first origin, the name to check for its host; every
// server gets HTTP/1.1 alone, and the caller's configuration is not touched.
func TestDialer_TLSConfig(t *testing.T) {
	own := &tls.Config{ServerName: "alias", MinVersion: tls.VersionTLS13,
		Certificates: make([]tls.Certificate, 1), NextProtos: []string{"h2"},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return nil, nil
		}}
	d := &Dialer{TLS: own}
	d.Begin(parse(t, "wss://one.example/"))
	for u, want := range map[string]struct {
		name string
		own  bool
	}{
		"wss://one.example/x":   {"alias", true},
		"wss://one.example:444": {"alias", false},
		"wss://two.example/":    {"two.example", false},
		"wss://[2001:db8::1]/":  {"2001:db8::1", false},
	} {
		cfg := d.tlsConfig(parse(t, u))
		require.Equal(t, want.name, cfg.ServerName, u)
		require.Equal(t, want.own, len(cfg.Certificates) == 1, u)
		require.Equal(t, want.own, cfg.GetClientCertificate != nil, u)
		require.Equal(t, []string{"http/1.1"}, cfg.NextProtos)
		require.Equal(t, uint16(tls.VersionTLS13), cfg.MinVersion)
		require.Equal(t, want.own, d.IsOrigin(parse(t, u)))
	}
	require.Equal(t, []string{"h2"}, own.NextProtos)
	require.Len(t, own.Certificates, 1)
	d.TLS = nil
	require.Equal(t, "one.example", d.tlsConfig(parse(t, "wss://one.example/")).ServerName)
}

// A secure URL gets TLS, and one that cannot have it no connection.
func TestDialer_TLS(t *testing.T) {
	h := httptest.NewUnstartedServer(http.NotFoundHandler())
	h.Config.ErrorLog = log.New(io.Discard, "", 0)
	h.StartTLS()
	defer h.Close()
	addr := h.Listener.Addr().String()
	d := &Dialer{TLS: &tls.Config{InsecureSkipVerify: true}}
	for rawURL, secure := range map[string]bool{"ws://" + addr: false, "wss://" + addr: true} {
		u := parse(t, rawURL)
		d.Begin(u)
		nc, _, err := d.Dial(t.Context(), u, false)
		require.NoError(t, err)
		_, is := nc.(*tls.Conn)
		require.Equal(t, secure, is)
		require.NoError(t, nc.Close())
	}
	d.TLS = nil
	_, _, err := d.Dial(t.Context(), parse(t, "wss://"+addr), false)
	require.ErrorContains(t, err, "TLS handshake: ")
	refused := errors.New("refused")
	d = to(t, "wss://h/", func(string) (net.Conn, error) { return nil, refused })
	_, _, err = d.Dial(t.Context(), parse(t, "wss://h/"), false)
	require.ErrorIs(t, err, refused)
}

// A proxy that cannot be used, or does not let through, is named without its password. No
// connection is made past it.
func TestDialer_Proxy(t *testing.T) {
	var asked []string
	d := to(t, "ws://h.example/", func(addr string) (net.Conn, error) {
		asked = append(asked, addr)
		_, nc := tcptest.Pair(tcptest.Options{})
		return &scripted{nc, strings.NewReader("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")}, nil
	})
	u := parse(t, "ws://h.example/")
	nobody := errors.New("no proxy is known")
	for _, c := range []struct {
		proxy *url.URL
		err   error
		name  string
		says  int
	}{
		{nil, nobody, "", 0},
		{&url.URL{Scheme: "ftp", Host: "p:1", User: url.UserPassword("joe", "secret")},
			nil, "ftp://p:1", 0},
		{&url.URL{Scheme: "http", Host: "p:1", User: url.UserPassword("joe", "secret")}, nil,
			"http://p:1", 502},
	} {
		asked = nil
		d.Proxy = func(*http.Request) (*url.URL, error) { return c.proxy, c.err }
		nc, refusal, err := d.Dial(t.Context(), u, false)
		require.NoError(t, err)
		require.Nil(t, nc)
		require.Equal(t, []any{c.name, "h.example:80", c.says},
			[]any{refusal.Proxy, refusal.Target, refusal.Status})
		require.Equal(t, c.says != 0, len(asked) == 1)
		require.Equal(t, c.says == 0, refusal.Err != nil)
		require.Equal(t, c.says != 0, d.HasLogin("ws://h.example/"))
	}
	require.Equal(t, []string{"p:1"}, asked)
	require.False(t, d.HasLogin("h.example"), "that is no URL")
	for proxy, has := range map[string]bool{"http://p": false, "https://u@p": true,
		"socks5://u@p": false} {
		d.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy) }
		require.Equal(t, has, d.HasLogin("ws://h.example/"), proxy)
	}
	d.Proxy = func(*http.Request) (*url.URL, error) { return nil, nil } // there is none on this way
	require.False(t, d.HasLogin("ws://h.example/"))
	nc, refusal, err := d.Dial(t.Context(), u, false)
	require.NoError(t, err)
	require.Nil(t, refusal)
	require.NotNil(t, nc)
	require.Equal(t, []string{"p:1", "h.example:80"}, asked)
	d.Proxy = nil
	require.False(t, d.HasLogin("ws://h.example/"))
}

// Behind a proxy that has asked for it, credentials are sent to the proxy at once.
func TestDialer_ProxyLogin(t *testing.T) {
	for _, login := range []bool{false, true} {
		client, proxy := tcptest.Pair(tcptest.Options{})
		d := to(t, "ws://h.example/", func(string) (net.Conn, error) {
			return &scripted{client, strings.NewReader("HTTP/1.1 200 OK\r\n\r\n")}, nil
		})
		d.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://joe:secret@p:1") }
		nc, refusal, err := d.Dial(t.Context(), parse(t, "ws://h.example/"), login)
		require.NoError(t, err)
		require.Nil(t, refusal)
		require.NoError(t, nc.Close())
		request, err := io.ReadAll(proxy)
		require.NoError(t, err)
		require.Equal(t, login, strings.Contains(string(request), "Proxy-Authorization: Basic "))
	}
}

// scripted is a connection to a peer that sends a given text.
type scripted struct {
	net.Conn
	text io.Reader
}

func (s *scripted) Read(p []byte) (int, error) { return s.text.Read(p) }

// Errors that pass are told from those that stay, so that a client tries again only where that may
// help.
func TestMayPass(t *testing.T) {
	op := func(op string, err error) error {
		return fmt.Errorf("it: %w", &net.OpError{Op: op, Err: err})
	}
	for _, err := range []error{
		io.EOF, io.ErrUnexpectedEOF, fmt.Errorf("TLS: %w", io.EOF), syscall.ECONNREFUSED,
		os.NewSyscallError("read", syscall.ECONNRESET), op("dial", syscall.ENETUNREACH),
		op("read", syscall.ETIMEDOUT), op("write", syscall.EPIPE),
		&net.DNSError{IsTemporary: true}, &net.DNSError{IsTimeout: true},
		op("dial", &net.DNSError{IsTemporary: true}),
	} {
		require.True(t, MayPass(err), "%v", err)
	}
	for _, err := range []error{
		errors.New("anything"), op("dial", &net.DNSError{IsNotFound: true}),
		op("dial", &net.AddrError{Err: "missing port"}), op("dial", net.UnknownNetworkError("x")),
		op("dial", fs.ErrPermission), op("dial", os.NewSyscallError("connect", syscall.EACCES)),
		op("remote error", errors.New("tls: bad certificate")),
	} {
		require.False(t, MayPass(err), "%v", err)
	}
}

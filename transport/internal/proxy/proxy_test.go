package proxy

import (
	"context"
	"errors"

	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// endless is a proxy that answers without an end.
type endless struct {
	net.Conn
	begin  string
	read   int
	asked  string
	closed bool
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read > 1<<20 {
		return 0, errors.New("more was read than an answer may have")
	}
	n := copy(p, e.begin)
	e.begin = e.begin[n:]
	n += copy(p[n:], strings.Repeat("X-Filler: x\r\n", len(p)/13+1))
	e.read += n
	return n, nil
}

func (e *endless) Write(p []byte) (int, error)   { e.asked += string(p); return len(p), nil }
func (e *endless) Close() error                  { e.closed = true; return nil }
func (e *endless) SetDeadline(_ time.Time) error { return nil }

// The answer of a proxy is read as far as the limits go, head and body, and no connection is left.
func TestDialer_AnswerIsBounded(t *testing.T) {
	for begin, status := range map[string]int{
		"HTTP/1.1 200 OK\r\n":              0,
		"HTTP/1.1 100 Continue\r\n":        0,
		"HTTP/1.1 502 Bad\r\n\r\n":         502,
		"HTTP/1.1 407 Who are you\r\n\r\n": 407,
	} {
		nc := &endless{begin: begin}
		d := Dialer{
			TCP:    func(context.Context, string) (net.Conn, error) { return nc, nil },
			Limits: wire.Limits{Head: 1000, Body: 3000},
		}
		at := &url.URL{Scheme: "http", Host: "proxy.example:1"}
		got, refusal := d.Dial(t.Context(), at, "one.example:80")
		require.Nil(t, got)
		require.Equal(t, status, refusal.Status, begin)
		require.LessOrEqual(t, len(refusal.Body), 3000)
		if status > 0 {
			require.Len(t, refusal.Body, 3000)
		}
		require.LessOrEqual(t, nc.read, 4000+4096, begin)
		require.True(t, nc.closed)
		require.Equal(t, "http://proxy.example:1", refusal.Proxy)
		require.Equal(t, "one.example:80", refusal.Target)
		require.True(t, strings.HasPrefix(nc.asked, "CONNECT one.example:80 HTTP/1.1\r\n"), nc.asked)
		require.Contains(t, nc.asked, "\r\nHost: one.example:80\r\n")
	}
}

// A proxy that asks for nothing gets no credentials, unless a 407 came from behind it.
func TestDialer_CredentialsOnlyWhenAsked(t *testing.T) {
	for _, login := range []bool{false, true} {
		nc := &endless{begin: "HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"}
		d := Dialer{
			TCP:    func(context.Context, string) (net.Conn, error) { return nc, nil },
			Limits: wire.DefaultLimits(), Login: login,
		}
		at := &url.URL{Scheme: "http", Host: "proxy.example:1", User: url.UserPassword("joe", "welcome")}
		_, refusal := d.Dial(t.Context(), at, "one.example:80")
		require.Equal(t, 502, refusal.Status)
		require.Equal(t, login, strings.Contains(nc.asked, "Proxy-Authorization: Basic am9lOndlbGNvbWU="))
		require.Contains(t, nc.asked, "\r\nHost: one.example:80\r\n")
		require.NotContains(t, refusal.Proxy, "joe")
		nc.asked, at.User = "", nil
		_, _ = d.Dial(t.Context(), at, "one.example:80")
		require.NotContains(t, nc.asked, "Proxy-Authorization", "there are none")
	}
}

// broken is a connection to a proxy that fails.
type broken struct {
	endless
	err     error
	written func() // is called once the request is
}

func (b *broken) Write(p []byte) (int, error) {
	if b.written == nil {
		return 0, b.err
	}
	return len(p), nil
}

func (b *broken) Read(p []byte) (int, error) {
	b.written()
	return copy(p, b.begin), b.err
}

// A failure of the network is told as it is, and so is the end of the context at the last moment.
func TestDialer_Broken(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	ctx, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		nc   *broken
		want error
	}{
		{&broken{err: reset}, reset},
		{&broken{err: reset, written: func() {}}, reset},
		{&broken{endless: endless{begin: ok}, written: cancel}, context.Canceled},
	} {
		d := Dialer{
			TCP:    func(context.Context, string) (net.Conn, error) { return c.nc, nil },
			Limits: wire.DefaultLimits(),
		}
		at := &url.URL{Scheme: "http", Host: "proxy.example:1"}
		nc, refusal := d.Dial(ctx, at, "one.example:80")
		require.Nil(t, nc)
		require.ErrorIs(t, refusal.Err, c.want)
		require.True(t, c.nc.closed)
	}
}

package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// Failures during a restart of the server pass; faults of the address or the certificate do not.
func TestHandshakeError_Temporary_Network(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	dropping := dropEach(t, func(nc *net.TCPConn) { _ = nc.Close() })
	resetting := dropEach(t, func(nc *net.TCPConn) {
		_ = nc.SetLinger(0)
		_ = nc.Close()
	})
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	fails := func(err error) *DialOptions {
		return &DialOptions{NetDial: func(context.Context, string, string) (net.Conn, error) {
			return nil, err
		}}
	}
	for _, c := range []struct {
		name, url string
		opts      *DialOptions
		want      bool
	}{
		{"refused", "ws://" + closed.Addr().String(), nil, true},
		{"dropped", "ws://" + dropping, nil, true},
		{"reset", "ws://" + resetting, nil, true},
		{"dropped within TLS", "wss://" + dropping, nil, true},
		{"reset within TLS", "wss://" + resetting, nil, true},
		{"no route", "ws://a", fails(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.EHOSTUNREACH}),
			true},
		{"resolver does not answer", "ws://a", fails(&net.OpError{Op: "dial",
			Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}), true},
		{"unknown name", "ws://a", fails(&net.OpError{Op: "dial",
			Err: &net.DNSError{Err: "no such host", IsNotFound: true}}), false},
		{"forbidden", "ws://a", fails(&net.OpError{Op: "dial", Err: syscall.EACCES}), false},
		{"not an address", "ws://a", fails(&net.OpError{Op: "dial", Err: &net.AddrError{Err: "no"}}),
			false},
		{"untrusted", "wss" + strings.TrimPrefix(untrusted.URL, "https"), nil, false},
		{"something else", "ws://a", fails(errors.New("no")), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Dial(t.Context(), c.url, c.opts)
			var e *HandshakeError
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.want, e.Temporary(), err)
		})
	}
}

// dropEach accepts connections and ends each with drop, once something has arrived.
func dropEach(t *testing.T, drop func(nc *net.TCPConn)) (addr string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = nc.Read(make([]byte, 1))
			drop(nc.(*net.TCPConn))
		}
	}()
	return l.Addr().String()
}

// A server that closes before the handshake is complete says with its code whether it will be back.
func TestHandshakeError_Temporary_Close(t *testing.T) {
	for code, want := range map[string]bool{"\x03\xf4": true, "\x03\xf5": true, "\x03\xe9": true,
		"\x03\xf0": false, "\x03\xe8": false, "\x03\xf3": false, "": false} {
		for _, answered := range []bool{false, true} {
			got := dialRaw(t, t.Context(), true, nil, func(p *rawServer) {
				p.asked()
				if answered {
					p.send(bin(response101))
				}
				p.send(pf{Op: opX, P: code})
			})
			var e *HandshakeError
			require.ErrorAs(t, got.err, &e)
			require.Equal(t, want, e.Temporary(), "%q %v: %v", code, answered, e)
			require.Equal(t, len(code) > 0, e.Close != 0)
			got.end()
		}
	}
}

// Retry tries again after failures that pass in a restart, until the context ends if that is wished
// for, and after those that the caller selects.
func TestDial_Retry_If(t *testing.T) {
	virtual(t, "restart", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, &DialOptions{Retry: &Retry{Attempts: 4, Jitter: full}},
			func(p *rawServer) { _ = p.nc.Close() },
			func(p *rawServer) { p.asked(); p.send(pf{Op: opX, P: "\x03\xf4"}) }, refusal("502 Bad Gateway"),
			then101(terminator))
		got.end()
		require.NoError(t, got.err)
		require.InDelta(t, 3500*time.Millisecond, got.took, float64(time.Microsecond))
	})
	virtual(t, "no end", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour-time.Second)
		defer cancel()
		got := dialRaw(t, ctx, false, &DialOptions{Retry: &Retry{Attempts: -1, Jitter: full}},
			refusal("503 Busy\r\nRetry-After: 600"))
		got.end()
		require.Equal(t, 24*time.Hour-time.Second, got.took)
		require.ErrorIs(t, got.err, context.DeadlineExceeded)
		var e *HandshakeError
		require.ErrorAs(t, got.err, &e)
		require.Equal(t, 24*6, e.Tries)
	})
	virtual(t, "no end, but not for everything", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, &DialOptions{Retry: &Retry{Attempts: -1}},
			refusal("403 Forbidden"))
		got.end()
		require.ErrorIs(t, got.err, fsm.FailureStatus)
	})
	virtual(t, "more than the rule", func(t *testing.T) {
		var seen []int
		retry := &Retry{Attempts: 3, Jitter: full, If: func(e *HandshakeError) bool {
			seen = append(seen, e.Status)
			return e.Temporary() || e.Status == 404
		}}
		got := dialRaw(t, t.Context(), false, &DialOptions{Retry: retry}, refusal("404 Not Found"),
			refusal("404 Not Found"), then101(terminator))
		got.end()
		require.NoError(t, got.err)
		require.Equal(t, []int{404, 404}, seen)
	})
	virtual(t, "less than the rule", func(t *testing.T) {
		retry := &Retry{If: func(*HandshakeError) bool { return false }}
		got := dialRaw(t, t.Context(), false, &DialOptions{Retry: retry}, refusal("503 Busy"))
		got.end()
		require.ErrorIs(t, got.err, fsm.FailureStatus)
		require.Zero(t, got.took)
	})
}

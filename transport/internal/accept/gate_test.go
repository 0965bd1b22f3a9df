package accept

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/hops"
	"github.com/stretchr/testify/require"
)

// script is a listener that accepts the connections and errors sent to it.
type script struct {
	next   chan any
	closed int
}

func (s *script) Accept() (net.Conn, error) {
	switch x := (<-s.next).(type) {
	case net.Conn:
		return x, nil
	case error:
		return nil, x
	}
	return nil, net.ErrClosed
}

func (s *script) Close() error   { s.closed++; return nil }
func (s *script) Addr() net.Addr { return &net.TCPAddr{} }

// from is a connection with the address of its client.
type from struct {
	net.Conn
	addr string
}

func (f from) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(f.addr))
}

// heard returns all that comes at an end of a connection until the other ends it.
func heard(t *testing.T, nc net.Conn) string {
	t.Helper()
	b, err := io.ReadAll(nc)
	require.NoError(t, err)
	return string(b)
}

// Temporary errors are waited out, longer each time, and logged once; any other error ends the
// wait, and so does the end of the server, in the middle of a wait too. No error costs a slot.
func TestGate_Next_Errors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := &Gate{Log: slog.New(slog.NewTextHandler(&log, nil))}
		g.SetBounds(Bounds{Connections: 1})
		ln, done := &script{next: make(chan any, 20)}, make(chan struct{})
		front := func() *Front { return &Front{} }

		client, server := tcptest.Pair(tcptest.Options{})
		for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
			syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR,
			&net.OpError{Err: syscall.EMFILE}, &net.DNSError{IsTimeout: true}} {
			ln.next <- e
		}
		ln.next <- server
		begin := time.Now()
		v, err := g.Next(ln, done, front)
		require.NoError(t, err)
		require.Same(t, server, v.Conn)
		require.Equal(t, (5+10+20+40+80+160+320+640+1000)*time.Millisecond, time.Since(begin))
		require.Equal(t, 1, strings.Count(log.String(), "cannot accept connections for now"),
			log.String())
		require.Contains(t, log.String(), `error="too many open files"`)
		require.Equal(t, 1, g.Visits())
		v.Leave()
		require.Zero(t, g.Visits())
		require.Empty(t, heard(t, client))

		broken := errors.New("broken")
		for range 2 * reserve {
			ln.next <- broken
			_, err = g.Next(ln, done, front)
			require.ErrorIs(t, err, broken)
		}
		go func() {
			time.Sleep(2 * time.Millisecond)
			close(done)
		}()
		ln.next <- syscall.EMFILE
		begin = time.Now()
		_, err = g.Next(ln, done, front)
		require.ErrorIs(t, err, http.ErrServerClosed)
		require.Equal(t, 2*time.Millisecond, time.Since(begin))
		ln.next <- net.ErrClosed
		_, err = g.Next(ln, done, front)
		require.ErrorIs(t, err, http.ErrServerClosed, "of a listener that was closed therefore")
	})
}

// More connections than there may be, and those that are being refused, wait in the listener. An
// address that has too many is told so, unless it expects TLS; a trusted proxy's counts for no
// client.
func TestGate_Next_Bounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := &Gate{Log: slog.New(slog.NewTextHandler(&log, nil))}
		g.SetBounds(Bounds{Connections: 2, Waiting: 3, PerAddress: 1})
		ln, done := &script{next: make(chan any, 200)}, make(chan struct{})
		f := &Front{Trusted: hops.Networks{netip.MustParsePrefix("10.0.0.0/8")}}
		next := func() chan Visit {
			c := make(chan Visit, 1)
			go func() {
				if v, err := g.Next(ln, done, func() *Front { return f }); err == nil {
					c <- v
				}
			}()
			synctest.Wait()
			return c
		}
		dial := func(addr string) net.Conn {
			client, server := tcptest.Pair(tcptest.Options{})
			ln.next <- from{server, addr}
			return client
		}
		dial("192.0.2.1:1")
		<-next()
		again := dial("192.0.2.1:2")
		turned := next()
		require.Contains(t, heard(t, again), "HTTP/1.1 503 Service Unavailable\r\n"+
			"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 39\r\nConnection: close\r\n")
		require.Equal(t, uint64(1), g.TooMany())
		require.Contains(t, log.String(), "remote=192.0.2.1:2 most=1")
		dial("192.0.2.2:1")
		<-turned
		for range 2 + 3 + reserve - 2 {
			dial("10.0.0.1:1")
			<-next()
		}
		require.Equal(t, 2, g.Addresses(), "clients of the proxy are not known yet")
		require.Equal(t, 2+3+reserve, g.Visits())
		dial("10.0.0.1:1")
		waits := next()
		require.Empty(t, waits, "there is no slot")
		g.SetBounds(Bounds{Connections: 3, Waiting: 3, PerAddress: 1})
		<-waits
		g.SetBounds(Bounds{PerAddress: 1})
		f = &Front{TLS: &tls.Config{}}
		hidden := dial("192.0.2.1:3")
		waits = next()
		require.Empty(t, heard(t, hidden), "it would not understand")
		require.Equal(t, uint64(2), g.TooMany())
		dial("192.0.2.9:1")
		<-waits
	})
}

// A client waits for a place, and bytes that it sends meanwhile belong behind its earlier ones.
func TestVisit_Enter(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(client net.Conn, free, end func())
		enters  bool
		after   time.Duration
		says    string
		rest    string
	}{
		"its turn": {happens: func(_ net.Conn, free, _ func()) {
			time.Sleep(time.Second)
			free()
		}, enters: true, after: time.Second, rest: "request"},
		"it speaks": {happens: func(client net.Conn, free, _ func()) {
			_, _ = client.Write([]byte(" and more"))
			time.Sleep(time.Second)
			free()
		}, enters: true, after: time.Second, rest: "request and more"},
		"it leaves": {happens: func(client net.Conn, _, _ func()) {
			time.Sleep(time.Second)
			_ = client.Close()
		}, after: time.Second},
		"too long": {happens: func(net.Conn, func(), func()) {}, after: time.Minute,
			says: "Retry-After: 5\r\n"},
		"the end": {happens: func(_ net.Conn, _, end func()) { time.Sleep(time.Second); end() },
			after: time.Second, says: "\r\n\r\nthis server is shutting down\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &Gate{Log: slog.New(slog.DiscardHandler)}
				g.SetBounds(Bounds{Connections: 1, Waiting: 1})
				require.True(t, g.places.take(), "by another client")
				ctx, cancel := context.WithCancel(t.Context())
				client, server := tcptest.Pair(tcptest.Options{})
				require.NoError(t, server.SetDeadline(time.Now().Add(500*time.Millisecond)),
					"for the opening request")
				require.NoError(t, g.slots.wait(g.mostSockets, nil))
				require.True(t, g.slots.enter(netip.Prefix{}, 0))
				v := &Visit{Conn: server, Front: &Front{}, gate: g}
				rest := []byte("request")
				begin := time.Now()
				go c.happens(client, g.places.release, cancel)
				require.Equal(t, c.enters, v.Enter(ctx, &rest))
				require.Equal(t, c.after, time.Since(begin))
				if c.enters {
					require.Equal(t, c.rest, string(rest))
					go func() {
						time.Sleep(time.Hour)
						_, _ = client.Write([]byte("x"))
					}()
					_, err := server.Read(make([]byte, 1))
					require.NoError(t, err, "no deadline is left")
				}
				if c.says != "" {
					require.NoError(t, server.CloseWrite())
					require.Contains(t, heard(t, client), c.says)
				}
				v.Leave()
				taken, waiting, refused := g.Load()
				require.Zero(t, waiting)
				require.Zero(t, g.Visits())
				if c.enters {
					require.Zero(t, taken, "it has given its place back")
				} else {
					require.Equal(t, 1, taken, "the other client still has its own")
				}
				require.Equal(t, name == "too long", refused == 1)
				cancel()
			})
		})
	}
}

// A connection that net/http has got counts until its owner says that it is closed.
func TestVisit_PassOn(t *testing.T) {
	g := &Gate{Log: slog.New(slog.DiscardHandler)}
	g.SetBounds(Bounds{Connections: 5, PerAddress: 1})
	client, server := tcptest.Pair(tcptest.Options{})
	ln := &script{next: make(chan any, 1)}
	ln.next <- from{server, "192.0.2.1:1"}
	v, err := g.Next(ln, nil, func() *Front { return &Front{} })
	require.NoError(t, err)
	over := v.PassOn()
	v.Leave()
	_, err = server.Write([]byte("still open"))
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{g.Visits(), g.Addresses()})
	over()
	require.Equal(t, []int{0, 0}, []int{g.Visits(), g.Addresses()})
	require.NoError(t, server.Close())
	require.Equal(t, "still open", heard(t, client))
}

// Listeners end together, also those that come too late.
func TestListeners(t *testing.T) {
	var l Listeners
	one, two, late := &script{}, &script{}, &script{}
	done, ok := l.Add(one)
	require.True(t, ok)
	_, ok = l.Add(two)
	require.True(t, ok)
	l.Remove(one)
	require.Equal(t, []int{1, 0}, []int{one.closed, two.closed})
	select {
	case <-done:
		t.Fatal("nothing is over yet")
	default:
	}
	l.Close()
	l.Close()
	<-done
	require.Equal(t, 1, one.closed, "it was forgotten")
	require.Positive(t, two.closed)
	_, ok = l.Add(late)
	require.False(t, ok)
	l.Remove(late)
	require.Equal(t, 1, late.closed)
	var none Listeners
	none.Close()
	done, ok = none.Add(&script{})
	require.False(t, ok)
	<-done
}

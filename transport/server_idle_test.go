//go:build linux

package transport

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// idle is the memory of each of many open connections whose server waits for their next messages,
// in bytes.
type idle struct{ heap, stack float64 }

func (i idle) total() float64 { return i.heap + i.stack }

// measureIdle opens count connections to a server by hand, and counts the growth since before.
// serve serves a listener until it is closed, and calls waiting for each connection once nothing is
// left but to read. messages are those of a client.
func measureIdle(
	t testing.TB, count int, messages [][]byte, serve func(ln net.Listener, waiting func()),
) idle {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	var open atomic.Int64
	all := make(chan struct{})
	go serve(ln, func() {
		if open.Add(1) == int64(count)+1 {
			close(all)
		}
	})
	at := ln.Addr().(*net.TCPAddr)
	to := &syscall.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())}
	sockets, buf := make([]int, 0, count+1), make([]byte, 4096)
	connect := func() {
		s, err := shakeHands(to, messages, "\n\x00", buf)
		require.NoError(t, err)
		sockets = append(sockets, s)
	}
	connect() // memory allocated once is not counted
	before := inUse()
	for range count {
		connect()
	}
	<-all
	after := inUse()
	for _, s := range sockets {
		_ = syscall.SetsockoptLinger(s, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
		_ = syscall.Close(s)
	}
	n := float64(count)
	return idle{(after.heap - before.heap) / n, (after.stack - before.stack) / n}
}

// inUse returns the memory that the garbage collector leaves, and lets it shrink stacks.
func inUse() idle {
	for range 3 { // pools are emptied in two turns
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return idle{float64(m.HeapAlloc), float64(m.StackInuse)}
}

// idleServers are those that are compared.
var idleServers = map[string]func(ln net.Listener, waiting func()){
	"Server": func(ln net.Listener, waiting func()) {
		srv := &Server{Handler: &Handler{Serve: func(ctx context.Context, c *Conn) error {
			waiting()
			_, _, err := c.Read(ctx)
			return err
		}}}
		_ = srv.Serve(ln)
	},
	"KeepAlive": func(ln net.Listener, waiting func()) {
		srv := &Server{KeepAlive: time.Hour, Handler: &Handler{
			Serve: func(ctx context.Context, c *Conn) error {
				waiting()
				_, _, err := c.Read(ctx)
				return err
			}}}
		_ = srv.Serve(ln)
	},
	"gobwas": func(ln net.Listener, waiting func()) {
		up := ws.Upgrader{Protocol: func(p []byte) bool { return string(p) == "x-kaazing-handshake" }}
		serveEach(func(nc net.Conn) {
			if _, err := up.Upgrade(nc); err != nil {
				return
			}
			var buf [512]byte
			_, _ = nc.Read(buf[:])
			_, _ = nc.Write(blindAnswer)
			waiting()
			_, _ = ws.ReadHeader(nc)
		})(ln)
	},
	"bare": func(ln net.Listener, waiting func()) {
		serveEach(func(nc net.Conn) {
			buf := make([]byte, 1024)
			_, _ = nc.Read(buf)
			_, _ = nc.Write([]byte(bareOpened))
			_, _ = nc.Read(buf)
			_, _ = nc.Write(blindAnswer)
			waiting()
			_, _ = nc.Read(buf)
		})(ln)
	},
}

// BenchmarkIdle measures the memory of an open connection without traffic, with the stack of its
// goroutine.
func BenchmarkIdle(b *testing.B) {
	for name, serve := range idleServers {
		b.Run(name, func(b *testing.B) {
			var sum idle
			for range b.N {
				sum = measureIdle(b, 2000, [][]byte{[]byte(openingRequest),
					frametest.Encode(false, bin(extendedRequest))}, serve)
			}
			b.ReportMetric(sum.heap, "heap-B/conn")
			b.ReportMetric(sum.stack, "stack-B/conn")
			b.ReportMetric(sum.total(), "B/conn")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// An idle connection waits in the smallest stack there is, and a KeepAlive costs it no goroutine,
// timer or larger stack.
func TestServer_IdleKeepAlive(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector has stacks grow")
	}
	const mostStack = 3000.0 // bytes: stacks have 2 KiB, 4 KiB and so on
	messages := [][]byte{[]byte(openingRequest), frametest.Encode(false, bin(extendedRequest))}
	// The least of several: not every collection finds all goroutines where their stacks may
	// shrink.
	without := idle{math.Inf(1), math.Inf(1)}
	with := without
	least := func(best *idle, name string) {
		next := measureIdle(t, 500, messages, idleServers[name])
		*best = idle{min(best.heap, next.heap), min(best.stack, next.stack)}
	}
	for tries := 0; tries < 30 && !(tries >= 3 && without.stack < mostStack); tries++ {
		least(&without, "Server")
	}
	require.Less(t, without.stack, mostStack)
	for tries := 0; tries < 30 &&
		!(with.heap-without.heap < 256 && with.stack-without.stack < 1024); tries++ {
		least(&with, "KeepAlive")
	}
	require.Less(t, with.heap-without.heap, 256.0, "%v, %v", without, with)
	require.Less(t, with.stack-without.stack, 1024.0, "%v, %v", without, with)
}

// A client that fills all limits of the handshake makes an open connection keep its two heads, and
// no more: neither the body, nor each element of its lists by itself, nor the buffers that they
// were read into.
func TestServer_IdleGreedy(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("memory is measured without the race detector")
	}
	var lists strings.Builder
	for i := range 90 {
		fmt.Fprintf(&lists, ", protocol-%d", i)
	}
	for i := range 90 {
		fmt.Fprintf(&lists, "\r\nSec-WebSocket-Extensions: extension-%d;n=%d", i, i)
	}
	fill := func(head string) string {
		head = strings.TrimSuffix(head, "\r\n")
		line := strings.Repeat("x", (16<<10-len(head)-20)/2)
		return head + "X: " + line + "\r\nY: " + line + "\r\n\r\n"
	}
	opening := fill(strings.Replace(openingRequest, "x-kaazing-handshake", "x-kaazing-handshake"+
		strings.Replace(lists.String(), "\r\nSec-WebSocket-Extensions: ",
			"\r\nSec-WebSocket-Extensions: o", 1), 1))
	extended := fill("GET /echo HTTP/1.1\r\nContent-Length: 65536\r\nSec-WebSocket-Protocol: x"+
		lists.String()+"\r\n\r\n") + strings.Repeat("b", 64<<10)
	for name, srv := range map[string]*Server{"Server": {Handler: &Handler{}},
		"Decide": {Handler: &Handler{Decide: func(_ context.Context, r *Request) (Decision, error) {
			if len(r.Body) != 64<<10 {
				return Decision{}, errors.New("the body is for Decide")
			}
			return Decision{}, nil
		}}}} {
		t.Run(name, func(t *testing.T) {
			got := measureIdle(t, 50, [][]byte{[]byte(opening), frametest.Encode(false, bin(extended))},
				func(ln net.Listener, waiting func()) {
					srv.Handler.Serve = func(ctx context.Context, c *Conn) error {
						require.Empty(t, c.Request().Body)
						waiting()
						_, _, err := c.Read(ctx)
						return err
					}
					_ = srv.Serve(ln)
				})
			t.Logf("%.0f bytes", got.heap)
			require.Less(t, got.heap, float64(60<<10),
				"two heads of 16 KiB, with an entry for each field and element")
		})
	}
}

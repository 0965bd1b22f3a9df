//go:build linux

package transport

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/internal/watch/watchtest"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// The allocations of a Server for one connection, from accepting it to its end, sockets included:
// the bare loop that moves the same bytes takes 12.
func TestServer_Allocations(t *testing.T) {
	const ceiling = 30
	if !frametest.PoolsAreExact {
		t.Skip("the race detector empties pools")
	}
	watchtest.Unwatched(t)
	result := testing.Benchmark(func(b *testing.B) {
		srv := &Server{Handler: benchHandler()}
		benchmarkAccept(b, listenHere(b, func(ln net.Listener) { _ = srv.Serve(ln) }), openingRequest)
		require.NoError(b, srv.Close())
	})
	require.LessOrEqual(t, result.AllocsPerOp(), int64(ceiling))
}

// A Handler adds little to the allocations of net/http for one connection, about 40.
func TestHandler_Allocations(t *testing.T) {
	const ceiling = 69
	if !frametest.PoolsAreExact {
		t.Skip("the race detector empties pools")
	}
	watchtest.Unwatched(t)
	result := testing.Benchmark(func(b *testing.B) {
		srv := httptest.NewServer(benchHandler())
		defer srv.Close()
		benchmarkAccept(b, srv.Listener.Addr(), openingRequest)
	})
	require.LessOrEqual(t, result.AllocsPerOp(), int64(ceiling))
}

// A received message costs the bytes that the application keeps, and a sent one nothing, whatever
// the context.
func TestConn_Allocations(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector empties pools")
	}
	frame := frametest.Encode(false, bin("hello"))
	for name, background := range map[string]bool{"background": true, "one that ends": false} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if background {
				ctx = context.Background()
			}
			nc := &looping{frame: frame}
			c := newConn(frames.New(nc, false, nil, DefaultReadLimit), opened{readLimit: DefaultReadLimit})
			require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
				if _, p, err := c.Read(ctx); err != nil || len(p) != len("hello") {
					t.Fatal(err, p)
				}
			}), 1.0, "Read: the message")
			require.Zero(t, testing.AllocsPerRun(100, func() {
				if err := c.Write(ctx, Binary, frame); err != nil {
					t.Fatal(err)
				}
			}), "Write")
		})
	}
}

// Compressing takes memory from pools.
func TestCompression_Allocations(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector empties pools")
	}
	c := testConn(&looping{}, false)
	c.link.Compress(deflate.Params{})
	p := []byte(strings.Repeat("0123456789", 5000))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if err := c.Write(t.Context(), Binary, p); err != nil {
			t.Fatal(err)
		}
	}))
}

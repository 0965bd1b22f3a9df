package transport

import (
	"bytes"
	"context"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// relayPipes is a relay between two peers on pipes, which hold nothing: bytes that a peer could
// write were read. It runs until Forward returns.
type relayPipes struct {
	from, toward net.Conn // the peers' ends
	c, to        *Conn
	end          chan error
}

func newRelayPipes(t *testing.T, ctx context.Context) *relayPipes {
	var r relayPipes
	var a, b net.Conn
	r.from, a = net.Pipe()
	b, r.toward = net.Pipe()
	r.c, r.to, r.end = testConn(a, false), testConn(b, true), make(chan error, 1)
	go func() { r.end <- r.c.Forward(ctx, r.to, nil, nil) }()
	return &r
}

func (r *relayPipes) close() {
	_ = r.from.Close()
	_ = r.toward.Close()
}

// counted writes all of b and counts the bytes taken.
func counted(nc net.Conn, b []byte) *atomic.Int64 {
	var n atomic.Int64
	go func() {
		for len(b) > 0 {
			k, err := nc.Write(b[:min(len(b), 512)])
			n.Add(int64(k))
			if b = b[k:]; err != nil {
				return
			}
		}
	}()
	return &n
}

// A peer that does not read holds up the other, whatever it sends: no more is read than fits one
// buffer.
func TestForward_SlowReader(t *testing.T) {
	const most = 64 << 10
	for name, traffic := range map[string][]byte{
		"small messages": bytes.Repeat(frametest.Encode(false, bin("hello")), 100_000),
		"large messages": bytes.Repeat(frametest.Encode(false, bin(strings.Repeat("x", 60_000))), 20),
		"one message":    frametest.Encode(false, bin(strings.Repeat("x", 1_000_000))),
		"fragments": bytes.Repeat(frametest.Encode(false,
			pf{Op: opB, More: true, P: strings.Repeat("x", 9000)}, pf{Op: opC, P: "end"}), 100),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRelayPipes(t, t.Context())
				n := counted(r.from, traffic)
				synctest.Wait()
				require.Positive(t, n.Load())
				require.LessOrEqual(t, n.Load(), int64(most))
				go func() { _, _ = io.Copy(io.Discard, r.toward) }()
				synctest.Wait()
				require.EqualValues(t, len(traffic), n.Load())
				r.close()
				require.Error(t, <-r.end)
			})
		})
	}
}

// While the other side does not read, Close of the side that is read still shakes hands with its
// peer at once.
func TestForward_CloseWhileTheOtherSideIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRelayPipes(t, t.Context())
		newPeer(t, r.from, true).send(bin("nobody takes it"))
		synctest.Wait()
		begin := time.Now()
		closed := make(chan error, 1)
		go func() { closed <- r.c.Close(CloseGoingAway, "") }()
		p := newPeer(t, r.from, true)
		p.wantFrame("the server closes", opX, "\x03\xe9")
		p.send(bin("what comes is discarded"), pf{Op: opX, P: "\x03\xe9"})
		require.NoError(t, <-closed)
		require.Zero(t, time.Since(begin))
		r.close()
		require.ErrorAs(t, <-r.end, new(*ForwardError))
	})
}

// A batch of which half is written is not followed by a Close frame: that would stand inside a
// frame.
func TestForward_CloseInTheMiddleOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := newRelayPipes(t, ctx)
		newPeer(t, r.from, true).send(bin("one"), bin("two"), bin("three"))
		synctest.Wait()
		half := make([]byte, 12)
		_, err := io.ReadFull(r.toward, half)
		require.NoError(t, err)
		cancel()
		err = <-r.end
		require.ErrorAs(t, err, new(*ForwardError))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "inside a frame")
		closed := make(chan error, 1)
		go func() { closed <- r.to.Close(CloseGoingAway, "") }()
		rest, _ := io.ReadAll(r.toward)
		require.Empty(t, rest)
		require.Error(t, <-closed)
		r.close()
	})
}

// The end of the context ends a relay on which nothing happens, and both connections stay as they
// are.
func TestForward_ContextEnds(t *testing.T) {
	for name, socket := range sockets {
		t.Run(name, func(t *testing.T) {
			a, nc := socket(t)
			toNC, b := socket(t)
			c, to := testConn(nc, false), testConn(toNC, true)
			ctx, cancel := context.WithCancel(t.Context())
			end := make(chan error, 1)
			go func() { end <- c.Forward(ctx, to, nil, nil) }()
			newPeer(t, a, true).send(bin("one"))
			newPeer(t, b, false).wantFrame("before", opB, "one")
			cancel()
			require.Equal(t, context.Canceled, <-end)
			to.info.unfragmented = true // a large message is taken in as a whole
			ctx, cancel = context.WithCancel(t.Context())
			go func() { end <- c.Forward(ctx, to, nil, nil) }()
			large := frametest.Encode(false, bin(strings.Repeat("x", 100_000)))
			_, err := a.Write(large[:90_000])
			require.NoError(t, err)
			cancel()
			require.Equal(t, context.Canceled, <-end, "in the middle of it")
			go func() { _, _ = a.Write(large[90_000:]) }()
			wantMessage(t, c, Binary, strings.Repeat("x", 100_000))
			go func() { end <- c.Forward(t.Context(), to, nil, nil) }()
			newPeer(t, a, true).send(bin("two"), text("three"))
			newPeer(t, b, false).wantFrame("afterwards", opB, "two")
			newPeer(t, b, false).wantFrame("afterwards", opT, "three")
			require.NoError(t, c.CloseNow())
			require.ErrorIs(t, <-end, net.ErrClosed)
		})
	}
}

// A relay on which nothing happens holds no buffer, whatever it has passed on before.
func TestForward_IdleHoldsNoBuffer(t *testing.T) {
	for name, size := range map[string]int{"small": 64, "large": 60_000, "in parts": 200_000} {
		t.Run(name, func(t *testing.T) {
			a, nc := tcpPair(t)
			toNC, b := tcpPair(t)
			c, to := testConn(nc, false), testConn(toNC, true)
			other := testConn(b, false)
			passed := make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			end := make(chan error, 1)
			go func() {
				end <- c.Forward(ctx, to, nil, func(messages, _ int) {
					if messages > 0 {
						close(passed)
					}
				})
			}()
			go newPeer(t, a, true).send(bin(strings.Repeat("x", size)))
			_, p, err := other.Read(t.Context())
			require.NoError(t, err)
			require.Len(t, p, size)
			<-passed
			newPeer(t, a, true).send(pf{Op: opI}) // it reads again once this is answered
			newPeer(t, a, true).wantFrame("the answer", opO, "")
			cancel() // it stops without a read that finds something
			require.Equal(t, context.Canceled, <-end)
			require.True(t, c.link.Idle())
		})
	}
}

// Passing messages on takes no memory.
func TestForward_Allocations(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector makes pools forget")
	}
	const reads = 10_000
	traffic := frametest.Encode(false, bin("hello"), text("world"), bin(strings.Repeat("x", 200)))
	for name, pass := range map[string]func(c *Conn) error{
		"to a connection": func(c *Conn) error {
			to := newConn(frames.New(&frametest.Discard{}, true, nil, DefaultReadLimit), opened{})
			return c.Forward(context.Background(), to, nil, nil)
		},
		"to a writer": func(c *Conn) error {
			return c.ForwardTo(context.Background(), io.Discard, nil, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			nc := &limited{looping: looping{frame: traffic}, left: reads}
			c := newConn(frames.New(nc, false, nil, DefaultReadLimit), opened{})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			require.ErrorIs(t, pass(c), io.ErrUnexpectedEOF)
			runtime.ReadMemStats(&after)
			require.Less(t, after.Mallocs-before.Mallocs, uint64(reads/10))
		})
	}
}

// limited is a connection with so many reads.
type limited struct {
	looping
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left--; l.left < 0 {
		return 0, io.EOF
	}
	return l.looping.Read(p)
}

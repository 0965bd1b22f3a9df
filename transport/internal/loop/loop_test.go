package loop

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

var lostAmid = []string{"trace: lost: unexpected EOF",
	"lost: the peer ended it in the middle of the handshake"}

// Each frame and each end of the connection is told to the trace and then to the peer, with its
// contents, under the rules of RFC 6455. Bytes behind a Close frame are no frames any more.
func TestLoop_TellsFrames(t *testing.T) {
	ended := []string{
		"trace: lost: transport: connection lost without a Close frame: unexpected EOF",
		"lost: the peer ended it without a Close frame"}
	broken := func(code, failure, detail string) []string {
		return []string{"trace: violation " + code + ": " + detail,
			"violation " + failure + ": " + detail}
	}
	for name, c := range map[string]struct {
		frames []frametest.Frame
		want   []string
	}{
		"message": {[]frametest.Frame{{Op: ws.OpText, P: "hi"}, {Op: ws.OpBinary, P: "ho"}},
			append([]string{"trace: message text hi", "message text hi", "trace: message binary ho",
				"message binary ho"}, ended...)},
		"ping": {[]frametest.Frame{{Op: ws.OpPing, P: "p"}},
			append([]string{"trace: ping", "ping p"}, ended...)},
		"pong":    {[]frametest.Frame{{Op: ws.OpPong, P: "p"}}, ended},
		"nothing": {nil, ended},
		"close": {[]frametest.Frame{{Op: ws.OpClose, P: "\x0f\xa0why"}, {Op: ws.OpText, P: "late"}},
			append([]string{"trace: close 4000 why", "peer closed 4000 why"}, lostAmid...)},
		"too long": {[]frametest.Frame{{Op: ws.OpText, P: strings.Repeat("x", 101)}},
			broken("1009", fsm.FailureLimit.Error(), "message exceeds the limit")},
		"no UTF-8": {[]frametest.Frame{{Op: ws.OpText, P: "\xff"}},
			broken("1007", fsm.FailureUTF8.Error(), "text message is not UTF-8")},
	} {
		withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			l.Established(nil)
			_, _ = peer.Write(frametest.Encode(true, c.frames...))
			_ = peer.CloseWrite()
			j.due = time.Now().Add(time.Second)
			for len(j.lines) < len(c.want) {
				l.happen()
			}
			require.Equal(t, c.want, j.take(), name)
			if strings.HasPrefix(c.want[len(c.want)-1], "lost") {
				require.ErrorIs(t, l.Network, io.ErrUnexpectedEOF)
			}
		})
	}
}

// Behind the Close frame of the peer the end of the connection is waited for, until the deadline;
// other bytes are discarded.
func TestLoop_AwaitsEnd(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		l.Established(nil)
		_, _ = peer.Write(frametest.Encode(true, frametest.Frame{Op: ws.OpClose}))
		l.happen()
		require.Equal(t, []string{"trace: close 1005 ", "peer closed 1005 "}, j.take())
		l.Later(func() func() { return func() { j.note("result") } })
		synctest.Wait()
		l.happen()
		require.Equal(t, []string{"result"}, j.take())
		begin := time.Now()
		j.due = begin.Add(time.Second)
		_, _ = peer.Write([]byte("more"))
		for len(j.lines) == 0 {
			l.happen()
		}
		require.Equal(t, []string{"trace: expired", "expire 0s late"}, j.take())
		require.Equal(t, time.Second, time.Since(begin))
		require.NoError(t, l.Network)
	})
}

// Events that the peer has already caused are reported before a result from another goroutine.
func TestLoop_MessagesBeforeResult(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		l.Established(nil)
		_, _ = peer.Write(frametest.Encode(true, frametest.Frame{Op: ws.OpText, P: "a"},
			frametest.Frame{Op: ws.OpText, P: "b"}))
		l.happen()
		l.Later(func() func() { return func() { j.note("result") } })
		synctest.Wait()
		j.take()
		l.happen()
		l.happen()
		require.Equal(t, []string{"trace: message text b", "message text b", "result"}, j.take())
	})
}

// A message of which the endpoint says that it was here too early is told so between the trace and
// the peer.
func TestLoop_TellsTooEarly(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		l.Established(nil)
		l.TooEarly = func(p []byte) bool { return string(p) == "early" }
		_, _ = peer.Write(frametest.Encode(true, frametest.Frame{Op: ws.OpText, P: "early"},
			frametest.Frame{Op: ws.OpText, P: "later"}))
		l.happen()
		l.happen()
		require.Equal(t, []string{"trace: message text early", "trace: too early", "message text early",
			"trace: message text later", "message text later"}, j.lines)
	})
}

// The bytes of the opening handshake are told as they arrive, and its end too.
func TestLoop_Opening(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		for _, s := range []string{"H", "TTP/1.1"} {
			_, _ = peer.Write([]byte(s))
			l.happen()
			require.Equal(t, []string{"trace: read " + s, "received " + s}, j.take())
		}
		_ = peer.Close()
		l.happen()
		require.Equal(t, lostAmid, j.take())
		require.Equal(t, io.ErrUnexpectedEOF, l.Network)
	})
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		_ = peer.SetLinger(0)
		_ = peer.Close()
		l.happen()
		require.Equal(t, "lost: connection reset by peer", j.lines[len(j.lines)-1])
		require.ErrorIs(t, l.Network, syscall.ECONNRESET)
	})
}

// An end of the stream that comes with bytes is told behind them, but only of the connection that
// it is the end of, and not of a WebSocket that may have more to read.
func TestLoop_EndWithBytes(t *testing.T) {
	for name, c := range map[string]struct {
		received func(l *Loop, next *socket)
		want     []string
	}{
		"same connection": {func(*Loop, *socket) {}, append([]string{"received ab"}, lostAmid...)},
		"another one": {func(l *Loop, next *socket) {
			l.Disconnect()
			l.Connected(next, peerOf{l.Trace.(traceOf).journal})
		}, []string{"received ab", "trace: disconnected"}},
		"none": {func(l *Loop, _ *socket) { l.Disconnect() },
			[]string{"received ab", "trace: disconnected"}},
		"WebSocket": {func(l *Loop, _ *socket) { l.Upgraded([]byte("b")) },
			[]string{"received ab", "trace: upgraded 1"}},
	} {
		withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			other, end := tcptest.Pair(tcptest.Options{})
			j.received = func() { c.received(l, &socket{Conn: end}) }
			nc.both = true
			_, _ = peer.Write([]byte("ab"))
			l.happen()
			require.Equal(t, append([]string{"trace: read ab"}, c.want...), j.lines, name)
			_ = other.Close()
		})
	}
}

// The bytes behind the opening handshake belong to the WebSocket, which is compressed if that was
// agreed on.
func TestLoop_Established(t *testing.T) {
	for _, p := range []*deflate.Params{nil, {ClientAlone: true}} {
		withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			l.Compression = p
			l.Upgraded(frametest.Encode(true, frametest.Frame{Op: ws.OpText, P: "early"}))
			require.True(t, l.Link.Client())
			require.EqualValues(t, 100, l.Link.Limit())
			require.Equal(t, p != nil, l.Link.Compresses())
			if p != nil {
				got, _ := l.Link.Compression()
				require.Equal(t, *p, got)
			}
			l.happen()
			require.Equal(t, []string{"trace: upgraded 7", "trace: message text early",
				"message text early"}, j.lines)
		})
	}
}

// While the application decides on an opening request, only the end of the client is reported. All
// bytes that it sends meanwhile are read as frames afterwards.
func TestLoop_Hold(t *testing.T) {
	for name, text := range map[string]string{"nothing": "", "some": "ab"} {
		withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			b := frametest.Encode(false, frametest.Frame{Op: ws.OpText, P: text + "c"})
			rest := append([]byte(nil), b[:len(text)]...)
			l.Hold(rest)
			clear(rest) // the caller's memory
			for _, c := range b[len(text):] {
				_, _ = peer.Write([]byte{c})
				l.happen()
			}
			require.Empty(t, j.lines, name)
			require.Nil(t, l.Link)
			l.Proceed()
			l.happen()
			require.Equal(t, []string{"trace: message text " + text + "c",
				"message text " + text + "c"}, j.take(), name)
			link := l.Link
			l.Proceed() // has no effect any more
			require.Same(t, link, l.Link)
		})
	}
}

// A client that leaves while it is being decided is noticed, and there is nothing to proceed with.
func TestLoop_HoldLost(t *testing.T) {
	withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		l.Hold(nil)
		j.lost = l.Disconnect
		_ = peer.Close()
		l.happen()
		require.Equal(t, append(lostAmid, "trace: disconnected"), j.lines)
		l.Proceed()
		require.Nil(t, l.Link)
	})
}

// The bytes of one peer, and the messages that wait for it, go to no other connection.
func TestLoop_NextPeerGetsNothing(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		next := func() *socket {
			l.Disconnect()
			other, end := tcptest.Pair(tcptest.Options{})
			_ = other.CloseWrite()
			nc := &socket{Conn: end}
			l.Connected(nc, peerOf{j})
			return nc
		}
		l.Hold([]byte("secret"))
		next()
		l.Proceed()
		require.Nil(t, l.Link)
		l.Established(nil)
		_ = l.SendMessage(wire.Text, []byte("secret"))
		room := cap(l.Corked)
		last := next()
		require.Equal(t, room, cap(l.Corked), "its memory is used again")
		l.Established(nil)
		_ = l.Flush()
		require.Zero(t, last.writes)
		l.Disconnect()
	})
}

// A client that sends much while it is being decided is read no further than a bound. A result from
// beside is told all the same, and so is the deadline.
func TestLoop_HoldIsBounded(t *testing.T) {
	for held, most := range map[int]int{mostHeld - 1: 1<<10 + 512, mostHeld: 1 << 10} {
		withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			var sent int
			written := make(chan struct{})
			go func() {
				defer close(written)
				for range 100 {
					n, err := peer.Write(make([]byte, 100))
					if sent += n; err != nil {
						return
					}
				}
			}()
			l.Hold(make([]byte, held))
			j.due = time.Now().Add(time.Second)
			for len(j.lines) == 0 {
				l.happen()
			}
			require.Equal(t, []string{"trace: expired", "expire 0s late"}, j.take())
			l.Later(func() func() { time.Sleep(time.Second); return func() { j.note("result") } })
			for len(j.lines) == 0 {
				l.happen()
			}
			require.Equal(t, []string{"result"}, j.lines)
			_ = nc.Close()
			<-written
			require.Equal(t, most, sent, "a window, and one read if there was room")
		})
	}
}

// Without a connection the loop waits for its deadline, or for a result from beside, also one that
// was there first. Of several only the last is told.
func TestLoop_Idle(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		require.NotNil(t, l.nc)
		l.Disconnect()
		require.Nil(t, l.nc)
		j.take()
		begin := time.Now()
		j.due = begin.Add(time.Second)
		l.happen()
		require.Equal(t, time.Second, time.Since(begin))
		l.happen()
		require.Equal(t, []string{"trace: expired", "expire 0s late"}, j.take())

		require.False(t, l.Beside)
		for _, wait := range []time.Duration{0, time.Second} {
			l.Later(func() func() { return func() { j.note("first") } })
			l.Later(func() func() { time.Sleep(wait); return func() { j.note("second") } })
			begin = time.Now()
			for len(j.lines) == 0 {
				l.happen()
			}
			require.Equal(t, wait, time.Since(begin))
			require.Equal(t, []string{"second"}, j.take())
		}
		require.True(t, l.Beside)
	})
}

// A wake-up ends the next wait at once, with a connection and without, also if it came before the
// wait.
func TestLoop_WakeBeforeWait(t *testing.T) {
	for _, connected := range []bool{true, false} {
		withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			if !connected {
				l.Disconnect()
			}
			begin := time.Now()
			j.due = begin.Add(time.Second)
			l.wake()
			l.happen()
			require.Zero(t, time.Since(begin))
			l.happen()
			require.Equal(t, time.Second, time.Since(begin))
		})
	}
}

// A result wakes the reader of a connection, under the deadline of the driver.
func TestLoop_ResultWakesReader(t *testing.T) {
	for _, due := range []time.Duration{0, 5 * time.Second} {
		withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			l.Established(nil)
			if due > 0 {
				j.due = time.Now().Add(due)
			}
			l.Later(func() func() { time.Sleep(time.Second); return func() { j.note("result") } })
			begin := time.Now()
			for len(j.lines) == 0 {
				l.happen()
			}
			require.Equal(t, time.Second, time.Since(begin))
			require.Equal(t, []string{"result"}, j.take())
			if due > 0 {
				for len(j.lines) == 0 {
					l.happen()
				}
				require.Equal(t, []string{"trace: expired", "expire 0s late"}, j.take())
				require.Equal(t, due, time.Since(begin))
			}
		})
	}
}

// The loop begins, settles after each thing that happened, and leaves no deadline on a connection
// that is open; such a connection is not interrupted any more.
func TestLoop_Run(t *testing.T) {
	for _, open := range []bool{true, false} {
		byEntry := open
		withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l.Context = ctx
			var entry tracker.Entry
			var all tracker.Tracker
			if byEntry {
				l.Context, l.Entry = entry.Begin(ctx), &entry
				require.True(t, all.Add(&entry))
			}
			l.Established(nil)
			failure := errors.New("refused")
			j.begin = func() { l.Next = func() { j.note("next") } }
			j.settled = func() { j.note("settled") }
			j.due = time.Now().Add(time.Second)
			j.expire = func() {
				if open {
					l.Open(endpoint.Result{})
				} else {
					l.Over(failure)
				}
			}
			l.Run()
			lines := j.take()
			require.Equal(t, []string{"begin", "settled", "next", "settled"}, lines[:4])
			require.Equal(t, []string{"trace: expired", "expire 0s late", "settled"}, lines[len(lines)-3:])
			require.Equal(t, open, l.IsOpen)
			require.False(t, l.Beside)
			if !open {
				require.Equal(t, failure, l.Failure)
			}
			require.Zero(t, nc.readDue)
			require.Zero(t, nc.writeDue)
			require.NotNil(t, l.nc)
			cancel()
			_ = all.Shutdown(ctx, 0)
			synctest.Wait()
			require.False(t, l.interrupted)
			l.Interrupt()
			require.Zero(t, nc.readDue)
			require.Zero(t, nc.writeDue)
		})
	}
}

// The end of the context interrupts the loop, by either way of telling it, and is told once. Beside
// says whether it may still be told.
func TestLoop_ContextEnds(t *testing.T) {
	for _, byEntry := range []bool{true, false} {
		withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			var entry tracker.Entry
			var all tracker.Tracker
			ctx := entry.Begin(t.Context())
			end := func() { entry.CancelFunc()(context.Canceled) }
			if l.Context = ctx; byEntry {
				l.Entry = &entry
				require.True(t, all.Add(&entry))
				end = func() { _ = all.Shutdown(ctx, 0) }
			}
			l.Established(nil)
			j.begin = func() { go func() { time.Sleep(time.Second); end() }() }
			begin := time.Now()
			j.giveUp = func() { l.Over(nil) }
			l.Run()
			require.Equal(t, time.Second, time.Since(begin))
			require.Equal(t, []string{"begin", "give up 1001"}, j.lines)
			require.Equal(t, "phase", l.GaveUp)
			require.Equal(t, !byEntry, l.Beside)
		})
	}
}

// Something that runs beside may still be running when the loop is over.
func TestLoop_Beside(t *testing.T) {
	withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		j.begin = func() { l.Later(func() func() { return func() { l.Open(endpoint.Result{}) } }) }
		l.Run()
		require.True(t, l.IsOpen)
		require.True(t, l.Beside)
	})
}

// quiet is a trace and a peer that are told bytes.
type (
	quietTrace struct{ Trace }
	quietPeer  struct{ driver.Peer }
)

func (quietTrace) Read([]byte)               {}
func (quietPeer) Received(time.Time, []byte) {}

// Reading an opening handshake in pieces takes no memory.
func TestLoop_OpeningAllocations(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the pool drops some buffers")
	}
	nc := &frametest.Script{}
	l := &Loop{Config: Config{Trace: quietTrace{}}, nc: nc, peer: quietPeer{}}
	x, reads := []byte("x"), make([][]byte, 1)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		reads[0], nc.Reads = x, reads
		l.readOpening()
	}))
}

// A pending function may leave another one to be done.
func TestLoop_NextAfterNext(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		j.begin = func() {
			l.Next = func() {
				j.note("first")
				l.Next = func() { j.note("second"); l.Over(nil) }
			}
		}
		j.due = time.Now().Add(time.Minute)
		j.expire = func() { l.Over(nil) }
		l.Run()
		require.Equal(t, []string{"begin", "first", "second"}, j.take())
	})
}

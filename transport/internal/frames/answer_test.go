package frames

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"

	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// Writers and control frames do not mix their bytes.
func TestLink_WritesAreConcurrent(t *testing.T) {
	t.Attr("req", "WSP-FRAME-03")
	for _, client := range []bool{true, false} {
		a, b := net.Pipe()
		from, to := New(a, client, nil, 0), New(b, !client, nil, 1<<20)
		var wg sync.WaitGroup
		const writers, each = 4, 50
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					_ = from.Write(context.Background(), ws.OpText, bytes.Repeat([]byte{byte('a' + w)}, i*w*100))
					_ = from.Write(context.Background(), ws.OpPing, []byte{byte(w)})
					from.Answer([]byte("late"))
				}
			})
		}
		go func() {
			wg.Wait()
			_ = from.Close(context.Background(), 1000, "")
		}()
		counts := map[Kind]int{}
		for {
			it, err := to.Next()
			require.NoError(t, err)
			if counts[it.Kind]++; it.Kind == Close {
				break
			}
			if it.Kind == Message && len(it.Data) > 0 {
				require.Empty(t, bytes.Trim(it.Data, string(it.Data[:1])))
			}
		}
		require.Equal(t, writers*each, counts[Message])
		require.Equal(t, writers*each, counts[Ping])
		require.Positive(t, counts[Pong])
		require.NoError(t, a.Close())
	}
}

// A reader is not held up by a writer that the peer does not read from; the Pong follows.
func TestLink_AnswerDoesNotWaitForWriter(t *testing.T) {
	t.Attr("req", "WSP-FRAME-05")
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		from, to := New(a, false, nil, 0), New(b, true, nil, 1<<20)
		done := make(chan error)
		go func() { done <- from.Write(context.Background(), ws.OpText, []byte("blocked")) }()
		synctest.Wait()
		from.Answer([]byte("1"))
		ping := []byte("2")
		from.Answer(ping)
		clear(ping) // the reader reads on
		var items []gotItem
		for range 2 {
			it, err := to.Next()
			require.NoError(t, err)
			items = append(items, gotItem{kind: it.Kind, typ: it.Type, data: string(it.Data)})
		}
		require.Equal(t, []gotItem{gotText("blocked"), gotPong("2")}, items,
			"only the latest Ping is answered")
		require.NoError(t, <-done)
	})
}

// hookConn calls back before every Write.
type hookConn struct {
	frametest.Script
	hook func()
}

func (c *hookConn) Write(p []byte) (int, error) {
	c.hook()
	return c.Script.Write(p)
}

// A Ping that arrives while the previous Pong goes out is answered too, though nobody writes
// afterwards.
func TestLink_AnswerWhileAnswering(t *testing.T) {
	t.Attr("req", "WSP-FRAME-05")
	nc := &hookConn{}
	l := New(nc, false, nil, 0)
	nc.hook = func() {
		nc.hook = func() {}
		l.Answer([]byte("2"))
	}
	l.Answer([]byte("1"))
	frames := sent(t, &nc.Script)
	require.Len(t, frames, 2)
	require.Equal(t, "2", string(frames[1].Payload))
}

// stuckConn takes only so many bytes before its deadline expires.
type stuckConn struct {
	frametest.Script
	room int
}

func (c *stuckConn) Write(p []byte) (int, error) {
	if n := min(c.room, len(p)); n < len(p) {
		c.room = 0
		_, _ = c.Script.Write(p[:n])
		return n, os.ErrDeadlineExceeded
	}
	c.room -= len(p)
	return c.Script.Write(p)
}

// A Pong that got stuck half way does not break the stream.
func TestLink_PongIsResumed(t *testing.T) {
	t.Attr("req", "WSP-FRAME-05")
	for _, client := range []bool{true, false} {
		for room := range 10 {
			nc := &stuckConn{room: room}
			l := New(nc, client, nil, 0)
			l.Answer([]byte("ping"))
			l.Answer([]byte("while stuck"))
			nc.room = 1000
			require.NoError(t, l.Write(context.Background(), ws.OpText, []byte("next")))
			frames := sent(t, &nc.Script)
			require.Equal(t, "ping", string(frames[0].Payload), "room %d", room)
			require.Equal(t, "next", string(frames[len(frames)-1].Payload))
		}
	}
}

func TestLink_BrokenOffWrite(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	nc := &stuckConn{room: 3}
	l := New(nc, false, nil, 0)
	require.NoError(t, l.lock(ctx))
	cancel()
	require.ErrorIs(t, l.Write(ctx, opT, nil), context.Canceled, "no turn")
	l.unlock()

	err := l.broken(ctx, 0, os.ErrDeadlineExceeded)
	require.Equal(t, context.Canceled, err, "nothing was sent, nothing is broken")

	err = l.Write(context.Background(), ws.OpText, []byte("four"))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.ErrorContains(t, err, "inside a frame")
	nc.room = 1000
	require.Equal(t, err, l.Write(context.Background(), ws.OpText, nil), "nothing more can be sent")
	l.Answer(nil)
	require.Len(t, nc.Writes, 1)
}

// A write that waits for another one ends with its context, and has sent nothing.
func TestLink_WaitEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		from, to := New(a, false, nil, 0), New(b, true, nil, 1<<20)
		done, waits := make(chan error, 1), make(chan error, 1)
		go func() { done <- from.Write(context.Background(), ws.OpText, []byte("blocked")) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { waits <- from.Write(ctx, ws.OpText, []byte("waits")) }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-waits, context.Canceled)
		it, err := to.Next()
		require.NoError(t, err)
		require.Equal(t, "blocked", string(it.Data))
		require.NoError(t, <-done)
		require.NoError(t, a.Close())
		_, err = to.Next()
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
}

// However many bytes of a frame a socket has taken before it fails: the writer is told, and with
// the first of them the stream is broken.
func TestLink_WriteFails(t *testing.T) {
	const size = 3 * writeSize
	for _, client := range []bool{true, false} {
		for _, room := range []int{0, 1, 9, 10, writeSize - 1, writeSize, writeSize + 1, size} {
			write := map[string]func(l *Conn) error{
				"Write": func(l *Conn) error {
					return l.Write(context.Background(), ws.OpBinary, make([]byte, size))
				},
				"WriteRaw": func(l *Conn) error {
					return l.WriteRaw(l.AppendFrame(nil, ws.OpBinary, make([]byte, size)))
				},
			}
			for name, write := range write {
				nc := &stuckConn{room: room}
				l := New(nc, client, nil, 0)
				require.ErrorIs(t, write(l), os.ErrDeadlineExceeded, "%s, %d bytes", name, room)
				nc.room = 1 << 20
				if room > 0 {
					require.ErrorContains(t, write(l), "broken off inside a frame", "%s, %d bytes", name,
						room)
					require.ErrorContains(t, l.WriteRaw(nil), "broken off")
				} else {
					require.NoError(t, write(l), "nothing was sent")
				}
			}
		}
	}
}

// A message of any length arrives as it was, in one frame, and the sender's slice stays as it is.
func TestLink_AnyLength(t *testing.T) {
	for _, client := range []bool{true, false} {
		for _, size := range []int{125, 126, writeSize - 15, writeSize, writeSize + 1, 2*writeSize + 3,
			1<<16 - 1, 1 << 16, 200_001} {
			p := make([]byte, size)
			for i := range p {
				p[i] = byte(i * 7 % 251)
			}
			was := bytes.Clone(p)
			a, b := net.Pipe()
			from, to := New(a, client, nil, 0), New(b, !client, nil, 1<<20)
			done := make(chan error, 1)
			go func() {
				done <- errors.Join(from.Write(context.Background(), ws.OpBinary, p),
					from.Write(context.Background(), ws.OpText, []byte("behind it")))
			}()
			it, err := to.Next()
			require.NoError(t, err)
			require.True(t, bytes.Equal(was, it.Data), "%d bytes", size)
			it, err = to.Next()
			require.NoError(t, err)
			require.Equal(t, "behind it", string(it.Data))
			require.NoError(t, <-done)
			require.True(t, bytes.Equal(was, p), "the sender's slice")
			require.NoError(t, a.Close())
		}
	}
}

// A second Pong that gets stuck behind the rest of the first one is resumed, too, or left out as a
// whole.
func TestLink_PongsAreWhole(t *testing.T) {
	for _, client := range []bool{true, false} {
		for first := range 10 {
			for second := range 20 {
				nc := &stuckConn{room: first}
				l := New(nc, client, nil, 0)
				l.Answer([]byte("ping"))
				nc.room = second
				l.Answer([]byte("more"))
				nc.room = 1000
				require.NoError(t, l.Write(context.Background(), ws.OpText, []byte("next")))
				frames := sent(t, &nc.Script)
				for i, want := range []string{"ping", "more"}[:len(frames)-1] {
					require.Equal(t, want, string(frames[i].Payload), "room %d, %d", first, second)
				}
				require.Equal(t, "next", string(frames[len(frames)-1].Payload))
			}
		}
	}
}

// brieflyStuck takes so many bytes before its deadline expires, and any number afterwards.
type brieflyStuck struct{ stuckConn }

func (c *brieflyStuck) Write(p []byte) (int, error) {
	n, err := c.stuckConn.Write(p)
	if err != nil {
		c.room = 1 << 20
	}
	return n, err
}

// Behind a write that failed nothing of the same call is sent, although the socket would take it.
func TestLink_NothingBehindAFailure(t *testing.T) {
	for _, client := range []bool{true, false} {
		nc := &brieflyStuck{stuckConn{room: 10}}
		l := New(nc, client, nil, 0)
		err := l.Write(context.Background(), ws.OpBinary, make([]byte, 3*writeSize))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.Len(t, nc.Writes, 1)

		nc = &brieflyStuck{stuckConn{room: 3}}
		l = New(nc, client, nil, 0)
		l.Answer([]byte("ping"))
		nc.room = 0
		err = l.Write(context.Background(), ws.OpText, []byte("too early"))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.NoError(t, l.Write(context.Background(), ws.OpText, []byte("next")))
		frames := sent(t, &nc.Script)
		require.Len(t, frames, 2)
		require.Equal(t, "ping", string(frames[0].Payload))
		require.Equal(t, "next", string(frames[1].Payload))
	}
}

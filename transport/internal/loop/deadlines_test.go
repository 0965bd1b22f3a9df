package loop

import (
	"io"
	"testing"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// orders are those that write, and the timeout of the peer that does not take them.
var orders = map[string]struct {
	write func(l *Loop)
	limit time.Duration
}{
	"bytes": {func(l *Loop) { _ = l.SendBytes([]byte("GET")) }, 2 * time.Second},
	"message": {func(l *Loop) {
		_ = l.SendMessage(wire.Text, []byte("hi"))
		_ = l.Flush()
	}, 3 * time.Second},
	"pong":  {func(l *Loop) { _ = l.SendPong([]byte("p")) }, 2 * time.Second},
	"close": {func(l *Loop) { _ = l.SendClose(4000, "why") }, 2 * time.Second},
}

// A write has the time of its timer, and no more than the rest of the driver's deadline, but always
// enough for last words; after the end of the context, or a peer that did not read in time, no more
// than that.
func TestLoop_WriteDeadlines(t *testing.T) {
	const little = sock.GiveUpTimeout
	for name, o := range orders {
		for what, c := range map[string]struct {
			left, want         time.Duration // left to the driver, 0 is no deadline
			interrupted, stuck bool
		}{
			"no deadline":           {0, o.limit, false, false},
			"a late deadline":       {time.Minute, o.limit, false, false},
			"an early deadline":     {time.Second, time.Second, false, false},
			"a near deadline":       {little / 2, little, false, false},
			"one that has passed":   {-time.Second, little, false, false},
			"the context has ended": {time.Second, little, true, false},
			"a peer does not read":  {time.Second, little, false, true},
		} {
			withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
				l.Established(nil)
				if c.stuck { // more than the peer takes
					_ = l.SendBytes(make([]byte, 1<<10+1))
					_, _ = io.ReadFull(peer, make([]byte, 1<<10))
				}
				if c.interrupted {
					l.Interrupt()
				}
				if c.left != 0 {
					j.due = time.Now().Add(c.left)
				}
				o.write(l)
				require.Equal(t, c.want, time.Until(nc.wroteBy), "%s, %s", name, what)
			})
		}
	}
}

// A write has its own time, also behind a message that waits to be sent and goes first.
func TestLoop_WriteDeadlines_BehindAMessage(t *testing.T) {
	for name, o := range orders {
		withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			l.Established(nil)
			_ = l.SendMessage(wire.Text, []byte("m"))
			o.write(l)
			require.Equal(t, o.limit, time.Until(nc.wroteBy), name)
		})
	}
}

// Only a peer that does not take a write in time is given little time for the next; the next
// connection is as good as new, and knows no deadline of the one before.
func TestLoop_WriteFails(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		_ = peer.SetLinger(0)
		_ = peer.Close()
		_ = l.SendBytes([]byte("into a reset"))
		require.False(t, l.deaf)
	})
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		begin := time.Now()
		_ = l.SendBytes(make([]byte, 1<<10+1))
		require.Equal(t, 2*time.Second, time.Since(begin))
		_ = l.SendBytes([]byte("more"))
		require.Equal(t, 2*time.Second+sock.GiveUpTimeout, time.Since(begin))
		j.due = time.Now().Add(time.Second)
		other, end := tcptest.Pair(tcptest.Options{})
		next := &socket{Conn: end}
		l.due = j.due
		l.Connected(next, peerOf{j})
		_ = l.SendBytes([]byte("anew"))
		require.Equal(t, j.due, next.writeDue)
		l.Disconnect()
		require.Equal(t, []string{"close"}, next.ended)
		b, err := io.ReadAll(other)
		require.NoError(t, err)
		require.Equal(t, "anew", string(b))
	})
}

// A read has the driver's deadline. A write under the same one need not set it again.
func TestLoop_ReadDeadline(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		for _, left := range []time.Duration{time.Second, 2 * time.Second, 0} {
			if j.due = (time.Time{}); left > 0 {
				j.due = time.Now().Add(left)
			}
			_, _ = peer.Write([]byte("x"))
			l.happen()
			require.Equal(t, j.due, nc.readDue)
			require.Equal(t, j.due, nc.writeDue)
			calls := nc.deadlines
			_ = l.SendBytes([]byte("y"))
			if left > 0 {
				require.Equal(t, calls, nc.deadlines)
				continue
			}
			require.Equal(t, 2*time.Second, time.Until(nc.writeDue))
			calls = nc.deadlines
			_ = l.SendBytes([]byte("y"))
			require.Equal(t, calls, nc.deadlines)
		}
	})
}

// Messages go out together, before later writes, and once.
func TestLoop_Cork(t *testing.T) {
	withLoop(t, false, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		l.Established(nil)
		_ = l.Flush()
		require.Zero(t, nc.writes)
		message := func(text string) { _ = l.SendMessage(wire.Binary, []byte(text)) }
		message("a")
		_ = l.SendMessage(wire.Text, []byte("b"))
		require.Zero(t, nc.writes)
		_ = l.Flush()
		_ = l.Flush()
		require.Equal(t, 1, nc.writes)
		require.NotZero(t, cap(l.Corked), "its memory is used again")
		message("c")
		_ = l.SendPong([]byte("p"))
		message("d")
		_ = l.SendClose(4000, "why")
		_ = l.Flush()
		require.Equal(t, 5, nc.writes)
		want := frametest.Encode(true, frametest.Frame{Op: ws.OpBinary, P: "a"},
			frametest.Frame{Op: ws.OpText, P: "b"}, frametest.Frame{Op: ws.OpBinary, P: "c"},
			frametest.Frame{Op: ws.OpPong, P: "p"}, frametest.Frame{Op: ws.OpBinary, P: "d"},
			frametest.Frame{Op: ws.OpClose, P: "\x0f\xa0why"})
		got := make([]byte, 1<<10)
		n, err := peer.Read(got)
		require.NoError(t, err)
		require.Equal(t, want, got[:n])
	})
}

// A client closes at once, one that gave up without a word of TLS. One whose peer broke the rules,
// and every server, lets the peer read the last bytes: it ends its own stream first.
func TestLoop_Disconnect(t *testing.T) {
	lingers := []string{"close write", "close"}
	for name, c := range map[string]struct {
		client, broken, gaveUp bool
		want                   []string
	}{
		"client":                 {true, false, false, []string{"close"}},
		"client, broken frames":  {true, true, false, lingers},
		"client gave up":         {true, false, true, nil},
		"client gave up, broken": {true, true, true, nil},
		"server":                 {false, false, false, lingers},
		"server, broken frames":  {false, true, false, lingers},
		"server gave up":         {false, false, true, lingers},
	} {
		withLoop(t, c.client, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
			if c.broken {
				l.Established(nil)
				_, _ = peer.Write(frametest.Encode(c.client, frametest.Frame{Op: ws.OpContinuation}))
				l.happen()
				require.Len(t, j.take(), 2, name)
			}
			if c.gaveUp {
				l.Abandon()
				j.take()
			}
			begin := time.Now()
			l.Disconnect()
			require.Equal(t, c.want, nc.ended, name)
			if len(c.want) == 2 { // the peer says nothing
				require.Equal(t, sock.FailTimeout, time.Since(begin), name)
			} else {
				require.Zero(t, time.Since(begin), name)
			}
			require.Equal(t, []string{"trace: disconnected"}, j.lines, name)
			_, err := peer.Read(make([]byte, 1))
			require.Equal(t, io.EOF, err, name)
			require.Nil(t, l.Link)
			require.Nil(t, l.peer)
			require.Nil(t, l.nc)
		})
	}
}

// The end of the context breaks a write off, after the time for last words, which a second end does
// not prolong. It leaves a connection alone that is not the loop's any more.
func TestLoop_Interrupt(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		go func() {
			time.Sleep(time.Second)
			l.Interrupt()
			time.Sleep(sock.GiveUpTimeout / 2)
			l.Interrupt()
		}()
		begin := time.Now()
		_ = l.SendBytes(make([]byte, 1<<10+1))
		require.Equal(t, time.Second+sock.GiveUpTimeout, time.Since(begin))
		require.Equal(t, sock.LongAgo, nc.readDue)
		require.Equal(t, 3, nc.deadlines, "of the write, its end, and the reader")
		calls := nc.deadlines
		l.Disconnect()
		l.Interrupt()
		l.wake()
		require.Equal(t, calls, nc.deadlines)
	})
}

// The words in which a loop that gave up ends have little time.
func TestLoop_LastWords(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		j.giveUp = func() { _ = l.SendBytes(make([]byte, 1<<10+1)) }
		begin := time.Now()
		l.Abandon()
		require.Equal(t, sock.GiveUpTimeout, time.Since(begin))
	})
}

// A client whose peer broke the rules lets it read the last bytes, also if the driver ends the
// connection as soon as it knows. The next connection is as good as new.
func TestLoop_DisconnectAmidViolation(t *testing.T) {
	withLoop(t, true, func(t *testing.T, l *Loop, j *journal, nc *socket, peer *tcptest.Conn) {
		l.Established(nil)
		j.violation = l.Disconnect
		_, _ = peer.Write(frametest.Encode(true, frametest.Frame{Op: ws.OpContinuation}))
		l.happen()
		require.Equal(t, []string{"close write", "close"}, nc.ended)
		other, end := tcptest.Pair(tcptest.Options{})
		next := &socket{Conn: end}
		l.Connected(next, peerOf{j})
		l.Disconnect()
		require.Equal(t, []string{"close"}, next.ended)
		_ = other.Close()
	})
}

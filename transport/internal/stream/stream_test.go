package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// message is one that a peer sends, in parts of that size; a zero one is none for ever.
type message struct {
	typ  wire.MessageType
	text string
	size int
}

// conn is a Conn with received messages, and records the sent ones.
type conn struct {
	come    []message
	end     error // behind them; nil is none
	within  bool
	sent    []string
	half    bool // a Write is broken off in the middle of a message
	closed  []string
	failing error // of Close
	wait    bool  // Write waits for the end of its context
}

var errWell, errBroken = errors.New("closed well"), errors.New("broken")

func (c *conn) Next(ctx context.Context) (wire.MessageType, error) {
	switch {
	case c.within:
		panic("the message before is not over")
	case len(c.come) > 0:
		c.within = true
		return c.come[0].typ, nil
	case c.end != nil:
		return 0, c.end
	}
	<-ctx.Done()
	return 0, ctx.Err()
}

func (c *conn) ReadPart(ctx context.Context, p []byte) (n int, over bool, err error) {
	m := &c.come[0]
	if m.size < 0 { // the rest does not come
		<-ctx.Done()
		return 0, false, ctx.Err()
	}
	n = copy(p, m.text[:min(m.size, len(m.text))])
	if m.text = m.text[n:]; m.text == "" {
		c.come, c.within = c.come[1:], false
		return n, true, nil
	}
	return n, false, nil
}

func (c *conn) Write(ctx context.Context, t wire.MessageType, p []byte) error {
	if c.wait {
		<-ctx.Done()
	}
	switch err := ctx.Err(); {
	case err != nil && c.half:
		return fmt.Errorf("in the middle: %w", err)
	case err != nil:
		return err
	case c.end != nil:
		return c.end
	}
	c.sent = append(c.sent, t.String()+" "+string(p))
	return nil
}

func (c *conn) Close(code uint16, reason string) error {
	c.closed = append(c.closed, fmt.Sprint(code, " ", reason))
	return c.failing
}

func (c *conn) EndsWell(err error) bool { return err == errWell }
func (c *conn) NetConn() net.Conn       { _, s := tcptest.Pair(tcptest.Options{}); return s }
func (c *conn) RemoteAddr() net.Addr    { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 7} }

// Messages are read one after the other, in parts, the empty ones left out, up to an end that is
// told again and again.
func TestStream_Read(t *testing.T) {
	for end, want := range map[error]error{errWell: io.EOF, errBroken: errBroken} {
		c := &conn{come: []message{{wire.Binary, "abcd", 3}, {wire.Binary, "", 9}, {wire.Binary, "e", 9},
			{wire.Binary, "fg", 9}}, end: end}
		s := New(c, wire.Binary)
		n, err := s.Read(nil)
		require.Equal(t, []any{0, nil}, []any{n, err}, "nothing was asked for")
		var got []string
		for {
			var p [4]byte
			if n, err = s.Read(p[:]); err != nil {
				break
			}
			got = append(got, string(p[:n]))
		}
		require.Equal(t, []string{"abc", "d", "e", "fg"}, got)
		for range 2 {
			require.Equal(t, want, err)
			require.Zero(t, n)
			n, err = s.Read(make([]byte, 4))
		}
		require.Empty(t, c.closed)
	}
}

// A message of the other type ends the connection with 1003, and tells why.
func TestStream_OtherType(t *testing.T) {
	for _, failing := range []error{nil, errBroken} {
		c := &conn{come: []message{{wire.Text, "abc", 9}}, failing: failing}
		s := New(c, wire.Binary)
		for range 2 {
			n, err := s.Read(make([]byte, 4))
			require.Zero(t, n)
			if failing == nil {
				require.ErrorIs(t, err, net.ErrClosed)
			} else {
				require.Equal(t, failing, err)
			}
		}
		require.Equal(t, []string{"1003 only binary messages are expected here"}, c.closed)
	}
}

// Each Write is one message, an empty one none.
func TestStream_Write(t *testing.T) {
	c := &conn{}
	s := New(c, wire.Text)
	for _, text := range []string{"ab", "", "c"} {
		n, err := s.Write([]byte(text))
		require.NoError(t, err)
		require.Equal(t, len(text), n)
	}
	require.Equal(t, []string{"text ab", "text c"}, c.sent)
	c.end = errBroken
	n, err := s.Write([]byte("d"))
	require.Equal(t, []any{0, errBroken}, []any{n, err})
}

// Close closes once, with 1000, and a peer that was faster is no error.
func TestStream_Close(t *testing.T) {
	for failing, want := range map[error]error{nil: nil, errBroken: errBroken,
		fmt.Errorf("it is %w", net.ErrClosed): nil} {
		c := &conn{failing: failing, end: errWell}
		s := New(c, wire.Text)
		require.Equal(t, want, s.Close())
		require.ErrorIs(t, s.Close(), net.ErrClosed)
		require.Equal(t, []string{"1000 "}, c.closed)
		_, err := s.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed, "whatever the connection says")
	}
}

// isTimeout reports whether an error is a timeout for callers of net.Conn.
func isTimeout(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	var timeout net.Error
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())
	//lint:ignore SA1019 callers of net.Conn look at it all the same
	require.Equal(t, strings.Contains(err.Error(), "inside a frame"), !timeout.Temporary())
}

// A deadline breaks calls of its direction off, those in progress too, and they work again with a
// later one: bytes and messages are not lost.
func TestStream_Deadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &conn{}
		s := New(c, wire.Binary)
		read := func() error { _, err := s.Read(make([]byte, 4)); return err }
		write := func() error { _, err := s.Write([]byte("x")); return err }
		begin := time.Now()
		after := func(d time.Duration) time.Time { return begin.Add(d * time.Second) }
		require.NoError(t, s.SetReadDeadline(after(2)))
		require.NoError(t, s.SetWriteDeadline(after(1)))
		isTimeout(t, read())
		require.Equal(t, after(2), time.Now())
		isTimeout(t, read())
		isTimeout(t, write())
		require.Equal(t, after(2), time.Now(), "both have passed")

		require.NoError(t, s.SetDeadline(after(10)))
		time.AfterFunc(time.Second, func() { _ = s.SetReadDeadline(after(5)) }) // during the call
		isTimeout(t, read())
		require.Equal(t, after(5), time.Now())
		require.NoError(t, write())
		c.come = []message{{wire.Binary, "abc", 2}, {wire.Binary, "d", 9}}
		require.NoError(t, s.SetReadDeadline(time.Time{}))
		require.NoError(t, read())
		c.come[0].size = -1
		require.NoError(t, s.SetReadDeadline(after(6)))
		isTimeout(t, read())
		c.come[0].size = 9
		require.NoError(t, s.SetReadDeadline(after(100)))
		p := make([]byte, 4)
		n, err := s.Read(p)
		require.NoError(t, err)
		require.Equal(t, "c", string(p[:n]), "the rest of the message that was begun")

		c.wait = true
		isTimeout(t, write())
		require.Equal(t, after(10), time.Now())
		require.NoError(t, s.SetWriteDeadline(after(11)))
		time.AfterFunc(500*time.Millisecond, func() { _ = s.SetWriteDeadline(after(13)) })
		c.half = true
		err = write()
		isTimeout(t, err)
		require.ErrorContains(t, err, "inside a frame")
		require.Equal(t, after(13), time.Now(), "the earlier deadline is none any more")
		c.wait, c.half = false, false
		require.NoError(t, s.SetWriteDeadline(after(20)))
		require.NoError(t, s.SetWriteDeadline(time.Time{}))
		time.Sleep(time.Minute)
		require.NoError(t, write(), "there is no deadline")
		require.Equal(t, []string{"binary x", "binary x"}, c.sent)
	})
}

// A deadline that has passed when it is set counts at once, also after another one that had.
func TestStream_PastDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(&conn{}, wire.Binary)
		for _, past := range []time.Duration{-time.Second, 0, -1} {
			require.NoError(t, s.SetDeadline(time.Now().Add(past)))
			require.ErrorIs(t, s.reading.context().Err(), context.Canceled)
			require.ErrorIs(t, s.writing.context().Err(), context.Canceled)
		}
		require.NoError(t, s.SetReadDeadline(time.Now().Add(1)))
		require.NoError(t, s.reading.context().Err())
	})
}

// Addresses are those of the connection, as its client is seen.
func TestStream_Addresses(t *testing.T) {
	s := New(&conn{}, wire.Binary)
	require.Equal(t, "127.0.0.1:80", s.LocalAddr().String())
	require.Equal(t, "192.0.2.1:7", s.RemoteAddr().String())
}

// A connection that is handed over is accepted once, and its server waits until it is done with,
// also when the context has ended before.
func TestListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := &net.UnixAddr{Name: "somewhere"}
		l := NewListener(at)
		require.Same(t, at, l.Addr())
		require.Equal(t, "tcp", NewListener(nil).Addr().Network())
		_, nc := tcptest.Pair(tcptest.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		done, served := make(chan struct{}), make(chan error, 1)
		refuse := func(uint16, string) error { panic("it was accepted") }
		go func() { served <- l.Serve(ctx, nc, done, refuse) }()
		got, err := l.Accept()
		require.NoError(t, err)
		require.Same(t, nc, got)
		synctest.Wait()
		require.Empty(t, served)
		cancel()
		synctest.Wait()
		require.Empty(t, served, "the application is not done")
		close(done)
		require.NoError(t, <-served)

		require.NoError(t, l.Serve(ctx, nc, nil, refuse), "of a client that is gone")
		go func() {
			_, err := l.Accept()
			served <- err
		}()
		synctest.Wait()
		require.NoError(t, l.Close())
		require.NoError(t, l.Close())
		require.ErrorIs(t, <-served, net.ErrClosed)
		_, err = l.Accept()
		require.Equal(t, sock.ErrClosed, err)
		require.EqualError(t, l.Serve(t.Context(), nc, nil, func(code uint16, reason string) error {
			return fmt.Errorf("%d %q", code, reason)
		}), `1001 ""`)
	})
}

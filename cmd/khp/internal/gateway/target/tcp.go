package target

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"example.com/khp/transport"
)

// tcpLinger is how long a back end may take to end its side once the client has ended its own.
const tcpLinger = 5 * time.Second

// streamBackend is a back end of bytes: they come as binary messages, and messages of either kind
// go to it as bytes.
type streamBackend struct {
	link   link
	host   string // whose certificate it has; "" without TLS
	linger time.Duration
	name   string // the result of where
}

func (b *streamBackend) where() string { return b.name }

func (b *streamBackend) secure() bool { return b.host != "" }

func (b *streamBackend) connect(
	ctx context.Context, s *session, _ *transport.Request,
) (line, error) {
	nc, err := b.link.dial(ctx, s.route.proxy, transport.SourceOf(ctx))
	if err == nil && b.host != "" {
		nc, err = startTLS(ctx, nc, s.route.TLS, b.host)
	}
	if err != nil {
		return nil, err
	}
	return &streamLine{nc.(halfConn), b.linger}, nil
}

// halfConn is a connection each side of which can end by itself, as those of TCP, of Unix sockets
// and of TLS can.
type halfConn interface {
	net.Conn
	CloseWrite() error
}

// streamLine is a connection to a back end of bytes.
type streamLine struct {
	halfConn
	linger time.Duration
}

func (l *streamLine) subprotocol(r *transport.Request) string { return firstProtocol(r) }

func (l *streamLine) drop() error { return l.Close() }

func (l *streamLine) join(ctx context.Context, s *session, c *client) error {
	done, out := make(chan struct{}), &tcpWriter{nc: l, turn: make(chan struct{}, 1)}
	go func() {
		defer close(done)
		fromTCP(ctx, s, l.halfConn, c, out)
	}()
	// a back end that does not read must not delay the end of the connection
	defer context.AfterFunc(ctx, func() { _ = l.SetWriteDeadline(time.Now()) })()
	if !notTaken(c.toStream(ctx, out)) { // else fromTCP tells the client
		s.ended.Store(true)
	}
	// The client is gone, or the back end takes no more. The latter gets to see the end of the
	// stream and may end its own side in peace.
	_ = l.CloseWrite()
	_ = l.SetReadDeadline(time.Now().Add(l.linger))
	<-done
	return nil
}

// tcpWriter writes to a back end and remembers that it could not. Of a reset only one call hears,
// whichever comes first: if it was writing, reading sees a peaceful end.
type tcpWriter struct {
	nc     net.Conn
	turn   chan struct{} // of who writes, or looks at broken
	broken bool
}

// Write implements [io.Writer].
func (w *tcpWriter) Write(p []byte) (int, error) {
	w.turn <- struct{}{}
	n, err := w.nc.Write(p)
	w.broken = err != nil
	<-w.turn
	return n, err
}

// wasReset reports whether the end that was read is no peaceful one. A write that takes its time
// has not heard of a reset.
func (w *tcpWriter) wasReset() bool {
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
		return w.broken
	case <-timer.C:
		return false
	}
}

// fromTCP hands bytes on until the back end ends, and then ends the client: a WebSocket has no
// half-open state in which one side only listens.
func fromTCP(ctx context.Context, s *session, nc net.Conn, c *client, out *tcpWriter) {
	err := c.fromStream(ctx, nc)
	switch {
	case notTaken(err):
		_, _ = io.Copy(io.Discard, nc)
	case errors.Is(err, io.EOF) && !out.wasReset():
		_ = c.Close(transport.CloseNormal, "")
	default:
		backendEnded(ctx, s, err)
		_ = c.Close(transport.CloseInternalError, "the back end is gone")
	}
}

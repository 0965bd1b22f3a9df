package target

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"example.com/khp/transport"
)

// tcpBuffer bounds the messages that the bytes of a TCP back end become.
const tcpBuffer = 32 << 10

// tcpLinger is how long a back end may take to end its side once the client has ended its own.
const tcpLinger = 5 * time.Second

// tcpTarget is a TCP back end: its bytes come as binary messages, and messages of either kind go to
// it as bytes.
type tcpTarget struct {
	addr   string
	linger time.Duration
}

func (t tcpTarget) decide(ctx context.Context, s *session, r *transport.Request) (transport.Decision, error) {
	d := net.Dialer{Timeout: backendTimeout}
	nc, err := d.DialContext(ctx, "tcp", t.addr)
	if err != nil {
		return backendDown(ctx, s, "tcp://"+t.addr, err)
	}
	if !s.keep(nc, nc.Close) {
		return transport.Decision{}, context.Canceled
	}
	return transport.Decision{Subprotocol: firstProtocol(r)}, nil
}

func (t tcpTarget) serve(ctx context.Context, s *session, c *client) error {
	nc := s.kept().(*net.TCPConn)
	done, out := make(chan struct{}), &tcpWriter{nc: nc, turn: make(chan struct{}, 1)}
	go func() {
		defer close(done)
		fromTCP(ctx, s, nc, c, out)
	}()
	defer context.AfterFunc(ctx, func() { _ = nc.SetWriteDeadline(time.Now()) })() // a back end that takes nothing holds up nobody who wants to end
	if toTCP(ctx, c, out) {
		s.ended.Store(true)
	}
	// The client is gone, or the back end takes no more. The latter gets to see the end of the
	// stream and may end its own side in peace.
	_ = nc.CloseWrite()
	_ = nc.SetReadDeadline(time.Now().Add(t.linger))
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

func (w *tcpWriter) write(p []byte) error {
	w.turn <- struct{}{}
	_, err := w.nc.Write(p)
	w.broken = err != nil
	<-w.turn
	return err
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

// toTCP hands messages on until the client ends or the back end takes no more, and reports whether
// it was the client.
func toTCP(ctx context.Context, c *client, out *tcpWriter) (ended bool) {
	for {
		_, p, err := c.Read(ctx)
		if err != nil {
			return true
		}
		if out.write(p) != nil {
			return false // fromTCP tells the client
		}
	}
}

// fromTCP hands bytes on until the back end ends, and then ends the client: a WebSocket has no
// half-open state in which one side only listens.
func fromTCP(ctx context.Context, s *session, nc net.Conn, c *client, out *tcpWriter) {
	buf := make([]byte, tcpBuffer)
	for {
		n, err := nc.Read(buf)
		if n > 0 {
			if c.Write(ctx, transport.Binary, buf[:n]) != nil {
				_, _ = io.Copy(io.Discard, nc)
				return
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF) && !out.wasReset():
			_ = c.Close(transport.CloseNormal, "")
			return
		default:
			backendEnded(ctx, s, err)
			_ = c.Close(transport.CloseInternalError, "the back end is gone")
			return
		}
	}
}

// Package stream makes streams of bytes of open WebSocket connections, and a listener of those.
package stream

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
)

// Conn is the connection below a stream.
type Conn interface {
	// Next waits for the next message, whose bytes ReadPart returns.
	Next(ctx context.Context) (wire.MessageType, error)
	ReadPart(ctx context.Context, p []byte) (n int, over bool, err error)
	Write(ctx context.Context, t wire.MessageType, p []byte) error
	Close(code uint16, reason string) error
	// EndsWell reports whether err says that the peer has closed, with 1000 or 1001.
	EndsWell(err error) bool
	NetConn() net.Conn
	RemoteAddr() net.Addr
}

// Stream is a Conn as a net.Conn: each Write is one message of a type, and messages are read one
// after the other without their boundaries.
type Stream struct {
	c   Conn
	typ wire.MessageType

	reading, writing deadline
	closed           atomic.Bool

	mu     sync.Mutex // guards the rest: one Read at a time
	within bool       // a message, of which not all is read
	end    error      // of the stream
}

// New makes a stream of messages of type t.
func New(c Conn, t wire.MessageType) *Stream { return &Stream{c: c, typ: t} }

// Read implements net.Conn.
func (s *Stream) Read(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n == 0 && len(p) > 0 && s.end == nil {
		if ctx := s.reading.context(); s.within {
			var over bool
			n, over, err = s.c.ReadPart(ctx, p)
			s.within = !over
		} else {
			err = s.next(ctx)
		}
		switch {
		case err == nil:
		case s.closed.Load():
			s.end = sock.ErrClosed
		case err == context.Canceled:
			return 0, os.ErrDeadlineExceeded
		case s.c.EndsWell(err):
			s.end = io.EOF
		default:
			s.end = err
		}
	}
	if n == 0 {
		return 0, s.end
	}
	return n, nil
}

// next begins the next message.
func (s *Stream) next(ctx context.Context) error {
	t, err := s.c.Next(ctx)
	if err == nil && t != s.typ {
		if err = s.c.Close(unsupportedData,
			"only "+s.typ.String()+" messages are expected here"); err == nil {
			err = sock.ErrClosed
		}
	}
	s.within = err == nil
	return err
}

// Close codes.
const (
	normal          = 1000
	goingAway       = 1001
	unsupportedData = 1003
)

// Write implements net.Conn. p becomes one message; an empty p becomes none.
func (s *Stream) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	switch err := s.c.Write(s.writing.context(), s.typ, p); {
	case err == context.Canceled:
		return 0, os.ErrDeadlineExceeded
	case errors.Is(err, context.Canceled):
		return 0, errHalfWritten{}
	case err != nil:
		return 0, err
	}
	return len(p), nil
}

// errHalfWritten is a deadline in the middle of a message.
type errHalfWritten struct{}

func (errHalfWritten) Error() string {
	return "transport: deadline exceeded inside a frame, nothing more can be sent"
}

func (errHalfWritten) Unwrap() error   { return os.ErrDeadlineExceeded }
func (errHalfWritten) Timeout() bool   { return true }
func (errHalfWritten) Temporary() bool { return false }

// Close implements net.Conn.
func (s *Stream) Close() error {
	if s.closed.Swap(true) {
		return sock.ErrClosed
	}
	if err := s.c.Close(normal, ""); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil // the peer was faster
}

// LocalAddr implements net.Conn.
func (s *Stream) LocalAddr() net.Addr { return s.c.NetConn().LocalAddr() }

// RemoteAddr implements net.Conn.
func (s *Stream) RemoteAddr() net.Addr { return s.c.RemoteAddr() }

// SetDeadline implements net.Conn.
func (s *Stream) SetDeadline(t time.Time) error {
	s.reading.set(t)
	s.writing.set(t)
	return nil
}

// SetReadDeadline implements net.Conn.
func (s *Stream) SetReadDeadline(t time.Time) error {
	s.reading.set(t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (s *Stream) SetWriteDeadline(t time.Time) error {
	s.writing.set(t)
	return nil
}

// deadline makes contexts of a deadline that moves. The zero value has none.
type deadline struct {
	mu     sync.Mutex
	ctx    context.Context // of calls now; a deadline that moves before it has passed keeps it
	cancel context.CancelFunc
	timer  *time.Timer
	times  uint64 // how often it was set: a timer that was stopped too late does nothing
}

// context returns the context of a call that begins now.
func (d *deadline) context() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current()
}

func (d *deadline) current() context.Context {
	if d.ctx == nil {
		d.ctx, d.cancel = context.WithCancel(context.Background())
	}
	return d.ctx
}

// set moves the deadline, also that of calls in progress; the zero time is none.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if d.current().Err() != nil {
		d.ctx = nil
		d.current()
	}
	d.times++
	id, left := d.times, time.Until(t)
	switch {
	case t.IsZero():
	case left <= 0:
		d.cancel()
	default:
		d.timer = time.AfterFunc(left, func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.times == id {
				d.cancel()
			}
		})
	}
}

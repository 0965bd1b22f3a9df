package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Stream returns the connection as a stream of bytes, for protocols with a framing of their own,
// such as MQTT, AMQP and STOMP: each Write is one message of type t, and messages are read one
// after the other without their boundaries. A message of the other type ends the connection with
// 1003, as MQTT wants it. While the stream is in use nothing else should read.
//
// Deadlines work as those of other connections, with [os.ErrDeadlineExceeded]: reading goes on
// after one, and so does writing, unless it was in the middle of a message. The end is [io.EOF]
// after a Close frame with 1000 or 1001, and otherwise the error of [Conn.Read]. Close is
// [Conn.Close] with 1000, which takes up to 5 seconds. The value returned has a method Conn, which
// returns c.
func (c *Conn) Stream(t MessageType) net.Conn { return &stream{c: c, typ: t} }

// stream is a Conn as a net.Conn.
type stream struct {
	c   *Conn
	typ MessageType

	reading, writing deadline
	closed           atomic.Bool

	mu      sync.Mutex    // guards the rest: one Read at a time
	message messageReader // of the present message
	end     error         // of the stream
}

// Conn returns the connection below.
func (s *stream) Conn() *Conn { return s.c }

// Read implements net.Conn.
func (s *stream) Read(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n == 0 && len(p) > 0 && s.end == nil {
		s.message.ctx = s.reading.context()
		if s.message.c == nil || s.message.err != nil {
			err = s.next()
		} else {
			n, err = s.message.Read(p)
		}
		switch {
		case err == nil, err == io.EOF && s.message.err != nil: // of the message
		case s.closed.Load():
			s.end = errClosed
		case err == context.Canceled:
			return 0, os.ErrDeadlineExceeded
		case CloseCode(err) == CloseNormal, CloseCode(err) == CloseGoingAway:
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
func (s *stream) next() error {
	s.message = messageReader{c: s.c, ctx: s.message.ctx}
	t, err := s.c.begin(&s.message)
	if err == nil && t != s.typ {
		err = s.c.Close(CloseUnsupportedData, "only "+s.typ.String()+" messages are expected here")
		if err == nil {
			err = errClosed
		}
	}
	if err != nil {
		s.message.c = nil
	}
	return err
}

// Write implements net.Conn. p becomes one message; an empty p becomes none.
func (s *stream) Write(p []byte) (int, error) {
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
func (s *stream) Close() error {
	if s.closed.Swap(true) {
		return errClosed
	}
	if err := s.c.Close(CloseNormal, ""); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil // the peer was faster
}

// LocalAddr implements net.Conn.
func (s *stream) LocalAddr() net.Addr { return s.c.NetConn().LocalAddr() }

// RemoteAddr implements net.Conn.
func (s *stream) RemoteAddr() net.Addr { return s.c.RemoteAddr() }

// SetDeadline implements net.Conn.
func (s *stream) SetDeadline(t time.Time) error {
	s.reading.set(t)
	s.writing.set(t)
	return nil
}

// SetReadDeadline implements net.Conn.
func (s *stream) SetReadDeadline(t time.Time) error {
	s.reading.set(t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (s *stream) SetWriteDeadline(t time.Time) error {
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

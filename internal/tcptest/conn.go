package tcptest

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Conn is one end of a connection.
type Conn struct {
	link          *link
	peer          *Conn
	name          string
	local, remote net.Addr

	in        []segment // written by the peer and not read yet
	unread    int       // bytes of it
	finAt     time.Time // when the end of the peer's stream arrives; zero before it was sent
	resetAt   time.Time // when the peer's reset arrives, likewise
	heard     bool      // a call has returned that reset
	finished  bool      // the end of our stream was sent
	closed    bool
	aborts    bool // Close sends a reset
	read, wrt deadline
}

// segment is the bytes of one Write, or the rest of them.
type segment struct {
	at   time.Time // when it arrives
	data []byte
}

// deadline is that of one direction.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

// fault is an error as package net has it.
func (c *Conn) fault(op string, err error) error {
	if number, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(op, number)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// arrived reports whether something that was sent for that time is here.
func arrived(at time.Time) bool { return !at.IsZero() && !at.After(time.Now()) }

// Read implements [net.Conn].
func (c *Conn) Read(p []byte) (int, error) {
	l := c.link
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, c.fault("read", net.ErrClosed)
		case c.read.passed():
			return 0, c.fault("read", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return 0, nil
		case len(c.in) > 0 && arrived(c.in[0].at):
			return c.take(p), nil
		case len(c.in) == 0 && arrived(c.finAt):
			return 0, io.EOF
		case len(c.in) == 0 && arrived(c.resetAt):
			if c.heard {
				return 0, io.EOF
			}
			c.heard = true
			return 0, c.fault("read", syscall.ECONNRESET)
		}
		l.changed.Wait()
	}
}

// take reads bytes that have arrived, and makes room for more.
func (c *Conn) take(p []byte) (n int) {
	limit := 0
	for _, s := range c.in {
		if arrived(s.at) {
			limit += len(s.data)
		}
	}
	limit = min(limit, len(p))
	if f := c.link.opts.Pieces; f != nil {
		limit = min(max(f(limit), 1), limit)
	}
	for n < limit {
		m := copy(p[n:limit], c.in[0].data)
		n += m
		if c.in[0].data = c.in[0].data[m:]; len(c.in[0].data) == 0 {
			c.in = c.in[1:]
		}
	}
	c.unread -= n
	c.link.changed.Broadcast()
	return n
}

// Write implements [net.Conn].
func (c *Conn) Write(p []byte) (n int, err error) {
	l := c.link
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch room := l.opts.Window - c.peer.unread; {
		case c.closed:
			return n, c.fault("write", net.ErrClosed)
		case c.wrt.passed():
			return n, c.fault("write", os.ErrDeadlineExceeded)
		case c.finished:
			return n, c.fault("write", syscall.EPIPE)
		case arrived(c.resetAt):
			return n, c.fault("write", c.resetError())
		case len(p) == n:
			return n, nil
		case c.peer.closed: // which answers with a reset
			c.peer.reset()
			n = len(p)
		case c.peer.aborted(): // whose reset is on its way
			n = len(p)
		case room > 0:
			m := min(room, len(p)-n)
			c.peer.in = append(c.peer.in, segment{c.arrival(), append([]byte(nil), p[n:n+m]...)})
			c.peer.unread += m
			n += m
			l.changed.Broadcast()
		default:
			l.changed.Wait()
		}
		if n == len(p) && n > 0 {
			return n, nil
		}
	}
}

// resetError is the error of a Write after a reset.
func (c *Conn) resetError() error {
	if c.heard || arrived(c.finAt) {
		c.heard = true
		return syscall.EPIPE
	}
	c.heard = true
	return syscall.ECONNRESET
}

// aborted reports whether c has sent a reset.
func (c *Conn) aborted() bool { return !c.peer.resetAt.IsZero() }

// arrival returns when bytes that are sent now arrive, and wakes all waiting calls then.
func (c *Conn) arrival() time.Time {
	delay := max(c.link.opts.Latency, 0)
	at := time.Now().Add(delay)
	if delay > 0 {
		c.link.later(time.Until(at)) // not before at, by a clock that goes on meanwhile
	}
	return at
}

// finish ends the stream of c.
func (c *Conn) finish() {
	if !c.finished {
		c.finished = true
		c.peer.finAt = c.arrival()
		c.link.note(c, "FIN")
		c.link.changed.Broadcast()
	}
}

// reset has c send a reset.
func (c *Conn) reset() {
	if c.aborted() {
		return
	}
	c.peer.resetAt = c.arrival()
	if c.link.opts.Overtakes {
		c.peer.resetAt = time.Now()
		c.peer.in, c.peer.unread = nil, 0
		if !arrived(c.peer.finAt) {
			c.peer.finAt = time.Time{}
		}
	}
	c.link.note(c, "RST")
	c.link.changed.Broadcast()
}

// Close implements [net.Conn]. With bytes that were not read, or after SetLinger(0), it resets the
// connection.
func (c *Conn) Close() error {
	l := c.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.closed {
		return c.fault("close", net.ErrClosed)
	}
	c.closed = true
	c.read.stop()
	c.wrt.stop()
	l.changed.Broadcast()
	switch {
	case !c.resetAt.IsZero(): // by the peer
	case c.aborts, c.unread > 0:
		c.reset()
	default:
		c.finish()
	}
	c.in, c.unread = nil, 0
	return nil
}

// CloseWrite ends the stream of this end; the other may go on.
func (c *Conn) CloseWrite() error {
	l := c.link
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case c.closed:
		return c.fault("close", net.ErrClosed)
	case !c.resetAt.IsZero():
		return c.fault("shutdown", syscall.ENOTCONN)
	}
	c.finish()
	return nil
}

// SetLinger has Close reset the connection if seconds is 0.
func (c *Conn) SetLinger(seconds int) error {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	c.aborts = seconds == 0
	return nil
}

// LocalAddr implements [net.Conn].
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements [net.Conn].
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements [net.Conn].
func (c *Conn) SetDeadline(t time.Time) error { return c.until(t, &c.read, &c.wrt) }

// SetReadDeadline implements [net.Conn].
func (c *Conn) SetReadDeadline(t time.Time) error { return c.until(t, &c.read) }

// SetWriteDeadline implements [net.Conn].
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.until(t, &c.wrt) }

func (c *Conn) until(t time.Time, directions ...*deadline) error {
	l := c.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.closed {
		return c.fault("set", net.ErrClosed)
	}
	for _, d := range directions {
		d.stop()
		if d.at = t; !t.IsZero() {
			if left := time.Until(t); left > 0 {
				d.timer = l.later(left)
			}
		}
	}
	l.changed.Broadcast()
	return nil
}

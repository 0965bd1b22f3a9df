package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/layer"
	"example.com/khp/transport/internal/silence"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/transport/internal/tracker"
)

const (
	closeTimeout = 5 * time.Second // closing handshake, from our Close frame to the end of TCP
	// How long Read waits for our answer to a Close frame to be written.
	replyTimeout = time.Second
)

// Close performs the closing handshake (RFC 6455 section 7): it sends a Close frame, waits for the
// peer's, and closes the socket; a client first lets the server do so. The whole takes 5 seconds at
// most. A Write in progress is completed first. Messages that still arrive are discarded, and a
// Read in progress returns once the peer's Close frame is there or the time is over.
//
// code 0 sends a Close frame without code and reason; a code for which [wire.ValidCloseCode] is
// false is an error and changes nothing. The reason is cut to 123 bytes.
//
// The result is nil if the peer's Close frame came, whatever its code. The socket is closed in any
// case. If the connection was closed before, the error matches [net.ErrClosed].
//
//khp:impl WSP-CLOSE-01
func (c *Conn) Close(code uint16, reason string) error {
	if err := frames.CheckClose(code, reason); err != nil {
		return err
	}
	if c.hasEnded() || c.closing.Swap(true) {
		return c.closedErr()
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.closeTimeout)
	defer cancel()
	c.watch.closes(code)
	err := c.link.Close(ctx, code, reason)
	if err == nil || errors.Is(err, frames.ErrCloseSent) {
		select {
		case <-c.done: // by a Read in progress
		case c.reading <- struct{}{}:
			c.discard(ctx)
			c.release()
		case <-ctx.Done():
		}
		if c.hasEnded() { // the peer's Close frame is there; TCP may end later
			select {
			case <-c.done:
			case <-ctx.Done():
			}
		}
		err = ctx.Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("transport: peer did not complete the closing handshake within %v: %w",
			c.closeTimeout, err)
	}
	// Does nothing if the connection has ended by itself.
	c.shutdown(cmp.Or(err, errClosed))
	if err = c.cause(); CloseCode(err) != 0 {
		return nil
	}
	return err
}

// CloseNow closes the socket without a closing handshake. Calls in progress return an error that
// matches [net.ErrClosed]. If the connection was closed before, so does CloseNow's.
func (c *Conn) CloseNow() error {
	if !c.shutdown(errClosed) {
		return c.closedErr()
	}
	return nil
}

// finish answers the peer's Close frame and closes the socket: a server at once, because deployed
// clients wait for that, a client after the server. A server that has asked for a Pong ends its
// stream at once, and reads on. The caller need not wait for any of it to hear that the peer has
// closed: gateways leave TCP open for seconds, and a write in progress, to a peer that no longer
// reads, keeps our answer back.
//
//khp:impl WSP-FRAME-06
//khp:impl WSP-CLOSE-01
func (c *Conn) finish(it frames.Item) error {
	closed := &CloseError{Code: it.Code, Reason: it.Reason}
	if !c.settle(closed) {
		return c.closedErr()
	}
	code := it.Code
	if code == CloseNoStatus {
		code = 0
	}
	if !c.link.Client() && !c.link.Writing() && !c.link.Asked() {
		c.reply(code, it.Reason)
		if !c.link.Asked() { // by a Ping that went out right before
			c.closeSocket()
			return closed
		}
		// The reply of finishLater does nothing then: Close was sent.
	}
	replied := make(chan struct{})
	go c.finishLater(code, it.Reason, replied)
	patience := time.NewTimer(replyTimeout)
	defer patience.Stop()
	select {
	case <-replied: // the caller may close the socket now
	case <-patience.C:
	}
	return closed
}

// reply answers the peer's Close frame with the same code and reason. It drops an error, which
// means that we closed first, or that the peer is gone.
func (c *Conn) reply(code uint16, reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), c.closeTimeout)
	defer cancel()
	_ = c.link.Close(ctx, code, reason)
}

// finishLater does the part of finish that may take time.
func (c *Conn) finishLater(code uint16, reason string, replied chan<- struct{}) {
	end := time.AfterFunc(c.closeTimeout, c.closeSocket) // even if deadlines change meanwhile
	defer end.Stop()
	c.reply(code, reason)
	close(replied)
	switch {
	case c.link.Client():
		c.awaitEOF(c.closeTimeout)
	// A Pong that is not read would reset the connection, and take our answer with it.
	case c.link.Asked():
		c.endStream()
		c.awaitEOF(sock.FailTimeout)
	}
	c.closeSocket()
}

// fail tells the peer its mistake and closes the socket. Nothing more is processed, but bytes that
// the peer is still sending are read and discarded: closing a socket with unread data resets the
// connection, and a reset can overtake our Close frame. The caller holds the turn to read.
//
//khp:impl WSP-CLOSE-02
//khp:impl WSP-CLOSE-04
func (c *Conn) fail(fe *frames.Error) error {
	return c.breakOff(fe, func() { c.awaitEOF(sock.FailTimeout) })
}

// abandon is fail for callers without the turn to read. While another call has it, that call reads
// the rest, and this call does not wait for it.
func (c *Conn) abandon(fe *frames.Error) error {
	return c.breakOff(fe, func() {
		select {
		case c.reading <- struct{}{}:
			c.awaitEOF(sock.FailTimeout)
			c.release()
		default:
		}
	})
}

func (c *Conn) breakOff(fe *frames.Error, awaitEOF func()) error {
	broken := &ProtocolError{Code: fe.Code, Msg: fe.Msg}
	if !c.settle(broken) {
		return c.closedErr()
	}
	ctx, cancel := context.WithTimeout(context.Background(), sock.FailTimeout)
	defer cancel()
	if err := c.link.Close(ctx, fe.Code, fe.Msg); err == nil {
		c.endStream()
		awaitEOF()
	}
	c.closeSocket()
	return broken
}

// endStream ends our side of the stream, while the peer may still send.
func (c *Conn) endStream() {
	if half, ok := c.NetConn().(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// awaitEOF discards received bytes until the peer closes its side or is silent for so long,
// closeTimeout in all at most. There is no limit on the bytes: a peer in the middle of a message
// far above the limit reads our Close frame only after it has sent the whole message.
func (c *Conn) awaitEOF(silence time.Duration) {
	room := sock.GetBuffer()
	defer sock.PutBuffer(room)
	end := time.Now().Add(c.closeTimeout)
	for now := time.Now(); now.Before(end); now = time.Now() {
		due := now.Add(silence)
		if due.After(end) {
			due = end
		}
		_ = c.NetConn().SetReadDeadline(due)
		if _, err := c.NetConn().Read(room[:]); err != nil {
			return
		}
	}
}

// shutdown closes the socket, for the reason err if there was none before. It reports whether there
// was none.
func (c *Conn) shutdown(err error) bool {
	first := c.settle(err)
	c.closeSocket()
	return first
}

// settle makes err the reason why the connection ended, unless there is one. Every socket call that
// comes to its end later is then judged by that reason.
func (c *Conn) settle(err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return false
	}
	c.err = err
	c.over.Store(true)
	return true
}

func (c *Conn) closeSocket() {
	c.closeOnce.Do(func() {
		c.link.CloseSocket()
		c.watch.ends(c.cause())
		close(c.done)
		c.watcher.Close()
		if c.cancel != nil {
			c.cancel(c.cause())
		}
		if c.ext != nil {
			c.ext.Stop()
		}
	})
}

func (c *Conn) cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *Conn) hasEnded() bool { return c.over.Load() }

// ended returns the reason why the connection ended in place of err, if it did.
func (c *Conn) ended(err error) error {
	if err == nil || !c.hasEnded() {
		return err
	}
	return c.closedErr()
}

// closedErr is the error of calls after the end; it matches net.ErrClosed and the reason.
func (c *Conn) closedErr() error {
	err := c.cause()
	switch {
	case err == nil:
		return errClosed
	case errors.Is(err, net.ErrClosed):
		return err
	default:
		return &endedError{err}
	}
}

// giveUp ends a connection whose peer is silent. The peer may be able to receive again, so giveUp
// sends it the reason, unless a call waits for it to read.
func (c *Conn) giveUp(e *InactivityError) error {
	if !c.settle(e) {
		return c.closedErr()
	}
	if !c.link.Writing() {
		ctx, cancel := context.WithTimeout(context.Background(), sock.FailTimeout)
		defer cancel()
		_ = c.link.Close(ctx, CloseGoingAway, e.reason())
	}
	c.closeSocket()
	return e
}

// inner is a Conn as its parts see it: the tracker of its server, the layer of its extensions, and
// the reader that notices silence.
type inner Conn

var (
	_ tracker.Ender = (*inner)(nil)
	_ layer.Host    = (*inner)(nil)
	_ silence.Host  = (*inner)(nil)
)

// Interrupt implements [tracker.Ender]: calls in progress hear of the end of the server's context,
// and the peer does.
func (x *inner) Interrupt() {
	c := (*Conn)(x)
	c.watcher.HomeEnds()
	c.link.HomeEnds()
	go func() { _ = c.Close(CloseGoingAway, "") }()
}

// Closing implements [layer.Host] and [silence.Host].
func (x *inner) Closing() bool { return x.closing.Load() }

// Abandon implements [layer.Host].
func (x *inner) Abandon(bad *frames.Error) { _ = (*Conn)(x).abandon(bad) }

// Arm implements [silence.Host].
func (x *inner) Arm(due time.Time, moved bool) bool { return x.watcher.Arm(due, moved) }

// Disarm implements [silence.Host].
func (x *inner) Disarm() bool { return x.watcher.Disarm() }

// Ask implements [silence.Host] with a Ping, or with the message that an extension sends instead.
func (x *inner) Ask() error {
	if x.ext == nil {
		x.link.Ask()
		return nil
	}
	if bad := x.ext.Ask(); bad != nil {
		return bad
	}
	x.link.SendOwed()
	return nil
}

// Silent implements [silence.Host].
func (x *inner) Silent(period time.Duration) error { return &InactivityError{period} }

// errClosed is the error of calls on a connection that was closed on this side.
var errClosed = sock.ErrClosed

// endedError is the error of calls after the connection has ended because of cause.
type endedError struct{ cause error }

func (e *endedError) Error() string { return errClosed.Error() + ": " + e.cause.Error() }

func (e *endedError) Unwrap() []error { return []error{errClosed, e.cause} }

// Close codes of RFC 6455 section 7.4.1 and the IANA registry, for [Conn.Close] and [CloseError];
// [wire.ValidCloseCode] reports which others are valid. CloseNoStatus and CloseAbnormal only
// describe events on this side: they never travel in a Close frame.
const (
	CloseNormal          uint16 = 1000
	CloseGoingAway       uint16 = 1001
	CloseProtocolError   uint16 = 1002
	CloseUnsupportedData uint16 = 1003
	CloseNoStatus        uint16 = 1005
	CloseAbnormal        uint16 = 1006
	CloseInvalidPayload  uint16 = 1007
	ClosePolicyViolation uint16 = 1008
	CloseTooBig          uint16 = 1009
	CloseInternalError   uint16 = 1011
	CloseServiceRestart  uint16 = 1012
	CloseTryAgainLater   uint16 = 1013
)

// CloseCodeText returns the name of a close code in English, such as "normal closure" for 1000.
// A code of 3000 to 3999 is "registered", one of 4000 to 4999 "private use", any other "unknown".
func CloseCodeText(code uint16) string { return frames.CodeText(code) }

package frames

import (
	"context"
	"time"

	"github.com/gobwas/ws"
)

// Extensions change what goes over a connection. The first four are called with the turn to write
// held, the others by the goroutine that reads.
type Extensions interface {
	// Outgoing returns what to write in the place of one frame: what is owed, and then frames. With
	// an error the connection has to end.
	Outgoing(op ws.OpCode, p []byte) (owed []byte, frames []Frame, bad *Error)
	// Owes reports whether frames wait to be sent.
	Owes() bool
	// Take returns these frames, as bytes.
	Take() (owed []byte)
	// Left tells how many bytes of what Outgoing and Take gave did not go out yet.
	Left(n int)
	// Listening and Listened bracket each read of the socket.
	Listening()
	Listened(something bool)
}

// Frame is one frame to be sent.
type Frame struct {
	Op      ws.OpCode
	Payload []byte
}

// Extend has x change what goes over the connection from here on. Nobody else may use c yet.
func (c *Conn) Extend(x Extensions) { c.ext = x }

// writeExtended sends what extensions make of one frame, with nothing in between. It runs with the
// turn held.
func (c *Conn) writeExtended(ctx context.Context, op ws.OpCode, p []byte) error {
	owed, frames, bad := c.ext.Outgoing(op, p)
	c.tail = append(c.tail, owed...)
	c.watcher.Start(ctx)
	err, sent := c.flush(), 0
	for i := 0; i < len(frames) && err == nil; i++ {
		var n int
		n, err = c.sendFrame(c.header(frames[i].Op, len(frames[i].Payload)), frames[i].Payload)
		sent += n
	}
	c.watcher.Stop()
	c.ext.Left(len(c.tail))
	if err = c.broken(ctx, sent, err); err == nil && bad != nil {
		return bad
	}
	return err
}

// SendOwed sends what extensions owe, or leaves that to the call that is writing.
func (c *Conn) SendOwed() {
	if !c.ext.Owes() {
		return
	}
	select {
	case c.turn <- struct{}{}:
		c.unlock()
	default:
	}
}

// payOwed runs with the turn held. What the socket does not take in time goes out before the next
// frame.
func (c *Conn) payOwed() {
	owed := c.ext.Take()
	if len(owed) == 0 || c.closeSent {
		return
	}
	c.tail = append(c.tail, owed...)
	_ = c.nc.SetWriteDeadline(time.Now().Add(pongTimeout))
	_ = c.flush()
	_ = c.nc.SetWriteDeadline(time.Time{})
	c.ext.Left(len(c.tail))
}

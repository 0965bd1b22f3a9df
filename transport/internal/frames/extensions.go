package frames

import (
	"context"
	"time"

	"github.com/gobwas/ws"
)

// Extensions change the messages of a connection. The first four methods are called with the turn
// to write held, the others by the goroutine that reads.
type Extensions interface {
	// Outgoing returns the bytes to write in the place of one frame: owed, and then frames. With an
	// error the connection has to end.
	Outgoing(op ws.OpCode, p []byte) (owed []byte, frames []Frame, bad *Error)
	// Owes reports whether frames wait to be sent.
	Owes() bool
	// Take returns these frames, as bytes.
	Take() (owed []byte)
	// Left reports how many bytes of the results of Outgoing and Take have not gone out yet.
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

// Extend has x change the messages of the connection from here on. Call it before c is used
// elsewhere.
func (c *Conn) Extend(x Extensions) { c.ext = x }

// writeExtended sends the frames that extensions return for one frame, with nothing in between. It
// runs with the turn held.
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

// SendOwed sends the frames that extensions owe, or leaves that to the call that is writing.
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

// payOwed runs with the turn held. Bytes that the socket does not take in time go out before the
// next frame.
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

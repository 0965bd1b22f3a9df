package loop

import (
	"context"
	"errors"
	"os"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// Orders of the driver that write return no errors: a connection that cannot be written any more
// may still hold earlier messages of the peer, such as the reason of its Close. It cannot be read
// much longer either, and if it can, the deadline ends the wait.

// SendBytes implements [driver.Orders].
func (d *Loop) SendBytes(p []byte) error {
	d.writeBy(fsm.TimerClose)
	_, err := d.nc.Write(p)
	d.wrote(err)
	return nil
}

// SendMessage implements [driver.Orders]. Messages that follow each other go out in one write.
func (d *Loop) SendMessage(t wire.MessageType, p []byte) error {
	d.Corked = d.Link.AppendFrame(d.Corked, frames.Opcode(t), p)
	return nil
}

// SendPong implements [driver.Orders].
func (d *Loop) SendPong(p []byte) error {
	_ = d.Flush()
	d.writeBy(fsm.TimerClose)
	d.wrote(d.Link.Write(context.Background(), ws.OpPong, p))
	return nil
}

// SendClose implements [driver.Orders].
func (d *Loop) SendClose(code uint16, reason string) error {
	_ = d.Flush()
	d.writeBy(fsm.TimerClose)
	d.wrote(d.Link.Close(context.Background(), code, reason))
	return nil
}

// Flush implements [driver.Orders].
func (d *Loop) Flush() error {
	if len(d.Corked) > 0 {
		d.writeBy(fsm.TimerResponse)
		d.wrote(d.Link.WriteRaw(d.Corked))
		d.Corked = d.Corked[:0]
	}
	return nil
}

// writeBy sets the deadline of the next write: a peer that does not read fails like one that does
// not answer. The timer meant for that may not run, so limit names one for how long the write takes
// at most. After a write that took too long the others are mere attempts.
func (d *Loop) writeBy(limit fsm.Timer) {
	now := time.Now()
	least, most := now.Add(sock.GiveUpTimeout), now.Add(d.Timeouts.Of(limit))
	if due := d.Driver.Deadline(); !due.IsZero() && due.Before(most) {
		most = due
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	// The deadline may have come, but was not told yet.
	if d.interrupted || d.deaf || most.Before(least) {
		most = least
	}
	if !most.Equal(d.due) {
		_ = d.nc.SetWriteDeadline(most)
		d.due = most
	}
}

// wrote notes whether a write took too long.
func (d *Loop) wrote(err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		d.deaf = true
	}
}

// Disconnect implements [driver.Orders]. A server lets the client go first, and so does a client
// that was sent broken frames; one whose caller waits no more does not.
func (d *Loop) Disconnect() {
	d.setSocket(nil)
	switch {
	case d.Client && d.GaveUp != "":
		sock.Abort(d.nc)
	case d.Client && !d.broken:
		_ = d.nc.Close()
	default:
		sock.Linger(d.nc)
	}
	d.nc, d.peer, d.Link = nil, nil, nil
	d.held, d.Corked = nil, d.Corked[:0] // bytes of one peer, and for it, go to no other
	d.Trace.Disconnected()
}

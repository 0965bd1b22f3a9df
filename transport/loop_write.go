package transport

import (
	"errors"
	"os"
	"time"

	"context"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

// Orders of the driver that write return no errors: a connection that cannot be written any more may still hold what the peer has said before, such as why it
// closed. It cannot be read much longer either, and if it can, the deadline ends the wait.

// SendBytes implements [driver.Orders].
func (d *loop) SendBytes(p []byte) error {
	d.write(fsm.TimerClose, func() error {
		_, err := d.nc.Write(p)
		return err
	})
	return nil
}

// SendMessage implements [driver.Orders]. Messages that follow each other go out in one write.
func (d *loop) SendMessage(t MessageType, p []byte) error {
	d.corked = d.link.AppendFrame(d.corked, frames.Opcode(t), p)
	return nil
}

// SendPong implements [driver.Orders].
func (d *loop) SendPong(p []byte) error {
	_ = d.Flush()
	d.write(fsm.TimerClose, func() error { return d.link.Write(context.Background(), ws.OpPong, p) })
	return nil
}

// SendClose implements [driver.Orders].
func (d *loop) SendClose(code uint16, reason string) error {
	_ = d.Flush()
	d.write(fsm.TimerClose, func() error { return d.link.Close(context.Background(), code, reason) })
	return nil
}

// Flush implements [driver.Orders].
func (d *loop) Flush() error {
	if len(d.corked) > 0 {
		d.write(fsm.TimerResponse, func() error { return d.link.WriteRaw(d.corked) })
		d.corked = d.corked[:0]
	}
	return nil
}

// write runs f, which writes, with a deadline: a peer that does not read fails like one that does not answer. The timer meant for that may not
// run, so limit names one for how long f takes at most. After a write that took too long the others are mere attempts.
func (d *loop) write(limit fsm.Timer, f func() error) {
	now := time.Now()
	least, most := now.Add(giveUpTimeout), now.Add(d.timeouts.Of(limit))
	if due := d.driver.Deadline(); !due.IsZero() && due.Before(most) {
		most = due
	}
	d.mu.Lock()
	if d.interrupted || d.deaf || most.Before(least) { // the deadline may have come, but was not told yet
		most = least
	}
	if !most.Equal(d.due) {
		_ = d.nc.SetWriteDeadline(most)
		d.due = most
	}
	d.mu.Unlock()
	if err := f(); errors.Is(err, os.ErrDeadlineExceeded) {
		d.deaf = true
	}
}

// Disconnect implements [driver.Orders]. A server lets the client go first, and so does a client that was sent broken frames; one whose caller waits no
// more does not.
func (d *loop) Disconnect() {
	d.setSocket(nil)
	switch {
	case d.client && d.gaveUp != "":
		sock.Abort(d.nc)
	case d.client && !d.broken:
		_ = d.nc.Close()
	default:
		sock.Linger(d.nc)
	}
	d.nc, d.conn, d.link, d.head = nil, nil, nil, heard{}
}

package transport

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// do carries out outputs in order. Messages that follow each other go out in one write.
//
// Errors of writes are not looked at: a connection that cannot be written any more cannot be read much longer either, and if it can, a timer ends the wait.
func (d *driver) do(outs []endpoint.Output) {
	for i := range outs {
		o := &outs[i]
		d.trace.output(o, d.side.phase(), d.side.attempt())
		if o.Kind == endpoint.SendMessage {
			d.corked = d.link.appendFrame(d.corked, opcode(o.Type), o.Data)
			continue
		}
		d.flush()
		d.one(o)
	}
	d.flush()
	d.side.settled()
}

// flush writes the frames collected.
func (d *driver) flush() {
	if len(d.corked) == 0 {
		return
	}
	d.write(fsm.TimerResponse, func() error { return d.link.writeRaw(d.corked) })
	d.corked = d.corked[:0]
}

// write runs f, which writes, with a deadline: a peer that does not read fails like one that does not answer. The timer meant for that may not
// run yet, so limit names one for how long f takes at most. After a write that took too long the others are mere attempts.
func (d *driver) write(limit fsm.Timer, f func() error) {
	now := time.Now()
	least, most := now.Add(giveUpTimeout), now.Add(d.timeouts.Of(limit))
	if due := d.endpoint.Deadline(); !due.IsZero() && due.Before(most) {
		most = due
	}
	d.mu.Lock()
	if d.interrupted || d.deaf || most.Before(least) { // a timer may be over, but not told yet
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

// one carries out one output.
func (d *driver) one(o *endpoint.Output) {
	switch o.Kind {
	case endpoint.SendBytes:
		d.write(fsm.TimerClose, func() error {
			_, err := d.nc.Write(o.Data)
			return err
		})
	case endpoint.SendPong:
		d.write(fsm.TimerClose, func() error { return d.link.pong(o.Data) })
	case endpoint.SendClose:
		d.write(fsm.TimerClose, func() error { return d.link.close(o.Code, o.Text) })
	case endpoint.Disconnect:
		d.disconnect()
	case endpoint.Open:
		d.over, d.open = true, true
	case endpoint.Closed:
		d.over = true
	case endpoint.Fail:
		d.over, d.err = true, o.Err
	case endpoint.Dial, endpoint.AskCredentials, endpoint.AskDecision:
		d.side.special(o)
	case endpoint.SendMessage, endpoint.Deliver, endpoint.StopBody: // written above; never before Open; the body is one write
	}
}

// disconnect drops the connection. A server lets the client go first, and so does a client that was sent broken frames; one whose caller waits no
// more does not.
func (d *driver) disconnect() {
	d.setSocket(nil)
	switch {
	case d.nc == nil:
	case d.client && d.gaveUp != "":
		abort(d.nc)
	case d.client && !d.broken:
		_ = d.nc.Close()
	default:
		linger(d.nc)
		_ = d.nc.Close()
	}
	d.nc, d.link, d.head = nil, nil, nil
}

// abort closes nc without a word of TLS, which a peer that does not read could hold up. There may be TLS in TLS, through a proxy.
func abort(nc net.Conn) {
	for outer, ok := nc.(interface{ NetConn() net.Conn }); ok; outer, ok = nc.(interface{ NetConn() net.Conn }) {
		nc = outer.NetConn()
	}
	_ = nc.Close()
}

// linger ends our side of the stream and lets the peer read what it was told: closing a socket with unread data resets the connection, and
// the reset can overtake our last bytes.
func linger(nc net.Conn) {
	_ = nc.SetDeadline(time.Now().Add(failTimeout))
	half, ok := nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, nc, maxDiscard)
}

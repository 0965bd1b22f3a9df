package transport

import (
	"errors"
	"io"
	"os"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
)

// read waits for the peer, until the deadline or until somebody calls wake.
func (d *loop) read() {
	d.due = d.driver.Deadline()
	_ = d.nc.SetDeadline(d.due) // of the next write as well, which then need not set its own: deadlines cost as much as parsing
	switch {
	case d.woken.Swap(false):
	case d.link == nil:
		d.readOpening()
	default:
		d.readItem()
	}
}

// buffered reports whether the peer's next item is here already.
func (d *loop) buffered() bool { return d.link != nil && !d.link.Ended() && d.link.Buffered() }

// heard are bytes of the opening handshake that the trace is not shown yet.
type heard struct {
	data    []byte
	phase   string
	attempt int
}

// readOpening reads more of the opening handshake.
func (d *loop) readOpening() {
	b := sock.GetBuffer()
	defer sock.PutBuffer(b)
	n, err := d.nc.Read(b[:])
	if n > 0 {
		if d.trace.to != nil {
			d.head = heard{append(d.head.data, b[:n]...), d.side.phase(), d.side.attempt()}
		}
		nc := d.nc
		if d.conn.Received(time.Now(), b[:n]); d.nc != nc || d.link != nil {
			return
		}
	}
	d.readError(err)
}

// Upgraded implements [driver.Orders].
func (d *loop) Upgraded(rest []byte) {
	d.head.data = d.head.data[:max(0, len(d.head.data)-len(rest))]
	d.showHeard()
	d.established(rest)
}

// showHeard shows the trace what was read of the opening handshake.
func (d *loop) showHeard() {
	if h := d.head; len(h.data) > 0 {
		d.head = heard{}
		d.trace.event(Event{Kind: EventReceiveOpening, Data: h.data, Phase: h.phase, Attempt: h.attempt})
	}
}

// observe shows the trace what is about to be carried out, after what led to it.
func (d *loop) observe(o *endpoint.Output) {
	d.showHeard()
	d.trace.output(o, d.side.phase(), d.side.attempt())
}

// established starts the WebSocket, with the bytes that came behind the opening handshake.
func (d *loop) established(rest []byte) { d.link = frames.New(d.nc, d.client, rest, d.limits) }

// readItem reads one message or control frame.
func (d *loop) readItem() {
	it, err := d.link.Next()
	if err != nil {
		d.readError(err)
		return
	}
	now := time.Now()
	switch it.Kind {
	case frames.Message:
		d.trace.event(Event{Kind: EventReceive, Type: it.Type, Data: it.Data, Phase: d.side.phase(), Attempt: d.side.attempt()})
		if d.tooEarly != nil && d.tooEarly(it.Data) {
			d.trace.event(Event{Kind: EventViolation, Code: CloseProtocolError, Text: "a message before the request", Phase: d.side.phase(), Attempt: d.side.attempt()})
		}
		d.conn.Message(now, it.Type, it.Data)
	case frames.Ping:
		d.trace.event(Event{Kind: EventPing, Phase: d.side.phase(), Attempt: d.side.attempt()})
		d.conn.Ping(now, it.Data)
	case frames.Close:
		d.trace.event(Event{Kind: EventReceiveClose, Code: it.Code, Text: it.Reason, Phase: d.side.phase(), Attempt: d.side.attempt()})
		d.conn.PeerClosed(now, it.Code, it.Reason)
	case frames.Pong:
	}
}

// readError tells the driver why nothing more can be read; an expired deadline is no such reason.
func (d *loop) readError(err error) {
	var bad *frames.Error
	switch {
	case err == nil || errors.Is(err, os.ErrDeadlineExceeded):
	case errors.As(err, &bad):
		d.trace.event(Event{Kind: EventViolation, Code: bad.Code, Text: bad.Msg, Phase: d.side.phase(), Attempt: d.side.attempt()})
		d.broken = true
		d.conn.Violation(time.Now(), violationOf(bad.Code), bad.Msg)
	case errors.Is(err, frames.ErrCloseReceived):
		d.awaitEOF()
	default:
		d.lost(err)
	}
}

// awaitEOF reads on after the peer's last frame; what comes is thrown away.
func (d *loop) awaitEOF() {
	var b [512]byte
	if _, err := d.nc.Read(b[:]); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		d.lost(err)
	}
}

// lost tells the driver that the connection ended. An end that comes too early is io.ErrUnexpectedEOF on every leg.
func (d *loop) lost(err error) {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	d.net = err
	d.showHeard()
	d.trace.event(Event{Kind: EventLost, Text: err.Error(), Phase: d.side.phase(), Attempt: d.side.attempt()})
	d.conn.Lost(time.Now(), sock.Reason(err))
}

// violationOf maps the close code of a frame error to a failure.
func violationOf(code uint16) fsm.Failure {
	switch code {
	case CloseTooBig:
		return fsm.FailureLimit
	case CloseInvalidPayload:
		return fsm.FailureUTF8
	}
	return fsm.FailureFrame
}

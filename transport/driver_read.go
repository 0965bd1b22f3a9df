package transport

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// read waits for the peer, until a timer is due or somebody calls wake.
func (d *driver) read() []endpoint.Output {
	d.due = d.endpoint.Deadline()
	_ = d.nc.SetDeadline(d.due) // of the next write as well, which then need not set its own: deadlines cost as much as parsing
	if d.woken.Swap(false) {
		return nil
	}
	if d.link == nil {
		return d.readOpening()
	}
	return d.readItem()
}

// buffered reports whether the peer's next item is here already.
func (d *driver) buffered() bool { return d.link != nil && d.link.dead == nil && d.link.buffered() }

// readOpening reads more of the opening handshake.
func (d *driver) readOpening() []endpoint.Output {
	if len(d.head) == cap(d.head) {
		d.head = slices.Grow(d.head, 1024)
	}
	n, err := d.nc.Read(d.head[len(d.head):cap(d.head)])
	if d.head = d.head[:len(d.head)+n]; n > 0 {
		phase, attempt := d.side.phase(), d.side.attempt()
		if used, out := d.side.opening(d.head); used > 0 {
			d.trace.event(Event{Kind: EventReceiveOpening, Data: d.head[:used], Phase: phase, Attempt: attempt})
			d.established(d.head[used:])
			return out
		}
	}
	return d.readError(err)
}

// established starts the WebSocket, with the bytes that came behind the opening handshake.
func (d *driver) established(rest []byte) {
	d.link = newLink(d.nc, d.client, rest, d.limits)
	d.head = nil
}

// readItem reads one message or control frame.
func (d *driver) readItem() []endpoint.Output {
	it, err := d.link.next()
	if err != nil {
		return d.readError(err)
	}
	switch it.kind {
	case itemMessage:
		d.trace.event(Event{Kind: EventReceive, Type: it.typ, Data: it.data, Phase: d.side.phase(), Attempt: d.side.attempt()})
		if d.tooEarly != nil && d.tooEarly(it.data) {
			d.trace.event(Event{Kind: EventViolation, Code: CloseProtocolError, Text: "a message before the request", Phase: d.side.phase(), Attempt: d.side.attempt()})
		}
		return d.endpoint.Message(time.Now(), it.typ, it.data)
	case itemPing:
		d.trace.event(Event{Kind: EventPing, Phase: d.side.phase(), Attempt: d.side.attempt()})
		return d.endpoint.Ping(time.Now(), it.data)
	case itemClose:
		d.trace.event(Event{Kind: EventReceiveClose, Code: it.code, Text: it.reason, Phase: d.side.phase(), Attempt: d.side.attempt()})
		return d.endpoint.PeerClosed(time.Now(), it.code, it.reason)
	case itemPong:
	}
	return nil
}

// readError tells the endpoint why nothing more can be read; an expired deadline is no such reason.
func (d *driver) readError(err error) []endpoint.Output {
	var bad *frameError
	switch {
	case err == nil || errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case errors.As(err, &bad):
		if !d.broken {
			d.trace.event(Event{Kind: EventViolation, Code: bad.code, Text: bad.msg, Phase: d.side.phase(), Attempt: d.side.attempt()})
		}
		d.broken = true
		return d.endpoint.Violation(time.Now(), violationOf(bad.code), bad.msg)
	case errors.Is(err, errCloseReceived):
		return d.awaitEOF()
	}
	return d.lost(err)
}

// awaitEOF reads on after the peer's Close frame; what comes is thrown away.
func (d *driver) awaitEOF() []endpoint.Output {
	var b [512]byte
	if _, err := d.nc.Read(b[:]); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return d.lost(err)
	}
	return nil
}

// lost tells the endpoint that the connection ended. An end that comes too early is io.ErrUnexpectedEOF on every leg.
func (d *driver) lost(err error) []endpoint.Output {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	d.net = err
	d.showRest()
	d.trace.event(Event{Kind: EventLost, Text: err.Error(), Phase: d.side.phase(), Attempt: d.side.attempt()})
	return d.endpoint.Lost(time.Now(), lostText(err))
}

// showRest shows an answer to the opening request that only its end ends.
func (d *driver) showRest() {
	if d.link == nil && len(d.head) > 0 {
		d.trace.event(Event{Kind: EventReceiveOpening, Data: d.head, Phase: d.side.phase(), Attempt: d.side.attempt()})
	}
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

// lostText is the end of a connection in words, for people who read that it was lost already.
func lostText(err error) string {
	var op *net.OpError
	if proxy := proxyErrorOf(err); proxy != nil {
		return proxy.Error()
	}
	switch {
	case err == io.ErrUnexpectedEOF:
		return "the peer ended it in the middle of the handshake"
	case errors.As(err, &op):
		return op.Err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the peer ended it without a Close frame"
	}
	return err.Error()
}

package loop

import (
	"errors"
	"io"
	"os"
	"time"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
)

// buffered reports whether the peer's next item is here already.
func (d *Loop) buffered() bool { return d.Link != nil && !d.Link.Ended() && d.Link.Buffered() }

// readOpening reads more of the opening handshake.
func (d *Loop) readOpening() {
	b := sock.GetBuffer()
	defer sock.PutBuffer(b)
	n, err := d.nc.Read(b[:])
	if n > 0 {
		d.Trace.Read(b[:n])
		nc := d.nc
		if d.peer.Received(time.Now(), b[:n]); d.nc != nc || d.Link != nil {
			return
		}
	}
	d.readError(err)
}

// Upgraded implements [driver.Orders].
func (d *Loop) Upgraded(rest []byte) {
	d.Trace.Upgraded(len(rest))
	d.Established(rest)
}

// Established starts the WebSocket, with the bytes that came behind the opening handshake.
func (d *Loop) Established(rest []byte) {
	d.Link = frames.New(d.nc, d.Client, rest, d.Limit)
	if d.Compression != nil {
		d.Link.Compress(*d.Compression)
	}
}

// readItem reads one message or control frame.
func (d *Loop) readItem() {
	it, err := d.Link.NextInto(nil)
	if err != nil {
		d.readError(err)
		return
	}
	now := time.Now()
	switch it.Kind {
	case frames.Message:
		d.Trace.Message(it.Type, it.Data)
		if d.TooEarly != nil && d.TooEarly(it.Data) {
			d.Trace.TooEarly()
		}
		d.peer.Message(now, it.Type, it.Data)
	case frames.Ping:
		d.Trace.Ping()
		d.peer.Ping(now, it.Data)
	case frames.Close:
		d.Trace.Close(it.Code, it.Reason)
		d.peer.PeerClosed(now, it.Code, it.Reason)
	case frames.Pong:
	}
}

// readError tells the driver why nothing more can be read; an expired deadline is no such reason.
func (d *Loop) readError(err error) {
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return
	}
	bad, breach := errors.AsType[*frames.Error](err)
	switch {
	case breach:
		d.Trace.Violation(bad.Code, bad.Msg)
		d.broken = true
		d.peer.Violation(time.Now(), frames.Failure(bad.Code), bad.Msg)
	case errors.Is(err, frames.ErrCloseReceived):
		d.awaitEOF()
	default:
		d.lost(err)
	}
}

// awaitEOF reads on after the peer's last frame, and throws the bytes away.
func (d *Loop) awaitEOF() {
	var b [512]byte
	if _, err := d.nc.Read(b[:]); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		d.lost(err)
	}
}

// lost tells the driver that the connection ended. An end that comes too early is
// io.ErrUnexpectedEOF on every leg.
func (d *Loop) lost(err error) {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	d.Network = err
	d.Trace.Lost(err.Error())
	d.peer.Lost(time.Now(), sock.Reason(err))
}

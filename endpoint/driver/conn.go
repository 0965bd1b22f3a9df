package driver

import (
	"bytes"
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// connection is common to the connections of both sides. Its methods report the events of the
// connection; they keep no slice, and have no effect after Disconnect.
type connection struct {
	core      *core
	orders    Orders // nil until it is connected
	head      []byte // of the opening handshake
	broken    error  // of a write
	unflushed bool
	shaken    bool // the opening handshake is over, successful or not
	deaf      bool // the peer has sent Close: later frames are ignored
	violated  bool // because the peer broke the rules of frames
	gone      bool // it is lost
}

// current reports whether c is the connection that the endpoint has.
func (c *connection) current() bool { return c.core != nil && c.core.conn == c }

// hears reports whether received bytes and frames are passed to the endpoint.
func (c *connection) hears() bool { return c.current() && !c.deaf }

// writable reports whether the connection can be written to.
func (c *connection) writable() bool {
	return c != nil && c.orders != nil && c.broken == nil && !c.gone
}

// wrote keeps the outcome of a write.
func (c *connection) wrote(err error) {
	if c.unflushed = true; err != nil {
		c.broken = err
	}
}

// flush follows the last write.
func (c *connection) flush() {
	if c.writable() && c.unflushed {
		c.wrote(c.orders.Flush())
		c.unflushed = false
	}
}

// lost reports the end of the connection to the endpoint.
func (c *connection) lost(now time.Time, detail string) []endpoint.Output {
	c.gone = true
	return c.core.machine.Lost(now, detail)
}

// Received takes bytes of the opening handshake, in pieces of any size. After Upgraded, received
// bytes belong to the frame reader, and Received ignores them.
func (c *connection) Received(now time.Time, p []byte) {
	switch {
	case !c.hears() || c.shaken || c.orders == nil:
	case c.core.busy:
		copied := bytes.Clone(p)
		c.core.later(func() { c.Received(now, copied) })
	default:
		c.head = append(c.head, p...)
		used, outs := c.core.machine.OpeningReceived(now, c.head)
		if used > 0 {
			c.upgrade(c.head[used:], outs)
		}
		c.core.do(now, outs)
	}
}

// upgrade ends the opening handshake. If it succeeded, frames follow; their events wait until outs
// are carried out.
func (c *connection) upgrade(rest []byte, outs []endpoint.Output) {
	c.head, c.shaken = nil, true
	if framed(outs) {
		c.core.busy = true // until Received has carried out outs
		c.orders.Upgraded(rest)
	}
}

// framed reports whether the connection goes on with frames when these outputs end its opening
// handshake.
func framed(outs []endpoint.Output) bool {
	return !slices.ContainsFunc(outs,
		func(o endpoint.Output) bool { return o.Kind == endpoint.Disconnect })
}

// Message reports a data message, with its fragments joined.
func (c *connection) Message(now time.Time, t wire.MessageType, p []byte) {
	switch {
	case !c.hears():
	case c.core.busy:
		copied := bytes.Clone(p)
		c.core.later(func() { c.Message(now, t, copied) })
	default:
		c.core.do(now, c.core.machine.Message(now, t, p))
	}
}

// Ping reports a Ping. The driver orders the Pong.
func (c *connection) Ping(now time.Time, p []byte) {
	switch {
	case !c.hears():
	case c.core.busy:
		copied := bytes.Clone(p)
		c.core.later(func() { c.Ping(now, copied) })
	default:
		c.core.do(now, c.core.machine.Ping(now, p))
	}
}

// PeerClosed reports a Close frame; code is 0 or 1005 if it is empty. Only Lost has an effect after
// it.
func (c *connection) PeerClosed(now time.Time, code uint16, reason string) {
	switch {
	case !c.hears():
	case c.core.busy:
		c.core.later(func() { c.PeerClosed(now, code, reason) })
	default:
		c.deaf = true
		c.core.do(now, c.core.machine.PeerClosed(now, code, reason))
	}
}

// Violation reports a violation of the framing: f is FailureFrame, FailureUTF8 for text that is not
// UTF-8, or FailureLimit for a message that is too long. The connection ends after the Close frame
// that gives the reason, because nothing behind the violation can be read.
func (c *connection) Violation(now time.Time, f fsm.Failure, detail string) {
	switch {
	case !c.hears():
	case c.core.busy:
		c.core.later(func() { c.Violation(now, f, detail) })
	default:
		c.violated = true
		c.core.do(now, c.core.machine.Violation(now, f, detail))
	}
}

// Lost reports that the connection has ended, for any reason, or that reading failed. The driver
// still orders Disconnect.
func (c *connection) Lost(now time.Time, detail string) {
	switch {
	case !c.current() || c.orders == nil:
	case c.core.busy:
		c.core.later(func() { c.Lost(now, detail) })
	default:
		c.core.do(now, c.lost(now, detail))
	}
}

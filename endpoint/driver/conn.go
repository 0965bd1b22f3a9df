package driver

import (
	"bytes"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// connection is what the connections of both sides have in common. Its methods tell what happens on
// it; slices are the caller's again on return. Once Disconnect was ordered they have no effect.
type connection struct {
	core      *core
	orders    Orders // nil until it is connected
	head      []byte // of the opening handshake
	broken    error  // of a write
	unflushed bool
	shaken    bool // the opening handshake is over, well or not
	deaf      bool // the peer has closed it: what is read means nothing any more
	violated  bool // because the peer broke the rules of frames
	gone      bool // it is lost
}

// current reports whether c is the connection that the endpoint has.
func (c *connection) current() bool { return c.core != nil && c.core.conn == c }

// hears reports whether the endpoint is to be told what was read.
func (c *connection) hears() bool { return c.current() && !c.deaf }

// writable reports whether there is any use in writing.
func (c *connection) writable() bool {
	return c != nil && c.orders != nil && c.broken == nil && !c.gone
}

// wrote takes note of the outcome of a write.
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

// lost gives the end of the connection to the endpoint.
func (c *connection) lost(now time.Time, detail string) []endpoint.Output {
	c.gone = true
	return c.core.machine.Lost(now, detail)
}

// Received takes bytes of the opening handshake, in whatever pieces they come. Once Upgraded was
// ordered, bytes are the frame reader's, and no longer taken here.
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

// upgrade ends the opening handshake. Unless that went wrong, frames are read from now on; what the
// first ones bring waits for outs.
func (c *connection) upgrade(rest []byte, outs []endpoint.Output) {
	c.head, c.shaken = nil, true
	if framed(outs) {
		c.core.busy = true
		c.orders.Upgraded(rest)
		c.core.busy = false
	}
}

// framed reports whether the connection goes on with frames when these outputs end its opening
// handshake.
func framed(outs []endpoint.Output) bool {
	for i := range outs {
		switch outs[i].Kind {
		case endpoint.SendMessage, endpoint.SendPong, endpoint.SendClose:
			return true
		case endpoint.Disconnect:
			return false
		}
	}
	return true
}

// Message tells of a data message, with its fragments joined.
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

// Ping tells of a Ping. The Pong is ordered.
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

// PeerClosed tells of a Close frame; code is 0 or 1005 if it is empty. Nothing behind it is taken
// but Lost.
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

// Violation tells that the peer broke the rules of frames: f is FailureFrame, FailureUTF8 for text
// that is none, or FailureLimit for a message that is too long. Nothing more can be read, so the
// connection ends as soon as it is said why.
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

// Lost tells that the connection has ended, in whatever way, or cannot be read any more. Disconnect
// is ordered all the same.
func (c *connection) Lost(now time.Time, detail string) {
	switch {
	case !c.current() || c.orders == nil:
	case c.core.busy:
		c.core.later(func() { c.Lost(now, detail) })
	default:
		c.core.do(now, c.lost(now, detail))
	}
}

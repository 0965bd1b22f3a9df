package endpoint

import (
	"encoding/binary"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// TooEarly reports whether Message would refuse p because it was here before the extended request
// was sent: it came together with the opening 101. Two kinds of message may: the balancer's, and a
// response that ends the attempt, which a server that shuts down, or has waited too long, sends
// unasked. It changes nothing, and is for traces.
//
//khp:impl KHP-EXT-02
func (c *Client) TooEarly(p []byte) bool {
	if c.early == 0 || !c.asked() {
		return false
	}
	kind, _ := wire.ParseBalancer(p)
	return !refuses(p) && (kind == wire.BalancerNone || c.machine.Profile == fsm.ProfileSpec)
}

// counted takes note of a message: there is one less that came early, and behind a refusal only its
// rest.
func (c *Client) counted(p []byte) {
	switch {
	case c.early == 0:
	case c.asked() && refuses(p):
		c.early = 0
	default:
		c.early--
	}
}

// asked reports whether a response is awaited or comes in.
func (c *Client) asked() bool {
	switch c.state.Phase() {
	case fsm.ClientAwaitResponse, fsm.ClientReading, fsm.ClientSendingBody:
		return true
	}
	return false
}

// refuses reports whether p is a response that ends the attempt.
func refuses(p []byte) bool {
	var r wire.Response
	_, err := r.ParseHead(p, wire.DefaultLimits())
	return err == nil && fsm.Status(r.Status).Action.Terminates()
}

// wholeMessages counts the data messages in b that are complete. It stops at the first bytes that a
// server must not send: the frame reader reports those. [RFC 6455 5.2]
func wholeMessages(b []byte) (n int) {
	for len(b) >= 2 {
		head, size := 2, uint64(b[1])
		switch {
		case size == 126 && len(b) >= 4:
			head, size = 4, uint64(binary.BigEndian.Uint16(b[2:]))
		case size == 127 && len(b) >= 10:
			head, size = 10, binary.BigEndian.Uint64(b[2:])
		case size > 125: // masked, or cut in its length
			return n
		}
		if size > uint64(len(b)-head) {
			return n
		}
		const fin, control = 0x80, 0x08
		if b[0]&fin != 0 && b[0]&control == 0 {
			n++
		}
		b = b[head+int(size):]
	}
	return n
}

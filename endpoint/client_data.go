package endpoint

import (
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// data handles a message that is not looked into: the application's, or one that comes at the wrong
// time. Where terminators are optional, one of text ends a response as well. [AMB-06]
func (c *Client) data(t wire.MessageType, p []byte) {
	if !c.state.Phase().Open() {
		c.detail = "expected nothing while " + c.waiting() + ", got " + describe(t, p)
	}
	if c.machine.TerminatorOptional {
		t = wire.Binary
	}
	c.step(fsm.Event{Kind: dataKind(t, p)})
}

// waiting describes the activity of a client to which no message may be sent.
func (c *Client) waiting() string {
	if c.state.Phase() == fsm.ClientAwaitCredentials {
		return "credentials are asked for"
	}
	return "the handshake is not over"
}

// dataKind is the event for a data message that is not looked into.
func dataKind(t wire.MessageType, p []byte) fsm.EventKind {
	if len(p) == 0 && t == wire.Binary {
		return fsm.EventTerminatorReceived
	}
	return fsm.EventDataReceived
}

package network

import (
	"fmt"
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// Check compares the hosts with each other and adds differences to [Network.Broken]; it may be
// called at any moment. Where a client and a server of this package share a connection: if the
// client is open, so is or was the server, with the same result, and the messages that one has
// received are those that the other has sent, in order and once, up to those still on their way. No
// connect call takes longer than its timers allow. When nothing is left to happen, every host is
// open or at its end.
func (n *Network) Check() {
	for _, c := range n.clients {
		n.report(c.name, c.agrees())
		n.report(c.name, c.late())
		if n.idle() {
			n.report(c.name, c.ended())
		}
	}
}

func (n *Network) report(name string, err error) {
	if err == nil {
		return
	}
	err = fmt.Errorf("%s at %s: %w", name, n.now, err)
	if text := err.Error(); !n.checked[text] {
		n.checked[text] = true
		n.broken = append(n.broken, err)
	}
}

// ended checks that a client does not wait for nothing.
func (c *Client) ended() error {
	if c.over || c.open || c.Endpoint.Phase() == fsm.ClientIdle || c.conn != nil && c.conn.silent {
		return nil
	}
	return fmt.Errorf("LIV-01: nothing is left to happen in phase %v", c.Endpoint.Phase())
}

// late checks that a connect call takes no longer than its timers allow, for as many connections as
// it made. [LIV-02]
func (c *Client) late() error {
	t := &c.opts.Config.Timeouts
	// in the extended handshake, and one in the opening handshake
	logins := time.Duration(c.machine.MaxReplays) + 1
	each := t.Of(fsm.TimerOpening) + t.Of(fsm.TimerOverall) + t.Of(fsm.TimerClose) +
		logins*t.Of(fsm.TimerCredentials)
	most := time.Duration(len(c.watch.dials)) * each
	took := c.net.now - c.started
	if c.open || c.over {
		took = c.settled - c.started
	}
	if took <= most || c.Endpoint.Phase() == fsm.ClientIdle {
		return nil
	}
	return fmt.Errorf("LIV-02: %d connections take %s, more than %s", len(c.watch.dials), took, most)
}

// agrees compares an open client with its server.
func (c *Client) agrees() error {
	if !c.open || c.conn == nil {
		return nil
	}
	v, ok := c.conn.peer.receiver.(*host)
	if !ok {
		return nil
	}
	var theirs endpoint.Result
	if s, ok := v.side.(*endpoint.Server); ok {
		theirs = s.Result()
	}
	ours := c.Endpoint.Result()
	switch {
	case !v.open:
		return fmt.Errorf("INV-50: the client is open, the server never was, in phase %s", v.phase())
	case ours.Status != theirs.Status, ours.Plain != theirs.Plain,
		ours.Subprotocol != theirs.Subprotocol, !slices.Equal(ours.Extensions, theirs.Extensions):
		return fmt.Errorf("INV-49: the client has %+v, the server %+v", ours, theirs)
	case !isPrefix(c.received, v.sent):
		return fmt.Errorf("INV-35: the server sent %q, the client got %q", v.sent, c.received)
	case !isPrefix(v.received, c.sent):
		return fmt.Errorf("INV-35: the client sent %q, the server got %q", c.sent, v.received)
	case c.net.idle() && !c.conn.silent && !c.watch.leg.closed && !v.watch.leg.closed &&
		(len(c.received) < len(v.sent) || len(v.received) < len(c.sent)):
		return fmt.Errorf("INV-35: nothing is on its way, but %d of %d and %d of %d messages came",
			len(c.received), len(v.sent), len(v.received), len(c.sent))
	}
	return nil
}

func isPrefix(short, long []Message) bool {
	return len(short) <= len(long) && slices.Equal(short, long[:len(short)])
}

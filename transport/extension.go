package transport

import (
	"example.com/khp/fsm"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frames"
)

// confirm makes sessions for what the server has granted.
func (d *dialer) confirm(granted []string) (err error) {
	d.sessions, err = extension.Confirm(d.opts.Use, granted)
	return err
}

// grant adds to a decision that lets the client in what the handler's extensions answer.
func (a *acceptor) grant(d Decision) Decision {
	a.sessions = nil
	if d.Status == 0 || fsm.Status(d.Status).Action == fsm.ActionComplete {
		d.Extensions, a.sessions = extension.Accept(a.handler.Use, a.server.Request().Extensions, d.Extensions)
	}
	return d
}

// extended is a Conn as its extensions see it.
type extended Conn

// Closing implements [layer.Host].
func (x *extended) Closing() bool { return x.closing.Load() }

// Abandon implements [layer.Host].
func (x *extended) Abandon(bad *frames.Error) { _ = (*Conn)(x).abandon(bad) }

// incoming has the extensions take one item from the peer. What they deliver comes back if it is
// the same message, else from the queue. It runs as the one who reads.
func (c *Conn) incoming(it frames.Item) (frames.Item, error) {
	if it.Kind == frames.Message && (c.closing.Load() || c.isLateTerminator(it)) {
		return frames.Item{}, nil
	}
	in, asIs, bad := c.ext.Incoming(it)
	switch {
	case bad != nil:
		return frames.Item{}, c.fail(bad)
	case asIs:
		return it, nil
	}
	c.link.SendOwed()
	for _, got := range in {
		switch got.Kind {
		case frames.Message:
			c.enqueue(got)
		case frames.Pong:
			c.pongArrived()
		case frames.Ping, frames.Close:
		}
	}
	c.link.Rest()
	return frames.Item{}, nil
}

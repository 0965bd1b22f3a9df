package transport

import "example.com/khp/transport/internal/frames"

// extended is a Conn as its extensions see it.
type extended Conn

// Closing implements [layer.Host].
func (x *extended) Closing() bool { return x.closing.Load() }

// Abandon implements [layer.Host].
func (x *extended) Abandon(bad *frames.Error) { _ = (*Conn)(x).abandon(bad) }

// incoming has the extensions take one item from the peer. What they deliver comes back if it is the same message, else from the queue. It runs as the one who reads.
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

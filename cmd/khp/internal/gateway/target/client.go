package target

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/transport"
)

// client is a client's open connection as a target sees it: what passes is counted, and how it
// ended is remembered.
type client struct {
	*transport.Conn
	session *session
	traffic *metrics.Traffic

	receivedBytes, receivedMessages, sentBytes, sentMessages atomic.Int64

	ending atomic.Pointer[ending]
}

// ending tells how a connection came to its end.
type ending struct {
	code uint16
	by   string // client, server, or network if nobody said goodbye
}

// Read is [transport.Conn.Read].
func (c *client) Read(ctx context.Context) (transport.MessageType, []byte, error) {
	t, p, err := c.Conn.Read(ctx)
	if err != nil {
		c.failed(ctx, err)
		return t, p, err
	}
	c.receivedBytes.Add(int64(len(p)))
	c.receivedMessages.Add(1)
	c.traffic.Receive(len(p))
	c.session.touch()
	return t, p, nil
}

// Write is [transport.Conn.Write].
func (c *client) Write(ctx context.Context, t transport.MessageType, p []byte) error {
	if err := c.Conn.Write(ctx, t, p); err != nil {
		c.failed(ctx, err)
		return err
	}
	c.sentBytes.Add(int64(len(p)))
	c.sentMessages.Add(1)
	c.traffic.Send(len(p))
	c.session.touch()
	return nil
}

// Close is [transport.Conn.Close].
func (c *client) Close(code uint16, reason string) error {
	if code == 0 {
		c.ended(transport.CloseNoStatus, "server")
	} else {
		c.ended(code, "server")
	}
	return c.Conn.Close(code, reason)
}

// CloseNow is [transport.Conn.CloseNow].
func (c *client) CloseNow() error {
	c.ended(transport.CloseAbnormal, "server")
	return c.Conn.CloseNow()
}

// ended remembers the first end, and reports whether this is it.
func (c *client) ended(code uint16, by string) (first bool) {
	return c.ending.CompareAndSwap(nil, &ending{code, by})
}

// failed finds out how a connection ended by what reading says.
func (c *client) failed(ctx context.Context, err error) {
	var closed *transport.CloseError
	var broken *transport.ProtocolError
	var silent *transport.InactivityError
	switch {
	case errors.As(err, &closed):
		c.ended(closed.Code, "client")
	case errors.As(err, &broken):
		c.ended(broken.Code, "server")
	case errors.As(err, &silent):
		if c.ended(transport.CloseGoingAway, "server") {
			c.session.log.InfoContext(ctx, "closing a silent connection", "remote", c.NetConn().RemoteAddr().String(), "path", c.session.path, "silent", silent.Silence)
		}
	case ctx.Err() == nil && !errors.Is(err, net.ErrClosed):
		c.ended(transport.CloseAbnormal, "network")
	}
}

// report logs the end of a connection; err is what its target returned. The transport closes what
// is open then, with the same code.
func (c *client) report(ctx context.Context, err error, open time.Duration) {
	switch {
	case ctx.Err() != nil:
		c.ended(transport.CloseGoingAway, "server")
	case err != nil:
		c.ended(transport.CloseInternalError, "server")
	default:
		c.ended(transport.CloseNormal, "server")
	}
	end := c.ending.Load()
	c.traffic.Closed(open)
	c.session.log.InfoContext(ctx, "closed", "remote", c.NetConn().RemoteAddr().String(), "path", c.session.path, "profile", c.session.speaks, "status", c.Status(), "code", end.code, "by", end.by,
		"open", open.Round(time.Microsecond), "received_bytes", c.receivedBytes.Load(), "received_messages", c.receivedMessages.Load(), "sent_bytes", c.sentBytes.Load(), "sent_messages", c.sentMessages.Load())
}

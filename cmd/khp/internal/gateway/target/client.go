package target

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/transport"
)

// client is a client's open connection as a target sees it: messages are counted, and how it
// ended is remembered.
type client struct {
	*transport.Conn
	session *session
	traffic *metrics.Traffic

	receivedBytes, receivedMessages, sentBytes, sentMessages atomic.Int64

	ending atomic.Pointer[ending]
}

// ending describes the end of a connection.
type ending struct {
	code uint16
	by   string // client, server, or network without a Close
}

// Read is [transport.Conn.Read].
func (c *client) Read(ctx context.Context) (transport.MessageType, []byte, error) {
	t, p, err := c.Conn.Read(ctx)
	if err != nil {
		c.failed(ctx, err)
		return t, p, err
	}
	c.received(1, len(p))
	return t, p, nil
}

// Write is [transport.Conn.Write].
func (c *client) Write(ctx context.Context, t transport.MessageType, p []byte) error {
	if err := c.Conn.Write(ctx, t, p); err != nil {
		c.failed(ctx, err)
		return err
	}
	c.sent(1, len(p))
	return nil
}

// toBackend passes the client's messages on to a WebSocket back end.
func (c *client) toBackend(ctx context.Context, back *transport.Conn) error {
	return c.reads(ctx, c.Conn.Forward(ctx, back, c.received, nil))
}

// toStream passes the client's messages on to a back end of bytes.
func (c *client) toStream(ctx context.Context, back io.Writer) error {
	return c.reads(ctx, c.Conn.ForwardTo(ctx, back, c.received, nil))
}

// fromBackend passes the messages of a WebSocket back end on to the client.
func (c *client) fromBackend(ctx context.Context, back *transport.Conn) error {
	return c.writes(ctx, back.Forward(ctx, c.Conn, nil, c.sent))
}

// fromStream passes the bytes of a back end on to the client.
func (c *client) fromStream(ctx context.Context, back io.Reader) error {
	return c.writes(ctx, c.Conn.ForwardFrom(ctx, back, transport.Binary, c.sent))
}

// reads looks at the error of passing on the client's messages, for the end of the connection.
func (c *client) reads(ctx context.Context, err error) error {
	if !notTaken(err) {
		c.failed(ctx, err)
	}
	return err
}

// writes is reads in the other direction.
func (c *client) writes(ctx context.Context, err error) error {
	if notTaken(err) {
		c.failed(ctx, err)
	}
	return err
}

// notTaken reports whether passing on ended because the side that gets the messages takes no more.
func notTaken(err error) bool { return errors.As(err, new(*transport.ForwardError)) }

// received is a [transport.Count] of the client's messages.
func (c *client) received(messages, bytes int) {
	c.receivedBytes.Add(int64(bytes))
	c.receivedMessages.Add(int64(messages))
	c.traffic.Receive(messages, bytes)
	if messages > 0 {
		c.session.touch()
	}
}

// sent is a [transport.Count] of the messages to the client.
func (c *client) sent(messages, bytes int) {
	c.sentBytes.Add(int64(bytes))
	c.sentMessages.Add(int64(messages))
	c.traffic.Send(messages, bytes)
	if messages > 0 {
		c.session.touch()
	}
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

// failed finds out by the error of reading how a connection ended.
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
			c.session.log.InfoContext(ctx, "closing a silent connection", "remote",
				c.NetConn().RemoteAddr().String(), "path", c.session.path, "silent", silent.Silence)
		}
	case ctx.Err() == nil && !errors.Is(err, net.ErrClosed):
		c.ended(transport.CloseAbnormal, "network")
	}
}

// report logs the end of a connection; err is the error of its target. The transport then closes an
// open connection, with the same code.
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
	c.session.log.LogAttrs(ctx, slog.LevelInfo, "closed",
		slog.String("remote", c.NetConn().RemoteAddr().String()), slog.String("path", c.session.path),
		slog.String("profile", c.session.speaks),
		slog.Int("status", c.Status()), slog.Int("code", int(end.code)), slog.String("by", end.by),
		slog.Duration("open", open.Round(time.Microsecond)),
		slog.Int64("received_bytes", c.receivedBytes.Load()),
		slog.Int64("received_messages", c.receivedMessages.Load()),
		slog.Int64("sent_bytes", c.sentBytes.Load()), slog.Int64("sent_messages", c.sentMessages.Load()))
}

// Kinds are the protocols of clients, read from their opening requests.
var Kinds = [...]string{"spec", "kaazing", "plain"}

// Clients counts open connections by the protocol of their clients.
type Clients [len(Kinds)]atomic.Int64

// arrived counts a client until the result is called.
func (c *Clients) arrived(kind string) (gone func()) {
	if c == nil {
		return func() {}
	}
	n := &c[slices.Index(Kinds[:], kind)]
	n.Add(1)
	return func() { n.Add(-1) }
}

// Attrs says how many there are, for the log.
func (c *Clients) Attrs() (attrs []any) {
	for i, kind := range Kinds {
		attrs = append(attrs, kind, c[i].Load())
	}
	return attrs
}

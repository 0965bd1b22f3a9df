package frames

import (
	"context"
	"errors"

	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

// errSpoiled refuses messages behind one that was not finished.
var errSpoiled = errors.New(
	"transport: a message was broken off between fragments, no other can be sent")

// lockFor takes the turn to write a frame. One of data waits for the end of a message that is
// written in fragments, because no other message may come between them. [RFC 6455 5.4]
func (c *Conn) lockFor(ctx context.Context, op ws.OpCode) error {
	for {
		if err := c.lock(ctx); err != nil || op.IsControl() {
			return err
		}
		end := c.unfinished.Load()
		switch {
		case c.spoiled.Load():
			c.unlock()
			return errSpoiled
		case end == nil:
			return nil
		}
		c.unlock()
		select {
		case <-*end:
		case <-c.gone:
			return ErrCloseSent
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Begin begins a message that is written in fragments, once no other is: WriteFragment writes them,
// and End has to be called.
func (c *Conn) Begin(ctx context.Context) error {
	if err := c.lockFor(ctx, ws.OpText); err != nil {
		return err
	}
	defer c.unlock()
	if c.closeSent {
		return ErrCloseSent
	}
	end := make(chan struct{})
	c.unfinished.Store(&end)
	return nil
}

// WriteFragment sends a fragment of the message that was begun: op is that of the message for the
// first and ws.OpContinuation for the others, and fin says that it is the last. ctx is that of
// Write.
func (c *Conn) WriteFragment(ctx context.Context, op ws.OpCode, p []byte, fin bool) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if c.closeSent {
		return ErrCloseSent
	}
	h := c.header(op, len(p))
	h.Fin = fin
	return c.writeFrame(ctx, h, p)
}

// WriteFragmentOf is WriteFragment of the first n bytes of the payload of a buffer. They go out in
// one Write, and are not the same afterwards.
func (c *Conn) WriteFragmentOf(
	ctx context.Context, op ws.OpCode, w *sock.Wide, n int, fin bool,
) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return c.writeInPlace(ctx, op, w, n, fin)
}

// WriteOf is Write of the first n bytes of the payload of a buffer, as one message. They go out in
// one Write, and are not the same afterwards. It is for a connection that Relays.
func (c *Conn) WriteOf(ctx context.Context, op ws.OpCode, w *sock.Wide, n int) error {
	if err := c.lockFor(ctx, op); err != nil {
		return err
	}
	defer c.unlock()
	return c.writeInPlace(ctx, op, w, n, true)
}

// writeInPlace runs with the turn held.
func (c *Conn) writeInPlace(
	ctx context.Context, op ws.OpCode, w *sock.Wide, n int, fin bool,
) error {
	if c.closeSent {
		return ErrCloseSent
	}
	h := ws.Header{Fin: fin, OpCode: op, Length: int64(n), Masked: c.client}
	if c.client {
		h.Mask = w.Key()
		ws.Cipher(w.Payload()[:n], h.Mask, 0)
	}
	b := w.Framed(headerSize(h), n)
	appendHeader(b[:0], h)
	return c.writeLocked(ctx, b)
}

// writeLocked runs with the turn held.
func (c *Conn) writeLocked(ctx context.Context, b []byte) error {
	c.watcher.Start(ctx)
	n, err := c.send(b)
	c.watcher.Stop()
	return c.broken(ctx, n, err)
}

// End ends the message that was begun. spoiled says that its last fragment was not sent, although
// the first was.
func (c *Conn) End(spoiled bool) {
	if spoiled {
		c.spoiled.Store(true)
	}
	close(*c.unfinished.Swap(nil))
}

// WriteFrames sends whole frames of data, in the form that this side has, in one Write. ctx is that
// of Write.
func (c *Conn) WriteFrames(ctx context.Context, b []byte) error {
	if err := c.lockFor(ctx, ws.OpText); err != nil {
		return err
	}
	defer c.unlock()
	if c.closeSent {
		return ErrCloseSent
	}
	return c.writeLocked(ctx, b)
}

// AppendMessage appends an unmasked frame with a whole message, for WriteFrames.
func AppendMessage(dst []byte, op ws.OpCode, p []byte) []byte {
	return append(appendHeader(dst, ws.Header{Fin: true, OpCode: op, Length: int64(len(p))}), p...)
}

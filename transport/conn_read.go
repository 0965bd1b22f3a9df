package transport

import (
	"bytes"
	"context"
	"errors"
	"os"

	"example.com/khp/transport/internal/frames"
	"github.com/gobwas/ws"
)

// Read returns the next message, which is the caller's to keep. It answers Pings on the way.
//
// When ctx ends, Read returns ctx.Err() and the connection stays as it is, even in the middle of a
// frame: the next Read goes on from there.
//
// When the peer closes, Read answers its Close frame and returns a [*CloseError], as soon as that
// is there; the socket of a client is closed when the server has closed its own, after 5 seconds at
// the latest. When the peer breaks the protocol, sends invalid UTF-8 in a text message (1007) or
// exceeds the read limit (1009), Read tells it why and returns a [*ProtocolError]. A connection
// that ends without a Close frame leads to an error that matches [io.ErrUnexpectedEOF], which is an
// [*InactivityError] if the peer was silent for the whole of a KeepAlive. In all these cases the
// connection is closed, and later calls return an error that matches both the first one and
// [net.ErrClosed].
func (c *Conn) Read(ctx context.Context) (t MessageType, p []byte, err error) {
	if err := c.acquire(ctx); err != nil {
		return 0, nil, c.ended(err)
	}
	defer c.finishRead()
	for done := false; !done; { // as readWhole does, without its frame: idle connections wait here
		if err = c.await(ctx); err != nil {
			return 0, nil, err
		}
		t, p, done, err = c.receive(ctx)
	}
	return t, p, err
}

// finishRead ends a read with the turn to read.
func (c *Conn) finishRead() {
	c.watcher.Stop()
	c.release()
}

// readWhole is Read with the turn to read.
func (c *Conn) readWhole(ctx context.Context) (MessageType, []byte, error) {
	for {
		if err := c.await(ctx); err != nil {
			return 0, nil, err
		}
		if t, p, done, err := c.receive(ctx); done {
			return t, p, err
		}
	}
}

// step reads one item, with the turn to read held, and answers it as the protocol asks. An end of
// ctx, which must be watched, comes as ctx.Err(). Any other error is the end of the connection.
func (c *Conn) step(ctx context.Context, into []byte) (frames.Item, error) {
	if c.hasEnded() {
		return frames.Item{}, c.closedErr()
	}
	it, err := c.link.NextInto(into)
	if err != nil {
		return frames.Item{}, c.readFailed(ctx, err)
	}
	switch it.Kind {
	case frames.Ping:
		//khp:impl WSP-FRAME-05
		c.link.Answer(it.Data)
		if x := c.seldom.Load(); x != nil && x.onPing != nil {
			x.onPing(it.Data)
		}
	case frames.Pong:
		if x := c.seldom.Load(); x != nil && x.onPong != nil {
			x.onPong(it.Data)
		}
		if c.ext == nil {
			c.pongArrived()
		}
	case frames.Close:
		return frames.Item{}, c.finish(it)
	case frames.Message:
	}
	if c.ext != nil {
		return c.incoming(it)
	}
	return it, nil
}

func (c *Conn) discard(ctx context.Context) {
	c.watcher.Start(ctx)
	defer c.watcher.Stop()
	for {
		if _, err := c.step(ctx, nil); err != nil {
			return
		}
	}
}

func (c *Conn) readFailed(ctx context.Context, err error) error {
	switch e := err.(type) {
	case *frames.Error:
		return c.fail(e)
	case *InactivityError:
		return c.giveUp(e)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && !c.hasEnded() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err // the application has set a deadline on NetConn
	}
	if !c.shutdown(err) {
		return c.closedErr()
	}
	return err
}

// await waits for the first byte of the next item. It is a function of its own with a small stack
// frame, because idle connections wait here: see [Server.connection].
func (c *Conn) await(ctx context.Context) error {
	if err := c.discardRest(ctx); err != nil {
		return err
	}
	if len(c.queue) > 0 || c.link.Buffered() {
		return nil
	}
	c.watcher.Start(ctx)
	if c.hasEnded() {
		return c.closedErr()
	}
	if err := c.link.Await(); err != nil {
		return c.readFailed(ctx, err)
	}
	return nil
}

// receive takes in one item, and counts a message. done tells that it ends a Read.
func (c *Conn) receive(ctx context.Context) (t MessageType, p []byte, done bool, err error) {
	if len(c.queue) > 0 {
		it := c.dequeue()
		c.watch.receives(1, len(it.Data))
		return it.Type, it.Data, true, nil
	}
	it, err := c.step(ctx, nil)
	switch {
	case err != nil:
		return 0, nil, true, err
	case it.Kind != frames.Message || c.closing.Load() || c.isLateTerminator(it):
		return 0, nil, false, nil
	}
	c.watch.receives(1, len(it.Data))
	return it.Type, c.keep(it).Data, true, nil
}

// isLateTerminator reports whether it is the end of the handshake's response, which may come late,
// and as text, where it is optional. The caller holds the turn to read. [AMB-01, AMB-06]
func (c *Conn) isLateTerminator(it frames.Item) bool {
	late := c.info.lateTerminator
	c.info.lateTerminator = false
	return late && len(it.Data) == 0 && !it.More
}

// acquire makes the caller the one that reads.
func (c *Conn) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case c.reading <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Conn) release() { <-c.reading }

// readForPong reads one item for Ping and queues it if it is a message. more tells whether there is
// room for another.
func (c *Conn) readForPong(ctx context.Context, pong <-chan struct{}) (more bool, err error) {
	if int64(c.queued) >= c.link.Limit() || c.reader != nil { // a Reader reads on
		return false, nil
	}
	if isClosed(pong) { // while we waited for our turn
		return true, nil
	}
	c.watcher.Start(ctx)
	it, err := c.step(ctx, nil)
	c.watcher.Stop()
	if it.Kind == frames.Message && !c.closing.Load() && !c.isLateTerminator(it) {
		c.enqueue(c.keep(it))
	}
	return true, err
}

// enqueue keeps a message for later Reads.
func (c *Conn) enqueue(it frames.Item) {
	const overhead = 64 // so that empty messages count too
	c.queue = append(c.queue, it)
	c.queued += len(it.Data) + overhead
}

// dequeue takes the oldest message that was kept.
func (c *Conn) dequeue() frames.Item {
	it := c.queue[0]
	c.queue[0] = frames.Item{}
	if c.queue = c.queue[1:]; len(c.queue) == 0 {
		c.queue, c.queued = nil, 0
	}
	return it
}

// keep makes a message the application's and lets the link go idle.
func (c *Conn) keep(it frames.Item) frames.Item {
	if !it.Owned {
		it.Data = bytes.Clone(it.Data)
	}
	c.link.Rest()
	return it
}

// awaitPong returns a channel that the next Pong closes.
func (c *Conn) awaitPong() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pong == nil {
		c.pong = make(chan struct{})
	}
	return c.pong
}

// isClosed reports whether a channel on which nothing is sent is closed.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Ping sends a Ping, or the message that an extension sends instead, and waits until a Pong
// arrives, which shows that the peer is alive. Any Pong counts: deployed iOS clients do not return
// the payload. While no Read is running Ping reads the socket itself, and keeps messages that
// arrive for later Reads, up to the read limit in total; beyond that it only waits.
func (c *Conn) Ping(ctx context.Context) error {
	pong := c.awaitPong()
	if err := c.write(ctx, ws.OpPing, nil); err != nil {
		return err
	}
	err := c.untilPong(ctx, pong)
	if isClosed(pong) { // the Pong came before the end of the wait was noticed
		return nil
	}
	return err
}

// untilPong waits for a Pong, and reads while no other call does.
func (c *Conn) untilPong(ctx context.Context, pong <-chan struct{}) error {
	reading := c.reading
	var end <-chan struct{} // of the message that a Reader reads
	for {
		select {
		case <-pong:
			return nil
		case <-c.done:
			return c.closedErr()
		case <-ctx.Done():
			return c.ended(ctx.Err())
		case <-end:
			reading, end = c.reading, nil
		case reading <- struct{}{}:
			more, err := c.readForPong(ctx, pong)
			if c.reader != nil {
				end = c.reader.ended()
			}
			c.release()
			if err != nil {
				return err
			}
			if !more {
				reading = nil
			}
		}
	}
}

func (c *Conn) pongArrived() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pong != nil {
		close(c.pong)
		c.pong = nil
	}
}

// incoming passes one item from the peer through the extensions. It returns the item if they
// deliver it unchanged, else the first one of their queue. The caller holds the turn to read.
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

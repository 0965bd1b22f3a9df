package transport

import (
	"context"
	"io"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

// Count is called with the number of messages that have passed in one direction, and of their
// bytes. The bytes of a large message may be told before it ends, with 0 messages.
type Count func(messages, bytes int)

// ForwardError is an error of the side that [Conn.Forward] and its like write to; other errors are
// of the side that they read from.
type ForwardError struct{ Err error }

// Error is the text of Err.
func (e *ForwardError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *ForwardError) Unwrap() error { return e.Err }

// Forward sends every message that arrives on to another connection, until reading c, writing to,
// or ctx ends. It does not close either. The error is that of [Conn.Read] on c, or a
// [*ForwardError] with that of [Conn.Write] on to. Nothing else should read c, or write messages to
// to, meanwhile.
//
// It costs less than Read and Write: messages that arrive together go out together, without being
// copied. A peer that does not read holds up the other. A message of more than 63 KiB, or one that
// comes in fragments, goes on in fragments as it comes, unless to is of a Kaazing client or
// gateway, which takes none; so no more than 64 KiB of it is held. The read limit of c counts for
// the whole of it. A message that turns out to be wrong behind its beginning is not finished, and
// after it only [Conn.Close] works on to.
//
// received is called for a message before it is sent, and sent afterwards; either may be nil.
func (c *Conn) Forward(ctx context.Context, to *Conn, received, sent Count) error {
	f := forwarding{c: c, ctx: ctx, received: received, sent: sent, to: &connSink{to},
		form: to.link.Form()}
	f.whole = !c.link.Relays(to.link)
	f.fragments = !to.info.unfragmented
	return f.run()
}

// ForwardTo writes the bytes of every message that arrives to w, as [Conn.Forward] sends messages
// on: several messages in one Write, and large ones as they come. w must not keep the bytes.
func (c *Conn) ForwardTo(ctx context.Context, w io.Writer, received, sent Count) error {
	f := forwarding{c: c, ctx: ctx, received: received, sent: sent, to: writerSink{w},
		form: frames.Bare, whole: !c.link.Relays(nil), fragments: true}
	return f.run()
}

// ForwardFrom sends the bytes of r as messages of type t, of at most 32 KiB, until reading, writing
// or ctx ends. The error is that of r, [io.EOF] at its end, or a [*ForwardError] with that of
// [Conn.Write]. The end of ctx interrupts a write only; the caller has to end a read of r. If r is
// a connection of TCP or a Unix socket it takes no memory while nothing comes, and each read of the
// system is followed by one write. sent is called for each message; it may be nil.
func (c *Conn) ForwardFrom(ctx context.Context, r io.Reader, t MessageType, sent Count) error {
	if err := checkType(t); err != nil {
		return &ForwardError{err}
	}
	s := sock.NewSource(r)
	defer s.Leave()
	for {
		n, err := s.Read()
		if n > 0 {
			if err := c.sendFrom(ctx, t, s.Room, n); err != nil {
				return &ForwardError{err}
			}
			if sent != nil {
				sent(1, n)
			}
		}
		if err != nil {
			return err
		}
		s.Leave()
	}
}

// sendFrom sends bytes of a buffer as one message.
func (c *Conn) sendFrom(ctx context.Context, t MessageType, room *sock.Wide, n int) error {
	if !c.link.Relays(nil) {
		return c.Write(ctx, t, room.Payload()[:n])
	}
	return c.counted(n, c.ended(c.link.WriteOf(ctx, frames.Opcode(t), room, n)))
}

// forwarding passes on the messages of a connection.
type forwarding struct {
	c              *Conn
	ctx            context.Context
	to             sink
	form           frames.Form
	whole          bool // one message after the other, because more is to be understood than frames
	fragments      bool // large messages are passed on in parts
	received, sent Count

	batch frames.Batch // the messages that next has found
	item  frames.Item
}

// sink takes messages.
type sink interface {
	batch(ctx context.Context, b *frames.Batch) error // in the form that the sink has
	message(ctx context.Context, t MessageType, p []byte) error
	begin(ctx context.Context, t MessageType) (parts, error) // of a large message
}

// parts takes a large message.
type parts interface {
	part(w *sock.Wide, n int, last bool) error // its next n bytes, which may be changed
	// The rest will not come; not after an error of part, nor after the last one.
	giveUp()
}

func (f *forwarding) run() error {
	for {
		k, err := f.next()
		switch {
		case err != nil:
		case k == passBatch:
			err = f.sendBatch()
		case k == passLarge:
			err = f.sendLarge()
		default:
			err = f.sendItem()
		}
		if err != nil {
			return err
		}
	}
}

// kind is the kind of the next message to pass on.
type kind uint8

const (
	passBatch kind = iota + 1 // f.batch
	passItem                  // f.item
	passLarge                 // the message that the connection gives next
)

// next waits for the next messages. It holds the turn to read only while it waits: forwarded
// messages no longer belong to the connection.
func (f *forwarding) next() (kind, error) {
	c := f.c
	if err := c.acquire(f.ctx); err != nil {
		return 0, c.ended(err)
	}
	k, err := f.arrived()
	c.watcher.Stop()
	c.release()
	return k, err
}

// arrived is next with the turn to read.
func (f *forwarding) arrived() (k kind, err error) {
	c := f.c
	if err := c.discardRest(f.ctx); err != nil {
		return 0, err
	}
	switch {
	case len(c.queue) > 0:
		f.item = c.dequeue()
		c.watch.receives(1, len(f.item.Data))
		return passItem, nil
	case f.whole || c.info.lateTerminator:
		f.item.Type, f.item.Data, err = c.readWhole(f.ctx)
		return passItem, err
	}
	c.link.Relay()
	for {
		ahead := frames.AheadItem
		if !c.closing.Load() { // otherwise they are discarded
			if f.batch = c.link.Batch(f.form); f.batch.Messages > 0 {
				c.watch.receives(f.batch.Messages, f.batch.Payload)
				return passBatch, nil
			}
			ahead = c.link.Ahead()
		}
		switch {
		case ahead == frames.AheadMore:
			err = f.more()
		case ahead == frames.AheadLarge && f.fragments:
			return passLarge, nil
		default:
			var done bool
			if done, err = f.single(); done {
				return passItem, err
			}
		}
		if err != nil {
			return 0, err
		}
	}
}

// more waits for bytes. It is a function of its own with a small stack frame, as [Conn.await] is.
func (f *forwarding) more() error {
	c := f.c
	c.watcher.Start(f.ctx)
	if c.hasEnded() {
		return c.closedErr()
	}
	if err := c.link.More(); err != nil {
		return c.readFailed(f.ctx, err)
	}
	return nil
}

// single takes in one item that cannot come in a batch; done says that it is a message, or an
// error.
func (f *forwarding) single() (done bool, err error) {
	c := f.c
	c.watcher.Start(f.ctx)
	f.item.Type, f.item.Data, done, err = c.receive(f.ctx)
	return done, err
}

func (f *forwarding) sendBatch() error {
	b := &f.batch
	messages, bytes := b.Messages, b.Payload
	f.receive(messages, bytes)
	err := f.to.batch(f.ctx, b)
	b.Free()
	return f.passed(messages, bytes, err)
}

func (f *forwarding) sendItem() error {
	p := f.item.Data
	f.receive(1, len(p))
	return f.passed(1, len(p), f.to.message(f.ctx, f.item.Type, p))
}

// sendLarge passes on a message in parts.
func (f *forwarding) sendLarge() error {
	t, r, err := f.c.Reader(f.ctx)
	if err != nil {
		return err
	}
	to, err := f.to.begin(f.ctx, t)
	if err != nil {
		return &ForwardError{err}
	}
	room := sock.GetWide()
	defer sock.PutWide(room)
	for {
		n, err := r.Read(room.Payload())
		last := err == io.EOF
		if err != nil && !last {
			to.giveUp()
			return err
		}
		f.receive(endings(last), n)
		if err := f.passed(endings(last), n, to.part(room, n, last)); err != nil || last {
			return err
		}
	}
}

func (f *forwarding) receive(messages, bytes int) {
	if f.received != nil {
		f.received(messages, bytes)
	}
}

// passed counts messages that were sent, unless err says why they were not.
func (f *forwarding) passed(messages, bytes int, err error) error {
	if err != nil {
		return &ForwardError{err}
	}
	if f.sent != nil {
		f.sent(messages, bytes)
	}
	return nil
}

// endings is how many messages end with a part that may be the last one.
func endings(last bool) int {
	if last {
		return 1
	}
	return 0
}

// connSink sends messages by a connection.
type connSink struct{ c *Conn }

func (s *connSink) batch(ctx context.Context, b *frames.Batch) error {
	err := s.c.ended(s.c.link.WriteFrames(ctx, b.Bytes))
	if err == nil {
		s.c.watch.sends(b.Messages, b.Payload)
	}
	return err
}

func (s *connSink) message(ctx context.Context, t MessageType, p []byte) error {
	return s.c.Write(ctx, t, p)
}

func (s *connSink) begin(ctx context.Context, t MessageType) (parts, error) {
	if err := s.c.link.Begin(ctx); err != nil {
		return nil, s.c.ended(err)
	}
	return &connParts{c: s.c, ctx: ctx, op: frames.Opcode(t)}, nil
}

// connParts sends a message in fragments.
type connParts struct {
	c   *Conn
	ctx context.Context
	op  ws.OpCode // of the next fragment
}

func (p *connParts) part(w *sock.Wide, n int, last bool) error {
	if n == 0 && !last {
		return nil
	}
	err := p.c.ended(p.c.link.WriteFragmentOf(p.ctx, p.op, w, n, last))
	if err != nil || last {
		p.c.link.End(err != nil && p.op == ws.OpContinuation)
	}
	if p.op = ws.OpContinuation; err == nil {
		p.c.watch.sends(endings(last), n)
	}
	return err
}

func (p *connParts) giveUp() { p.c.link.End(p.op == ws.OpContinuation) }

// writerSink writes the bytes of messages.
type writerSink struct{ w io.Writer }

func (s writerSink) batch(_ context.Context, b *frames.Batch) error { return s.write(b.Bytes) }

func (s writerSink) message(_ context.Context, _ MessageType, p []byte) error { return s.write(p) }

func (s writerSink) begin(context.Context, MessageType) (parts, error) { return s, nil }

func (s writerSink) part(w *sock.Wide, n int, _ bool) error { return s.write(w.Payload()[:n]) }

func (s writerSink) giveUp() {}

func (s writerSink) write(p []byte) error {
	_, err := s.w.Write(p)
	return err
}

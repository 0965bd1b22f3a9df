package transport

import (
	"context"
	"errors"
	"io"
	"net"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/stream"
	"github.com/gobwas/ws"
)

// Write sends p as one message. p is not modified and is free again on return. The bytes of a Text
// message must be UTF-8, which is not checked.
//
// If ctx ends before the first byte was sent, Write returns ctx.Err() and nothing happened. If it
// ends in the middle of the message, the stream is broken off inside a frame: the error says so and
// matches ctx.Err(), every later Write fails, and only reading still works. With TLS any ctx that
// ends during the write has this effect. After [Conn.Close] was called or the peer closed, the
// error matches [net.ErrClosed].
func (c *Conn) Write(ctx context.Context, t MessageType, p []byte) error {
	if err := checkType(t); err != nil {
		return err
	}
	return c.counted(len(p), c.write(ctx, frames.Opcode(t), p))
}

// counted counts a message that was sent without an error.
func (c *Conn) counted(n int, err error) error {
	if err == nil {
		c.watch.sends(1, n)
	}
	return err
}

// write sends one frame.
func (c *Conn) write(ctx context.Context, op ws.OpCode, p []byte) error {
	err := c.link.Write(ctx, op, p)
	if bad, ok := err.(*frames.Error); ok { // of an extension
		return c.abandon(bad)
	}
	return c.ended(err)
}

// Reader returns the next message as a stream, for messages that are too large to be held at once.
// It waits for the beginning of the message; the reader waits for the rest, and returns [io.EOF] at
// its end. ctx counts for both, as that of [Conn.Read] does: the connection stays as it is when
// ctx ends, and the next Read or Reader begins with the next message.
//
// One message is read at a time: the next Read or Reader discards the rest of it. The
// read limit counts for the whole message. A text may be cut inside of a character; that all of it
// is UTF-8 is known at its end. With extensions of package extension or compression the whole
// message is held.
func (c *Conn) Reader(ctx context.Context) (MessageType, io.Reader, error) {
	r := &messageReader{c: c, ctx: ctx}
	t, err := c.begin(r)
	if err != nil {
		return 0, nil, err
	}
	return t, r, nil
}

// begin has r read the next message.
func (c *Conn) begin(r *messageReader) (MessageType, error) {
	if err := c.acquire(r.ctx); err != nil {
		return 0, c.ended(err)
	}
	defer c.release()
	defer c.watcher.Stop()
	if err := c.discardRest(r.ctx); err != nil {
		return 0, err
	}
	if c.ext != nil || c.link.Compresses() || len(c.queue) > 0 {
		t, p, err := c.readWhole(r.ctx)
		if r.held = p; p == nil {
			r.held = []byte{}
		}
		return t, err
	}
	beginning := []byte{}
	for {
		c.watcher.Start(r.ctx)
		it, err := c.step(r.ctx, beginning)
		switch {
		case err != nil:
			return 0, err
		case it.Kind != frames.Message || c.isLateTerminator(it):
		case c.closing.Load():
			beginning = nil // discards the rest, and messages behind it
		default:
			if c.reader = r; !it.More {
				c.watch.receives(1, 0)
				r.finish()
			}
			return it.Type, nil
		}
	}
}

// messageReader reads one message.
type messageReader struct {
	c    *Conn
	ctx  context.Context
	held []byte // the received part of the message, if that is all of it
	err  error  // io.EOF after the end

	done chan struct{} // closed with the end of the message; nil if no call waits for that
}

// ended returns a channel that closes at the end of the message. The caller holds the turn to read.
func (r *messageReader) ended() <-chan struct{} {
	if r.done == nil {
		r.done = make(chan struct{})
	}
	return r.done
}

var errGivenUp = errors.New(
	"transport: the rest of this message was discarded by a later Read or Reader")

// Read implements io.Reader.
func (r *messageReader) Read(p []byte) (int, error) {
	if r.err != nil || len(p) == 0 {
		return 0, r.err
	}
	c := r.c
	if err := c.acquire(r.ctx); err != nil {
		return 0, c.ended(err)
	}
	defer c.release()
	switch {
	case c.reader == r:
		return r.read(p)
	case r.held == nil:
		return 0, errGivenUp
	}
	n := copy(p, r.held)
	if r.held = r.held[n:]; n == 0 {
		r.err = io.EOF
	}
	return n, r.err
}

// read reads a part of the message. The caller holds the turn to read.
func (r *messageReader) read(p []byte) (int, error) {
	defer r.c.watcher.Stop()
	for {
		r.c.watcher.Start(r.ctx)
		it, err := r.c.step(r.ctx, p)
		switch {
		case err != nil:
			return 0, err
		case it.Kind != frames.Message:
			continue
		}
		r.c.watch.receives(endings(!it.More), len(it.Data))
		if !it.More {
			r.finish()
		}
		if n := len(it.Data); n > 0 || r.err != nil {
			return n, r.err
		}
	}
}

// finish notes the end of the message.
func (r *messageReader) finish() {
	r.err = io.EOF
	if begun := r.c.reader; begun.done != nil {
		close(begun.done)
		begun.done = nil
	}
	r.c.reader = nil
	r.c.link.Rest()
}

// discardRest discards the rest of the message that a Reader has begun. The caller holds the
// turn to read.
func (c *Conn) discardRest(ctx context.Context) error {
	if c.reader == nil {
		return nil
	}
	rest := messageReader{c: c, ctx: ctx}
	var room [512]byte
	for c.reader != nil {
		if _, err := rest.read(room[:]); err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

// Writer begins a message whose length is not known, or which is too large to be held at once. The
// message is sent in fragments of about 4 KiB while it is written, and ends with Close; a shorter
// message goes out in one frame. Between Writer and Close no other message is sent: calls that
// write one wait. ctx counts for all calls, as that of [Conn.Write] does. After a message that
// cannot be finished, only [Conn.Close] works. The bytes of a Text message must be UTF-8, which is
// not checked; they may be cut anywhere.
//
// Deployed Kaazing clients and gateways do not take fragments: with the kaazing profile, with
// extensions of package extension and with compression, the whole message is held until Close.
func (c *Conn) Writer(ctx context.Context, t MessageType) (io.WriteCloser, error) {
	if err := checkType(t); err != nil {
		return nil, err
	}
	w := &messageWriter{c: c, ctx: ctx, op: frames.Opcode(t), typ: t}
	if c.info.unfragmented || c.ext != nil || c.link.Compresses() {
		return w, nil
	}
	w.fragments = true
	if err := c.link.Begin(ctx); err != nil {
		return nil, c.ended(err)
	}
	return w, nil
}

const fragmentSize = 4 << 10

// messageWriter writes one message.
type messageWriter struct {
	c         *Conn
	ctx       context.Context
	typ       MessageType
	op        ws.OpCode // of the next fragment
	fragments bool      // false gathers the message
	held      []byte    // not sent yet
	err       error     // net.ErrClosed after Close
}

// Write implements io.Writer.
func (w *messageWriter) Write(p []byte) (n int, err error) {
	if w.err != nil {
		return 0, w.err
	}
	if w.fragments && len(w.held)+len(p) > fragmentSize {
		if err := w.send(w.held, false); err != nil {
			return 0, err
		}
		w.held = w.held[:0]
		for ; len(p)-n > fragmentSize; n += fragmentSize {
			if err := w.send(p[n:n+fragmentSize], false); err != nil {
				return n, err
			}
		}
	}
	w.held = append(w.held, p[n:]...)
	return len(p), nil
}

// send sends one fragment; an empty one only at the end.
func (w *messageWriter) send(p []byte, fin bool) error {
	if len(p) == 0 && !fin {
		return nil
	}
	if w.err = w.c.ended(w.c.link.WriteFragment(w.ctx, w.op, p, fin)); w.err == nil {
		w.c.watch.sends(endings(fin), len(p))
	}
	if w.err != nil || fin {
		w.c.link.End(w.err != nil && w.op == ws.OpContinuation)
		return w.err
	}
	w.op = ws.OpContinuation
	return nil
}

// Close sends the rest of the message. After an error of Write it returns that error.
func (w *messageWriter) Close() (err error) {
	switch {
	case w.err != nil:
		return w.err
	case w.fragments:
		err = w.send(w.held, true)
	default:
		err = w.c.Write(w.ctx, w.typ, w.held)
	}
	w.held, w.err = nil, errClosed
	return err
}

// Prepared is a message that is sent to many connections: see [Prepare].
type Prepared struct {
	typ     MessageType
	frame   []byte // as a server sends it
	payload []byte // the end of frame
}

// Prepare makes a message for [Conn.WritePrepared], which then has a server write it without
// putting it together again for each connection. p is copied. t must be [Text] or [Binary].
func Prepare(t MessageType, p []byte) (*Prepared, error) {
	if err := checkType(t); err != nil {
		return nil, err
	}
	frame := frames.AppendMessage(nil, frames.Opcode(t), p)
	return &Prepared{t, frame, frame[len(frame)-len(p):]}, nil
}

// WritePrepared sends a prepared message, as [Conn.Write] does. m may be sent by any number of
// connections at the same time. On the client's side, where every frame is masked anew, it is just
// Write.
func (c *Conn) WritePrepared(ctx context.Context, m *Prepared) error {
	if c.link.Client() || c.ext != nil {
		return c.counted(len(m.payload), c.write(ctx, frames.Opcode(m.typ), m.payload))
	}
	return c.counted(len(m.payload), c.ended(c.link.WriteFrames(ctx, m.frame)))
}

// Stream returns the connection as a stream of bytes, for protocols with a framing of their own,
// such as MQTT, AMQP and STOMP: each Write is one message of type t, and messages are read one
// after the other without their boundaries. A message of the other type ends the connection with
// 1003, as MQTT wants it. While the stream is in use nothing else should read.
//
// Deadlines work as those of other connections, with [os.ErrDeadlineExceeded]: reading goes on
// after one, and so does writing, unless it was in the middle of a message. The end is [io.EOF]
// after a Close frame with 1000 or 1001, and otherwise the error of [Conn.Read]. Close is
// [Conn.Close] with 1000, which takes up to 5 seconds. The value returned has a method Conn, which
// returns c.
func (c *Conn) Stream(t MessageType) net.Conn {
	return connStream{stream.New(&streamed{Conn: c}, t), c}
}

// connStream is a stream that gives access to its connection.
type connStream struct {
	*stream.Stream
	c *Conn
}

// Conn returns the connection below.
func (s connStream) Conn() *Conn { return s.c }

// streamed is a Conn as a stream reads it.
type streamed struct {
	*Conn
	message messageReader // of the present message
}

// Next implements [stream.Conn].
func (s *streamed) Next(ctx context.Context) (MessageType, error) {
	s.message = messageReader{c: s.Conn, ctx: ctx}
	return s.begin(&s.message)
}

// ReadPart implements [stream.Conn].
func (s *streamed) ReadPart(ctx context.Context, p []byte) (n int, over bool, err error) {
	s.message.ctx = ctx
	if n, err = s.message.Read(p); s.message.err != nil {
		return n, true, nil
	}
	return n, false, err
}

// EndsWell implements [stream.Conn].
func (s *streamed) EndsWell(err error) bool {
	code := CloseCode(err)
	return code == CloseNormal || code == CloseGoingAway
}

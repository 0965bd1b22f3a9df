package transport

import (
	"context"
	"io"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

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

package frames

import (
	"bytes"
	"context"
	"sync"
	"unicode/utf8"

	"example.com/khp/transport/internal/deflate"
	"github.com/gobwas/ws"
)

// rsv1 marks the first frame of a compressed message. [RFC 7692 6]
const rsv1 = 4

// compression is the additional state of a connection with permessage-deflate.
type compression struct {
	in, out deflate.Codec
	packed  bool // the message begun is compressed
}

// Compress has messages compressed as both sides agreed. Call it before c is used.
func (c *Conn) Compress(p deflate.Params) {
	c.comp = &compression{in: deflate.Codec{Alone: p.ClientAlone},
		out: deflate.Codec{Alone: p.ServerAlone}}
	if c.client {
		c.comp.in.Alone, c.comp.out.Alone = p.ServerAlone, p.ClientAlone
	}
	c.state = c.state.Set(ws.StateExtended)
}

// Compression returns the agreement of both sides; ok is false without permessage-deflate.
func (c *Conn) Compression() (p deflate.Params, ok bool) {
	if c.comp == nil {
		return p, false
	}
	p = deflate.Params{ClientAlone: c.comp.in.Alone, ServerAlone: c.comp.out.Alone}
	if c.client {
		p.ClientAlone, p.ServerAlone = p.ServerAlone, p.ClientAlone
	}
	return p, true
}

// Compresses reports whether messages may be compressed.
func (c *Conn) Compresses() bool { return c.comp != nil }

// checkHeader judges a header for a receiver in the given state. The bit of compressed messages is
// right at the beginning of a message only.
func (c *Conn) checkHeader(h ws.Header, s ws.State) *Error {
	if err := checkHeader(h, s); err != nil {
		return err
	}
	if h.Rsv != 0 && (h.Rsv != rsv1 || h.OpCode != ws.OpText && h.OpCode != ws.OpBinary) {
		return &Error{codeProtocolError, ws.ErrProtocolNonZeroRsv.Error()}
	}
	return nil
}

// begins notes the type of the message that h begins.
func (c *Conn) begins(h ws.Header) {
	if c.op = h.OpCode; c.comp != nil {
		c.comp.packed = h.Rsv != 0
	}
}

// packed reports whether the message begun is compressed.
func (c *Conn) packed() bool { return c.comp != nil && c.comp.packed }

// inflate hands out a compressed message, which is complete.
func (c *Conn) inflate(p []byte) (Item, error) {
	whole, err := c.comp.in.Inflate(p, c.limit.Load())
	switch {
	case err == deflate.ErrTooLong:
		return Item{}, &Error{codeTooBig, err.Error()}
	case err != nil:
		return Item{}, &Error{codeInvalidPayload, err.Error()}
	case c.op == ws.OpText && !utf8.Valid(whole):
		return Item{}, errText
	}
	return c.message(whole, true), nil
}

var packBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// packs reports whether a frame is sent compressed.
func (c *Conn) packs(op ws.OpCode, p []byte) bool {
	return c.comp != nil && op.IsData() && deflate.Worthwhile(len(p))
}

// writePacked sends a message compressed. It runs with the turn held.
func (c *Conn) writePacked(ctx context.Context, op ws.OpCode, p []byte) error {
	b := packBuffers.Get().(*bytes.Buffer)
	defer packBuffers.Put(b)
	b.Reset()
	c.comp.out.Compress(b, p)
	h := c.header(op, b.Len())
	h.Rsv = rsv1
	err := c.writeFrame(ctx, h, b.Bytes())
	if err == nil {
		c.comp.out.Sent(p)
	}
	return err
}

package frames

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

const (
	// Bytes of a pooled write buffer; a frame that fits goes out in one Write.
	writeSize   = 16 << 10
	pongTimeout = time.Second // how long answer may be held up by a peer that does not read
)

type writeBuffer [writeSize]byte

var writeBuffers = sync.Pool{New: func() any { return new(writeBuffer) }}

// AppendFrame appends one unfragmented frame to dst, masked if this is the client. With WriteRaw it
// puts several frames into one write.
func (c *Conn) AppendFrame(dst []byte, op ws.OpCode, p []byte) []byte {
	h := c.header(op, len(p))
	dst = append(appendHeader(dst, h), p...)
	if h.Masked {
		ws.Cipher(dst[len(dst)-len(p):], h.Mask, 0)
	}
	return dst
}

// WriteRaw sends whole frames made by AppendFrame in one Write. Close frames go by Close.
func (c *Conn) WriteRaw(b []byte) error {
	ctx := context.Background()
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if c.closeSent {
		return ErrCloseSent
	}
	n, err := c.send(b)
	return c.broken(ctx, n, err)
}

// Answer sends a Pong with payload p without letting the reader depend on a peer that does not
// read: if another call is writing, that one sends it, and of several that wait only the last goes
// out (RFC 6455 section 5.5.3). It sets the write deadline of the socket and clears it.
//
//khp:impl WSP-FRAME-05
func (c *Conn) Answer(p []byte) {
	q := append([]byte(nil), p...)
	c.late.Store(&q)
	select {
	case c.turn <- struct{}{}:
		c.unlock()
	default:
	}
}

// Ask sends a Ping as Answer does a Pong.
func (c *Conn) Ask() {
	c.asking.Store(true)
	select {
	case c.turn <- struct{}{}:
		c.unlock()
	default:
	}
}

// Write sends one frame. If ctx ends before its first byte is sent, nothing happened; if it ends
// later, nothing can be sent any more.
func (c *Conn) Write(ctx context.Context, op ws.OpCode, p []byte) error {
	if TooLong(op, p) {
		return fmt.Errorf("transport: control frame with %d bytes, at most %d fit", len(p), maxControl)
	}
	if err := c.lockFor(ctx, op); err != nil {
		return err
	}
	defer c.unlock()
	if c.closeSent && op != ws.OpPong {
		return ErrCloseSent
	}
	switch {
	case c.ext != nil:
		return c.writeExtended(ctx, op, p)
	case c.packs(op, p):
		return c.writePacked(ctx, op, p)
	}
	return c.writeFrame(ctx, c.header(op, len(p)), p)
}

// TooLong reports whether p does not fit a control frame, if op is one.
func TooLong(op ws.OpCode, p []byte) bool { return op.IsControl() && len(p) > maxControl }

// Close sends the Close frame, once. Code 0 sends one without a body. A code that must not be sent,
// such as 1005, 1006 and 1015, is an error and nothing is sent. The reason is cut to 123 bytes.
func (c *Conn) Close(ctx context.Context, code uint16, reason string) error {
	body, err := closeBody(code, reason)
	if err != nil {
		return err
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if c.closeSent {
		return ErrCloseSent
	}
	if c.ext != nil {
		c.tail = append(c.tail, c.ext.Take()...)
	}
	//khp:impl WSP-FRAME-06
	c.closeSent = true
	return c.writeFrame(ctx, c.header(ws.OpClose, len(body)), body)
}

// Writing reports whether a write is in progress.
func (c *Conn) Writing() bool { return len(c.turn) > 0 }

func (c *Conn) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case c.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unlock sends the frames that are due (a Pong, a Ping, or frames that extensions owe) and then
// lets the next writer in.
func (c *Conn) unlock() {
	for {
		if p := c.late.Swap(nil); p != nil {
			c.sendControl(ws.OpPong, *p)
		}
		if c.asking.Swap(false) && !c.closeSent {
			c.sendControl(ws.OpPing, nil)
		}
		if c.ext != nil {
			c.payOwed()
		}
		<-c.turn
		// A frame that became due in between found the turn taken.
		if c.late.Load() == nil && !c.asking.Load() && (c.ext == nil || !c.ext.Owes()) {
			return
		}
		select {
		case c.turn <- struct{}{}:
		default:
			return
		}
	}
}

// sendControl runs with the turn held. A broken socket shows in the next write and in the reader.
func (c *Conn) sendControl(op ws.OpCode, p []byte) {
	b := c.AppendFrame(nil, op, p)
	_ = c.nc.SetWriteDeadline(time.Now().Add(pongTimeout))
	flushed := len(c.tail) == 0
	n, err := c.send(b)
	_ = c.nc.SetWriteDeadline(time.Time{})
	if errors.Is(err, os.ErrDeadlineExceeded) && (flushed || n > 0) {
		c.tail = b[n:]
	}
}

// writeFrame runs with the turn held.
func (c *Conn) writeFrame(ctx context.Context, h ws.Header, p []byte) error {
	c.watcher.Start(ctx)
	n, err := c.sendFrame(h, p)
	c.watcher.Stop()
	return c.broken(ctx, n, err)
}

// sendFrame writes one frame: in one Write if it fits a pooled buffer. A larger one of a server
// follows in a second Write, straight from p; one of a client is masked piece by piece.
func (c *Conn) sendFrame(h ws.Header, p []byte) (sent int, err error) {
	buf := writeBuffers.Get().(*writeBuffer)
	defer writeBuffers.Put(buf)
	b := appendHeader(buf[:0], h)
	for at := 0; ; b = buf[:0] {
		n := copy(buf[len(b):], p[at:])
		b = buf[:len(b)+n]
		if h.Masked {
			ws.Cipher(b[len(b)-n:], h.Mask, at%4)
		}
		at += n
		n, err = c.send(b)
		if sent += n; err != nil || at == len(p) {
			return sent, err
		}
		if !h.Masked {
			n, err = c.send(p[at:])
			return sent + n, err
		}
	}
}

// header makes the header of a whole message or control frame, with a fresh mask on the client's
// side.
//
//khp:impl WSP-FRAME-04
func (c *Conn) header(op ws.OpCode, n int) ws.Header {
	if op == ws.OpPing {
		c.asked.Add(1)
	}
	h := ws.Header{Fin: true, OpCode: op, Length: int64(n), Masked: c.client}
	if c.client {
		_, _ = rand.Read(h.Mask[:]) // never fails
	}
	return h
}

// send writes b after the bytes left over from before. n counts bytes of b only.
func (c *Conn) send(b []byte) (n int, err error) {
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.nc.Write(b)
}

// flush writes bytes that an earlier write has left over.
func (c *Conn) flush() error {
	if c.err != nil {
		return c.err
	}
	for len(c.tail) > 0 {
		n, err := c.nc.Write(c.tail)
		c.tail = c.tail[n:]
		if err != nil {
			return err
		}
	}
	c.tail = nil
	return nil
}

// broken judges the error of a write that got n bytes out.
func (c *Conn) broken(ctx context.Context, n int, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		err = ctx.Err()
	}
	if n > 0 && c.err == nil {
		c.err = fmt.Errorf("transport: write broken off inside a frame, nothing more can be sent: %w",
			err)
		return c.err
	}
	return err
}

// Opcode is the opcode of a message type; an unknown type counts as binary.
func Opcode(t wire.MessageType) ws.OpCode {
	if t == wire.Text {
		return ws.OpText
	}
	return ws.OpBinary
}

package transport

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

const (
	writeSize   = 16 << 10    // bytes of a pooled write buffer; a frame that fits goes out in one Write
	pongTimeout = time.Second // how long answer may be held up by a peer that does not read
)

type writeBuffer [writeSize]byte

var writeBuffers = sync.Pool{New: func() any { return new(writeBuffer) }}

// writer is the writing half of a link. All its methods may be called concurrently.
type writer struct {
	nc     net.Conn
	client bool
	turn   chan struct{} // holds a token while somebody writes; guards the fields up to late

	watcher   sock.Watcher
	err       error  // set once the stream is broken off inside a frame
	closeSent bool   // no data frame may follow
	tail      []byte // rest of a Pong or Ping the socket did not take at once; goes first

	late   atomic.Pointer[[]byte] // payload of the Pong to send by whoever holds the turn
	asking atomic.Bool            // that one sends a Ping, too
	ext    *extended              // nil without extensions
}

func (w *writer) open(nc net.Conn, client bool) {
	w.nc, w.client, w.turn = nc, client, make(chan struct{}, 1)
	w.watcher.Init(nc, sock.Write, nil)
}

// pong sends a Pong frame with at most 125 bytes.
func (w *writer) pong(p []byte) error { return w.write(context.Background(), ws.OpPong, p) }

// close sends the Close frame, once. Code 0 sends one without a body. A code that must not be sent,
// such as 1005, 1006 and 1015, is an error and nothing is sent. The reason is cut to 123 bytes.
func (w *writer) close(code uint16, reason string) error {
	return w.closeContext(context.Background(), code, reason)
}

// appendFrame appends one unfragmented frame to dst, masked if this is the client. With writeRaw it
// puts several frames into one write.
func (w *writer) appendFrame(dst []byte, op ws.OpCode, p []byte) []byte {
	h := w.header(op, len(p))
	dst = append(appendHeader(dst, h), p...)
	if h.Masked {
		ws.Cipher(dst[len(dst)-len(p):], h.Mask, 0)
	}
	return dst
}

// writeRaw sends whole frames made by appendFrame in one Write. Close frames go by close.
func (w *writer) writeRaw(b []byte) error {
	ctx := context.Background()
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	if w.closeSent {
		return errCloseSent
	}
	n, err := w.send(b)
	return w.broken(ctx, n, err)
}

// answer sends a Pong with payload p without letting the reader depend on a peer that does not
// read: if somebody else is writing, that one sends it, and of several that wait only the last goes out
// (RFC 6455 section 5.5.3). It sets the write deadline of the socket and clears it.
//
//khp:impl WSP-FRAME-05
func (w *writer) answer(p []byte) {
	q := append([]byte(nil), p...)
	w.late.Store(&q)
	select {
	case w.turn <- struct{}{}:
		w.unlock()
	default:
	}
}

// ask sends a Ping as answer does a Pong.
func (w *writer) ask() {
	w.asking.Store(true)
	select {
	case w.turn <- struct{}{}:
		w.unlock()
	default:
	}
}

// write sends one frame. If ctx ends before its first byte is sent, nothing happened; if it ends later,
// nothing can be sent any more.
func (w *writer) write(ctx context.Context, op ws.OpCode, p []byte) error {
	if tooLong(op, p) {
		return fmt.Errorf("transport: control frame with %d bytes, at most %d fit", len(p), maxControl)
	}
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	if w.closeSent && op != ws.OpPong {
		return errCloseSent
	}
	if w.ext != nil {
		return w.writeExtended(ctx, op, p)
	}
	return w.writeFrame(ctx, op, p)
}

// tooLong reports whether p does not fit a control frame, if op is one.
func tooLong(op ws.OpCode, p []byte) bool { return op.IsControl() && len(p) > maxControl }

// closeContext is close with an end to waiting.
func (w *writer) closeContext(ctx context.Context, code uint16, reason string) error {
	body, err := closeBody(code, reason)
	if err != nil {
		return err
	}
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	if w.closeSent {
		return errCloseSent
	}
	if w.ext != nil {
		w.tail = append(w.tail, w.ext.take()...)
	}
	//khp:impl WSP-FRAME-06
	w.closeSent = true
	return w.writeFrame(ctx, ws.OpClose, body)
}

// writing reports whether a write is in progress.
func (w *writer) writing() bool { return len(w.turn) > 0 }

func (w *writer) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case w.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unlock sends what is due, a Pong, a Ping or what extensions owe, and then lets the next writer in.
func (w *writer) unlock() {
	for {
		if p := w.late.Swap(nil); p != nil {
			w.sendControl(ws.OpPong, *p)
		}
		if w.asking.Swap(false) && !w.closeSent {
			w.sendControl(ws.OpPing, nil)
		}
		if w.ext != nil {
			w.payOwed()
		}
		<-w.turn
		// What came due in between found the turn taken.
		if w.late.Load() == nil && !w.asking.Load() && (w.ext == nil || !w.ext.owes()) {
			return
		}
		select {
		case w.turn <- struct{}{}:
		default:
			return
		}
	}
}

// sendControl runs with the turn held. A broken socket shows in the next write and in the reader.
func (w *writer) sendControl(op ws.OpCode, p []byte) {
	b := w.appendFrame(nil, op, p)
	_ = w.nc.SetWriteDeadline(time.Now().Add(pongTimeout))
	flushed := len(w.tail) == 0
	n, err := w.send(b)
	_ = w.nc.SetWriteDeadline(time.Time{})
	if errors.Is(err, os.ErrDeadlineExceeded) && (flushed || n > 0) {
		w.tail = b[n:]
	}
}

// writeFrame runs with the turn held.
func (w *writer) writeFrame(ctx context.Context, op ws.OpCode, p []byte) error {
	w.watcher.Start(ctx)
	n, err := w.sendFrame(op, p)
	w.watcher.Stop()
	return w.broken(ctx, n, err)
}

// sendFrame writes one frame: in one Write if it fits a pooled buffer. A larger one of a server
// follows in a second Write, straight from p; one of a client is masked piece by piece.
func (w *writer) sendFrame(op ws.OpCode, p []byte) (sent int, err error) {
	buf := writeBuffers.Get().(*writeBuffer)
	defer writeBuffers.Put(buf)
	h := w.header(op, len(p))
	b := appendHeader(buf[:0], h)
	for at := 0; ; b = buf[:0] {
		n := copy(buf[len(b):], p[at:])
		b = buf[:len(b)+n]
		if h.Masked {
			ws.Cipher(b[len(b)-n:], h.Mask, at%4)
		}
		at += n
		n, err = w.send(b)
		if sent += n; err != nil || at == len(p) {
			return sent, err
		}
		if !h.Masked {
			n, err = w.send(p[at:])
			return sent + n, err
		}
	}
}

// header makes the header of a whole message or control frame, with a fresh mask on the client's side.
//
//khp:impl WSP-FRAME-04
func (w *writer) header(op ws.OpCode, n int) ws.Header {
	h := ws.Header{Fin: true, OpCode: op, Length: int64(n), Masked: w.client}
	if w.client {
		_, _ = rand.Read(h.Mask[:]) // never fails
	}
	return h
}

// send writes b after whatever is left over from before. n counts bytes of b only.
func (w *writer) send(b []byte) (n int, err error) {
	if err := w.flush(); err != nil {
		return 0, err
	}
	return w.nc.Write(b)
}

// flush writes what is left over from before.
func (w *writer) flush() error {
	if w.err != nil {
		return w.err
	}
	for len(w.tail) > 0 {
		n, err := w.nc.Write(w.tail)
		w.tail = w.tail[n:]
		if err != nil {
			return err
		}
	}
	w.tail = nil
	return nil
}

// broken judges the error of a write that got n bytes out.
func (w *writer) broken(ctx context.Context, n int, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		err = ctx.Err()
	}
	if n > 0 && w.err == nil {
		w.err = fmt.Errorf("transport: write broken off inside a frame, nothing more can be sent: %w", err)
		return w.err
	}
	return err
}

// opcode is the opcode of a message type; an unknown type counts as binary.
func opcode(t MessageType) ws.OpCode {
	if t == Text {
		return ws.OpText
	}
	return ws.OpBinary
}

package network

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// Item is one thing that frames amount to: a message with its fragments joined, a control frame, or
// a broken rule.
type Item struct {
	// OpText, OpBinary, OpPing, OpPong or OpClose; OpContinuation for a broken rule
	Op     ws.OpCode
	Data   []byte           // of messages, Ping and Pong
	Code   uint16           // OpClose: the code, 0 for an empty frame
	Text   string           // OpClose: the reason; for a broken rule which
	Broken fsm.Failure      // FailureFrame, FailureUTF8 or FailureLimit; nothing may be read after it
	Type   wire.MessageType // of a message
	Frames int              // of a message
	Wire   []byte           // for a [Raw], the bytes of its frames, masked if they were
}

// frameReader turns a stream into items. After an item that is broken or a Close it gives no more.
type frameReader struct {
	state ws.State // side, and whether a message is unfinished
	limit int      // largest message in bytes
	buf   []byte
	op    ws.OpCode // of the unfinished message
	msg   []byte
	parts int // frames of it
	over  bool
	keep  bool   // items have their bytes
	wire  []byte // of the frames since the last item
}

// feed adds bytes and returns the messages that are complete now.
func (r *frameReader) feed(p []byte) (items []Item) {
	r.buf = append(r.buf, p...)
	for !r.over {
		it, ok := r.next()
		if !ok {
			return items
		}
		if it.Op != 0 || it.Broken != 0 {
			it.Wire, r.wire = r.wire, nil
			items = append(items, it)
		}
		r.over = it.Broken != 0 || it.Op == ws.OpClose
	}
	return items
}

// next takes one frame; ok is false if there is none. The item of a fragment is empty.
func (r *frameReader) next() (it Item, ok bool) {
	in := bytes.NewReader(r.buf)
	h, err := ws.ReadHeader(in)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Item{}, false
	}
	if err == nil {
		err = ws.CheckHeader(h, r.state)
	}
	if err != nil {
		r.note(r.buf[:min(len(r.buf), ws.MaxHeaderSize)])
		return Item{Broken: fsm.FailureFrame, Text: err.Error()}, true
	}
	if h.OpCode.IsData() && h.Length > int64(r.limit-len(r.msg)) {
		return Item{Broken: fsm.FailureLimit, Text: "message exceeds the limit"}, true
	}
	if int64(in.Len()) < h.Length {
		return Item{}, false
	}
	from := len(r.buf) - in.Len()
	end := from + int(h.Length)
	p := bytes.Clone(r.buf[from:end])
	r.note(r.buf[:end])
	r.buf = r.buf[end:]
	if h.Masked {
		ws.Cipher(p, h.Mask, 0)
	}
	return r.frame(h, p), true
}

// note keeps bytes for the item that they belong to.
func (r *frameReader) note(p []byte) {
	if r.keep {
		r.wire = append(r.wire, p...)
	}
}

// frame takes in a whole frame.
func (r *frameReader) frame(h ws.Header, p []byte) Item {
	switch {
	case h.OpCode == ws.OpClose:
		return closeItem(p)
	case h.OpCode.IsControl():
		return Item{Op: h.OpCode, Data: p}
	case h.OpCode != ws.OpContinuation:
		r.op = h.OpCode
	}
	r.msg = append(r.msg, p...)
	r.parts++
	if !h.Fin {
		r.state = r.state.Set(ws.StateFragmented)
		return Item{}
	}
	it := Item{Op: r.op, Type: wire.MessageType(r.op), Data: r.msg, Frames: r.parts}
	r.msg, r.parts, r.state = nil, 0, r.state.Clear(ws.StateFragmented)
	if it.Op == ws.OpText && !utf8.Valid(it.Data) {
		return Item{Broken: fsm.FailureUTF8, Text: "text message is not UTF-8"}
	}
	return it
}

// closeItem reads the payload of a Close frame, apart from the frame reader of transport, which it
// helps to check. [RFC 6455 5.5.1, 7.4]
func closeItem(p []byte) Item {
	if len(p) == 0 {
		return Item{Op: ws.OpClose}
	}
	code, reason := ws.ParseCloseFrameData(p)
	switch {
	case len(p) == 1:
		return Item{Broken: fsm.FailureFrame, Text: "close body of one byte"}
	case !utf8.ValidString(reason):
		return Item{Broken: fsm.FailureUTF8, Text: "close reason is not UTF-8"}
	case !wire.ValidCloseCode(uint16(code)):
		return Item{Broken: fsm.FailureFrame, Text: "close code that must not be sent"}
	}
	return Item{Op: ws.OpClose, Code: uint16(code), Text: reason}
}

// Frame is one frame to be written as it is said, legal or not.
type Frame struct {
	Op      ws.OpCode
	Data    []byte
	More    bool // it is not the last of its message
	Rsv     byte // reserved bits, 0 to 7
	Masked  bool
	Mask    [4]byte
	Claimed int64 // length to announce in place of the true one, if not 0
}

// Append writes f to dst.
func (f Frame) Append(dst []byte) []byte {
	h := ws.Header{Fin: !f.More, Rsv: f.Rsv, OpCode: f.Op, Masked: f.Masked, Mask: f.Mask,
		Length: int64(len(f.Data))}
	if f.Claimed != 0 {
		h.Length = f.Claimed
	}
	var b bytes.Buffer
	_ = ws.WriteHeader(&b, h) // a buffer takes it all
	dst = append(dst, b.Bytes()...)
	from := len(dst)
	dst = append(dst, f.Data...)
	if f.Masked {
		ws.Cipher(dst[from:], f.Mask, 0)
	}
	return dst
}

// closeData is the payload of a Close frame.
func closeData(code uint16, reason string) []byte {
	if code == 0 {
		return nil
	}
	return ws.NewCloseFrameBody(ws.StatusCode(code), reason)
}

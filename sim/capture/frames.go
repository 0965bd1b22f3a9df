package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"

	"example.com/khp/sim/replay"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// frames reads the frames of one side.
type frames struct {
	header  ws.Header
	reading bool   // header was read, its payload not wholly
	left    int64  // bytes of the payload that are still to come
	payload []byte // of a control frame
	message []byte // of the data message in progress
	typ     ws.OpCode
	begun   bool // there is one
	cut     bool // longer than the part that is kept
}

// readFrames reads the frames in the buffer.
func (h *half) readFrames() {
	f := &h.frames
	for !h.deaf {
		if !f.reading {
			in := bytes.NewReader(h.buf)
			header, err := ws.ReadHeader(in)
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return
			}
			if err != nil {
				h.broken("WSP-CLOSE-02", "a frame with an impossible length")
				return
			}
			h.read(len(h.buf) - in.Len())
			if reqs, why := f.refuse(header, h == &h.stream.halves[h.stream.client]); why != "" {
				h.broken(reqs, why)
				return
			}
			f.header, f.reading, f.left, f.payload = header, true, header.Length, nil
		}
		n := min(int64(len(h.buf)), f.left)
		if kept := f.take(h.buf[:n]); !f.header.OpCode.IsControl() && !h.stream.charge(kept) {
			h.stream.overflow()
			return
		}
		h.read(int(n))
		f.left -= n
		if f.left > 0 {
			return
		}
		f.reading = false
		h.frame()
	}
}

// refuse says which rule a frame breaks, "" if none.
func (f *frames) refuse(x ws.Header, client bool) (reqs, why string) {
	control := x.OpCode.IsControl()
	switch {
	case client && !x.Masked:
		return "WSP-FRAME-04", "a frame of the client without a mask"
	case !client && x.Masked:
		return "WSP-FRAME-04", "a frame of the server with a mask"
	case x.Rsv != 0:
		return "WSP-EXT-03 WSP-CLOSE-02", "a frame with reserved bits, " +
			"which no extension of the handshake uses"
	case x.OpCode.IsReserved():
		return "WSP-CLOSE-02", "a frame with a reserved opcode"
	case control && (!x.Fin || x.Length > ws.MaxControlFramePayloadSize):
		return "WSP-FRAME-03", "a control frame that is fragmented or too long"
	case x.OpCode == ws.OpContinuation && !f.begun:
		return "WSP-FRAME-02", "a continuation without a message"
	case x.OpCode.IsData() && x.OpCode != ws.OpContinuation && f.begun:
		return "WSP-FRAME-02", "a message that begins inside another"
	}
	return "", ""
}

// take adds bytes of the payload, and returns how many are kept.
func (f *frames) take(p []byte) (kept int) {
	into := &f.message
	if f.header.OpCode.IsControl() {
		into = &f.payload
	}
	done := f.header.Length - f.left
	keep := p[:min(len(p), max(mostMessage-len(*into), 0))]
	f.cut = f.cut || len(keep) < len(p)
	at := len(*into)
	*into = append(*into, keep...)
	if f.header.Masked {
		ws.Cipher((*into)[at:], f.header.Mask, int(done%4))
	}
	return len(keep)
}

// step adds a step that ends where the reading has come to. Its bytes were counted as they came.
func (h *half) step(s replay.Step) {
	h.stream.charge(-len(s.Data))
	h.add(s, h.here(h.pos))
}

// frame handles a frame that is complete.
func (h *half) frame() {
	f := &h.frames
	switch f.header.OpCode {
	case ws.OpPing:
		h.step(replay.Step{Kind: replay.Ping})
	case ws.OpPong:
		h.step(replay.Step{Kind: replay.Pong})
	case ws.OpClose:
		h.close(f.payload)
	default:
		if f.header.OpCode != ws.OpContinuation {
			f.typ, f.begun = f.header.OpCode, true
		}
		if f.header.Fin {
			h.message()
		}
	}
}

// close handles a Close frame.
func (h *half) close(p []byte) {
	switch {
	case len(p) == 0:
		h.step(replay.Step{Kind: replay.Close})
	case len(p) == 1:
		h.broken("WSP-CLOSE-02", "a Close frame with a body of one byte")
	case binary.BigEndian.Uint16(p) == 0:
		h.broken("WSP-CLOSE-03", "a Close frame with code 0")
	case !utf8.Valid(p[2:]):
		h.broken("WSP-TEXT-01", "a Close frame whose reason is not UTF-8")
	default:
		h.step(replay.Step{Kind: replay.Close, Code: binary.BigEndian.Uint16(p), Text: string(p[2:])})
	}
}

// message handles a message that is complete.
func (h *half) message() {
	f := &h.frames
	p := f.message
	if f.cut {
		for i := 0; i < utf8.UTFMax && f.typ == ws.OpText && !utf8.Valid(p); i++ {
			p = p[:len(p)-1] // a character may be cut
		}
	}
	if p == nil {
		p = []byte{}
	}
	h.step(replay.Step{Kind: replay.Message, Type: wire.MessageType(f.typ), Data: p})
	f.message, f.begun, f.cut = nil, false, false
}

// broken ends the reading of this side: bytes behind a broken frame mean nothing.
func (h *half) broken(reqs, why string) {
	h.step(replay.Step{Kind: replay.Broken, Code: uint16(ws.StatusProtocolError),
		Reqs: reqs, Text: why})
	h.stop()
}

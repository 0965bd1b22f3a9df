package transport

import (
	"bytes"
	"net"
	"slices"
	"sync"

	"example.com/khp/wire"
)

const headSize = 4 << 10 // bytes of a pooled buffer for an opening request; real ones have less than one

// headBuffer is what an opening request is read into.
type headBuffer struct {
	b       []byte
	request wire.Request // views into b
	opening opening      // the same
}

var headBuffers = sync.Pool{New: func() any {
	return &headBuffer{b: make([]byte, 0, headSize), request: wire.Request{Fields: make(wire.Fields, 0, 32)}}
}}

// release gives the buffer back; a large one goes.
func (h *headBuffer) release() {
	if cap(h.b) > headSize {
		return
	}
	h.b = h.b[:0]
	headBuffers.Put(h)
}

// readHead reads one request head from nc, whose read deadline is set. If err is nil and o.request is too, the head is wrong. Whatever was read is in
// o.head and o.rest, but for an empty line before a right head, which net/http would stumble over; an error of reading comes with it.
func readHead(nc net.Conn, limits wire.Limits) (o *opening, err error) {
	h := headBuffers.Get().(*headBuffer)
	h.opening.buffer = h
	o = &h.opening
	var lines wire.Lines
	for {
		if len(h.b) == cap(h.b) {
			h.b = slices.Grow(h.b, len(h.b))
		}
		from := len(h.b)
		n, err := nc.Read(h.b[from:cap(h.b)])
		h.b = h.b[:from+n]
		if lines.Grew(h.b, limits) {
			used, bad := h.request.ParseOpening(h.b, limits)
			switch {
			case bad == nil:
				o.request, o.head, o.rest = &h.request, bytes.TrimPrefix(h.b[:used:used], []byte("\r\n")), h.b[used:]
				return o, nil
			case wire.KindOf(bad) != wire.KindIncomplete:
				o.head = h.b
				return o, nil
			}
		}
		if err != nil {
			o.head = h.b
			return o, err
		}
	}
}

// Package answer reads the answer to an opening request from the bytes of a connection, as they
// arrive. The opening handshake is plain HTTP and a proxy may answer it, so an answer that refuses
// it may have a long body, a chunked one, or one that ends with the connection.
package answer

import (
	"bytes"
	"encoding/binary"

	"example.com/khp/internal/lines"
	"example.com/khp/wire"
)

// Reader reads one answer and the interim responses before it. The zero value is ready.
type Reader struct {
	lines   lines.Watch // of the response being read
	begin   int         // where that begins
	length  int         // of everything up to the body, 0 while it is not complete
	chunked bool
	chunks  chunks // of the body
}

// errMore stands for a head that goes on.
var errMore error = &wire.ParseError{Kind: wire.KindIncomplete}

// Head parses the head in b, all bytes received so far, into r and returns its length. It does so
// only when a line has ended, and never again once the head is complete; until then the error is of
// kind [wire.KindIncomplete]. Head reads over interim responses, within the limit for a unit. [RFC
// 9110 15.2] A b that is shorter than before is another answer.
func (h *Reader) Head(r *wire.Response, b []byte, l wire.Limits) (n int, err error) {
	if max(h.begin, h.length) > len(b) {
		*h = Reader{}
	}
	for h.length == 0 {
		if !h.lines.Grew(b[h.begin:], l) {
			return 0, errMore
		}
		if n, h.chunked, err = r.ParseOpening(b[h.begin:], l); err != nil {
			return 0, err
		}
		switch end := h.begin + n; {
		case r.Status >= 200 || r.Status == 101:
			h.length = end
		case end > l.Unit:
			return 0, &wire.ParseError{Kind: wire.KindUnitTooLarge, Offset: end,
				Detail: "interim responses over the limit"}
		default:
			h.begin = end // fewer bytes are left: lines begins anew
		}
	}
	return h.length, nil
}

// Body returns the received part of the body, which begins at b[0], up to limit bytes. complete
// reports whether the caller need not wait for more.
func (h *Reader) Body(r *wire.Response, b []byte, limit int) (body []byte, complete bool) {
	want := limit
	switch {
	case wire.Bodiless(r.Status):
		return nil, true
	case h.chunked:
		h.chunks.read(b, limit)
		return h.chunks.body, h.chunks.done || len(b) >= 2*limit
	case r.ContentLength >= 0 && r.ContentLength < int64(want):
		want = int(r.ContentLength)
	}
	if len(b) < want {
		return b, false
	}
	return b[:want], true
}

// chunks joins the chunks of a body that comes piece by piece. It looks at no byte of a chunk
// twice. [RFC 9112 7.1]
type chunks struct {
	at   int // bytes read
	left int // of the chunk at hand and its line end
	body []byte
	done bool // the last chunk was read, or bytes that are no chunk: the body ends before them
}

// maxChunkLine bounds the line with the size of a chunk.
const maxChunkLine = 1 << 10

// read continues in b, all received bytes of the coded body, until body has limit bytes.
func (c *chunks) read(b []byte, limit int) {
	if len(b) < c.at {
		*c = chunks{} // another body
	}
	for !c.done {
		rest := b[c.at:]
		if c.left == 0 {
			line, _, ok := bytes.Cut(rest[:min(len(rest), maxChunkLine)], []byte("\r\n"))
			if !ok {
				c.done = len(rest) >= maxChunkLine
				return
			}
			size := chunkSize(line)
			c.at, c.left, c.done = c.at+len(line)+2, size+2, size == 0
			continue
		}
		if len(rest) == 0 {
			return
		}
		n := min(len(rest), c.left)
		if data := min(n, c.left-2, limit-len(c.body)); data > 0 {
			c.body = append(c.body, rest[:data]...)
		}
		c.at, c.left, c.done = c.at+n, c.left-n, len(c.body) == limit
	}
}

// chunkSize reads the size in front of a chunk, 0 if there is none.
func chunkSize(line []byte) (size int) {
	for i, c := range line {
		d, isHex := hexDigit(c)
		if !isHex || i == 7 {
			break
		}
		size = size<<4 | d
	}
	return size
}

func hexDigit(c byte) (int, bool) {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0'), true
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10, true
	}
	return 0, false
}

// WholeMessages counts the complete data messages in b, the bytes behind a 101. It stops at the
// first bytes that a server must not send: the frame reader reports those. [RFC 6455 5.2]
func WholeMessages(b []byte) (n int) {
	for len(b) >= 2 {
		head, size := 2, uint64(b[1])
		switch {
		case size == 126 && len(b) >= 4:
			head, size = 4, uint64(binary.BigEndian.Uint16(b[2:]))
		case size == 127 && len(b) >= 10:
			head, size = 10, binary.BigEndian.Uint64(b[2:])
		case size > 125: // masked, or cut in its length
			return n
		}
		if size > uint64(len(b)-head) {
			return n
		}
		const fin, control = 0x80, 0x08
		if b[0]&fin != 0 && b[0]&control == 0 {
			n++
		}
		b = b[head+int(size):]
	}
	return n
}

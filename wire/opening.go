package wire

import "bytes"

// ParseOpening is ParseHead for the answer to an opening request: HTTP/1.1 on a
// stream, from the server or from anything on the way to it, where ParseHead has
// the stricter rules of extended responses. What differs, by RFC 9112:
//
//   - Transfer-Encoding is read. chunked tells that the body comes in chunks;
//     otherwise the body ends as ContentLength says, or with the stream. [6.3]
//   - With a status that allows no content, neither Transfer-Encoding nor
//     Content-Length means anything, whatever they say. [6.3 rule 1]
//   - A line that begins with a blank goes on with the value of the field before
//     it; blanks take the place of the line end. The value is then a copy. [5.2]
//   - Content-Length may exceed Limits.Body.
//   - HTTP/1.0 will do, except for a 101.
func (r *Response) ParseOpening(b []byte, l Limits) (n int, chunked bool, err error) {
	l.fill()
	r.reset()
	h := head{length: -1, stream: true}
	if k := h.response(r, b, &l); k != 0 {
		return 0, false, h.err(k, b)
	}
	if h.coded {
		r.ContentLength = -1
	}
	return h.line, h.chunked, nil
}

// ParseOpening is ParseHead for a request on a stream: an empty line before it is
// read over, and part of n. [RFC 9112 2.2]
func (r *Request) ParseOpening(b []byte, l Limits) (n int, err error) {
	const empty = "\r\n"
	skip := 0
	switch {
	case len(b) >= len(empty) && string(b[:len(empty)]) == empty:
		skip = len(empty)
	case len(b) < len(empty) && string(b) == empty[:len(b)]:
		return 0, &ParseError{Kind: KindIncomplete, Offset: len(b), Detail: "more bytes needed"}
	}
	n, err = r.ParseHead(b[skip:], l)
	if e, ok := err.(*ParseError); ok {
		e.Offset += skip
		return 0, e
	}
	return skip + n, nil
}

// transferEncoding notes what the field of an answer on a stream says about its
// body; without chunked as the last coding that ends with the stream.
func (h *head) transferEncoding(value []byte) Kind {
	last := trimView(value, bytes.LastIndexByte(value, ',')+1, len(value))
	h.coded, h.chunked = true, equalFold(last, "chunked")
	return 0
}

// unfold takes the line at h.line as more of the value of f.
func (h *head) unfold(w, b []byte, l *Limits, f *Field, bodiless bool) Kind {
	if !bodiless && (equalFold(f.Name, "Content-Length") || equalFold(f.Name, "Transfer-Encoding")) {
		return h.fail(KindFolded, h.line, "line starts with a blank, in a field that says where the message ends")
	}
	i := scanValue(w, max(h.seen, h.line))
	if k := h.lineEnd(w, i, len(w), KindFieldValue, "control byte", l); k != 0 {
		return k
	}
	switch more := trimView(b, h.line, i); {
	case len(f.Value) == 0:
		f.Value = more
	case len(more) > 0:
		f.Value = append(append(f.Value, ' '), more...) // its capacity ends with it, so that this makes a copy
	}
	h.line, h.seen, h.colon = i+2, i+2, 0
	return 0
}

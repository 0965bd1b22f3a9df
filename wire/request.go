package wire

// Request is an HTTP/1.1 request: an opening request on a stream or an extended
// request in a WebSocket message. A parsed Request holds views into the
// caller's buffer; they are valid as long as that buffer is unchanged. Reusing a
// Request reuses the capacity of Fields, so that parsing does not allocate.
type Request struct {
	Method        []byte // a token, case kept
	Target        []byte // origin-form or absolute-form, exactly as sent
	Minor         int    // 1 for HTTP/1.1, up to 9
	Fields        Fields
	ContentLength int64 // -1 if absent; ignored by Append
	Body          []byte
}

// ParseHead reads the request line and the fields at the start of b, and returns
// the number of bytes up to and including the empty line. What follows is not
// looked at, and Body is nil.
//
// Errors are of type *ParseError. KindIncomplete means that b is a correct
// beginning; any other kind is final, and reported at the first byte that
// proves it. The content of r is then unspecified.
func (r *Request) ParseHead(b []byte, l Limits) (n int, err error) {
	l.fill()
	return r.parseHead(b, &l)
}

func (r *Request) parseHead(b []byte, l *Limits) (n int, err error) {
	h := head{length: -1}
	k := h.requestLine(r, b, l)
	if k == 0 {
		r.Fields, k = h.fields(b, l, r.Fields[:0], true, false)
	}
	if k != 0 {
		*r = Request{Fields: r.Fields[:0], ContentLength: -1}
		return 0, h.err(k, b)
	}
	r.ContentLength, r.Body = h.length, nil
	return h.line, nil
}

// Parse reads b as one whole request: a head, and as many body bytes as
// Content-Length says, none without it. Bytes beyond that are refused with
// KindSurplus, missing ones with KindBodyTooShort, a cut head with
// KindIncomplete, and no bytes at all with KindEmpty.
func (r *Request) Parse(b []byte, l Limits) error {
	if len(b) == 0 {
		return &ParseError{Kind: KindEmpty}
	}
	l.fill()
	n, err := r.parseHead(b, &l)
	if err != nil {
		return err
	}
	return takeBody(&r.Body, b, n, max(r.ContentLength, 0))
}

// takeBody stores b[n:] as the body if it has exactly want bytes.
func takeBody(dst *[]byte, b []byte, n int, want int64) error {
	have := int64(len(b) - n)
	switch {
	case have < want:
		return &ParseError{Kind: KindBodyTooShort, Offset: len(b), Detail: "ends before Content-Length"}
	case have > want:
		return surplus(KindSurplus, n+int(want), "after the end of the message")
	case want > 0:
		*dst = b[n:len(b):len(b)]
	}
	return nil
}

// surplus does not quote what stands at off: it may be the rest of a head, with credentials.
func surplus(k Kind, off int, what string) error {
	return &ParseError{Kind: k, Offset: off, Detail: what}
}

// Append writes r to dst and returns the extended slice. The version is always
// HTTP/1.1. Content-Length is written if there is a body and Fields does not
// hold it; if Fields holds it, it must be right. What Parse refuses under the
// default limits is refused here with the same kind, and dst comes back
// unchanged: no value can break out of its place.
func (r *Request) Append(dst []byte) ([]byte, error) {
	out, err := AppendRequestLine(dst, r.Method, r.Target)
	if err != nil {
		return dst, err
	}
	out, err = appendRest(out, len(dst), r.Fields, r.Body, true, false)
	if err != nil {
		return dst, err
	}
	return out, nil
}

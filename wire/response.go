package wire

// Response is an HTTP/1.1 response: the answer to an opening request on a
// stream, or an extended response in WebSocket messages. It holds views like
// [Request] does.
type Response struct {
	Status        int    // 100 to 999
	Minor         int    // 1 for HTTP/1.1, up to 9; 0 from ParseOpening only
	Reason        []byte // may be empty; means nothing
	Fields        Fields
	ContentLength int64 // -1 if absent; ignored by Append
	Body          []byte
}

// Bodiless reports whether a response with this status never has content: 1xx,
// 204, 205 and 304.
//
//khp:impl KHP-CLASS-1XX-01
//khp:impl RFC2068-1XX-01
//khp:impl KHP-STATUS-204-02
//khp:impl KHP-STATUS-205-02
func Bodiless(status int) bool {
	return status < 200 || status == 204 || status == 205 || status == 304
}

func (h *head) response(r *Response, b []byte, l *Limits) Kind {
	if !h.began {
		if k := h.statusLine(r, b, l); k != 0 {
			return k
		}
	}
	var k Kind
	r.Fields, k = h.fields(b, l, r.Fields, false, Bodiless(r.Status))
	if k == 0 {
		r.ContentLength = h.length
	}
	return k
}

func (r *Response) reset() {
	*r = Response{Fields: r.Fields[:0], ContentLength: -1}
}

// ParseHead reads the status line and the fields at the start of b, and returns
// the number of bytes up to and including the empty line. Errors are those of
// [Request.ParseHead]; a Content-Length above zero is KindBodyForbidden where
// the status allows no content.
func (r *Response) ParseHead(b []byte, l Limits) (n int, err error) {
	l.fill()
	return r.parseHead(b, &l)
}

func (r *Response) parseHead(b []byte, l *Limits) (n int, err error) {
	r.reset()
	h := head{length: -1}
	if k := h.response(r, b, l); k != 0 {
		return 0, h.err(k, b)
	}
	return h.line, nil
}

// Parse reads b as one whole response. A 1xx, 204, 205 or 304 ends with its
// head. Otherwise the body is what Content-Length says, or the rest of b without
// it; such a rest must not begin like another response (KindSurplus). Errors are
// those of [Request.Parse], and KindBodyForbidden for content after a head that
// allows none.
func (r *Response) Parse(b []byte, l Limits) error {
	if len(b) == 0 {
		return &ParseError{Kind: KindEmpty}
	}
	l.fill()
	n, err := r.parseHead(b, &l)
	if err != nil {
		return err
	}
	_, err = r.takeBody(b, n, l.Body, true)
	return err
}

// takeBody stores the body that follows the head of n bytes, as far as it is
// there, and reports whether its length is known and reached. With ended set,
// nothing will follow.
func (r *Response) takeBody(b []byte, n, limit int, ended bool) (full bool, err error) {
	body := b[n:len(b):len(b)]
	switch {
	case Bodiless(r.Status):
		if len(body) > 0 {
			return false, surplus(KindBodyForbidden, n, "content after the head")
		}
		return true, nil
	case r.ContentLength >= 0:
		if int64(len(body)) > r.ContentLength {
			return false, surplus(KindSurplus, n+int(r.ContentLength), "after the end of the message")
		}
		if full = int64(len(body)) == r.ContentLength; ended && !full {
			return false, &ParseError{Kind: KindBodyTooShort, Offset: len(b), Detail: "ends before Content-Length"}
		}
	case len(body) >= len(versionPrefix) && string(body[:len(versionPrefix)]) == versionPrefix:
		return false, surplus(KindSurplus, n, "a second response")
	case len(body) > limit:
		return false, &ParseError{Kind: KindBodyTooLarge, Offset: n + limit, Detail: "over the limit"}
	}
	if len(body) > 0 {
		r.Body = body
	}
	return full, nil
}

// Append writes r to dst and returns the extended slice, by the rules of
// [Request.Append]. A body is refused where the status allows none.
func (r *Response) Append(dst []byte) ([]byte, error) {
	out, err := AppendStatusLine(dst, r.Status, r.Reason)
	if err != nil {
		return dst, err
	}
	out, err = appendRest(out, len(dst), r.Fields, r.Body, false, Bodiless(r.Status))
	if err != nil {
		return dst, err
	}
	return out, nil
}

package wire

import (
	"bytes"

	"example.com/khp/internal/scan"
)

// Request is an HTTP/1.1 request: an opening request on a stream or an extended
// request in a WebSocket message. A parsed Request holds views into the
// caller's buffer; they are valid as long as that buffer is unchanged. Reusing a
// Request reuses the capacity of Fields, so that parsing does not allocate.
type Request struct {
	Method        []byte // a token, case kept
	Target        []byte // origin-form or absolute-form, exactly as sent
	Minor         int    // 1 for HTTP/1.1, up to 9
	Fields        Fields
	ContentLength int64  // -1 if absent; ignored by Append
	Body          []byte // nil if a parsed message has none
}

// ParseHead reads the request line and the fields at the start of b, and returns the number of
// bytes up to and including the empty line. Bytes behind it are not read, and Body is nil.
//
// Errors are of type *ParseError. KindIncomplete means that b is a correct
// beginning; any other kind is final, and reported at the first byte that
// proves it. After an error r is empty, with ContentLength -1, but keeps the capacity of Fields.
func (r *Request) ParseHead(b []byte, l Limits) (n int, err error) {
	l.fill()
	return r.parseHead(b, &l)
}

func (r *Request) parseHead(b []byte, l *Limits) (n int, err error) {
	h := newHead()
	k := h.requestLine(r, b, l)
	if k == 0 {
		r.Fields, k = h.fields(b, l, r.Fields[:0], true, false)
	}
	if k != 0 {
		r.reset()
		return 0, h.err(k, b)
	}
	r.ContentLength, r.Body = h.length, nil
	return h.line, nil
}

func (r *Request) reset() {
	*r = Request{Fields: r.Fields[:0], ContentLength: -1}
}

// Parse reads b as one whole request: a head, and as many body bytes as Content-Length says, none
// without it. Bytes beyond that are refused with KindSurplus, missing ones with KindBodyTooShort, a
// cut head with KindIncomplete, and no bytes at all with KindEmpty. After an error r is empty, as
// after one of ParseHead.
func (r *Request) Parse(b []byte, l Limits) error {
	if len(b) == 0 {
		r.reset()
		return &ParseError{Kind: KindEmpty}
	}
	l.fill()
	n, err := r.parseHead(b, &l)
	if err != nil {
		return err
	}
	if err = takeBody(&r.Body, b, n, max(r.ContentLength, 0)); err != nil {
		r.reset()
	}
	return err
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

// surplus does not quote the bytes at off, which may be the rest of a head with credentials.
func surplus(k Kind, off int, what string) error {
	return &ParseError{Kind: k, Offset: off, Detail: what}
}

// Append writes r to dst and returns the extended slice. The version is always HTTP/1.1.
// Content-Length is written if there is a body and Fields does not hold it; if Fields holds it, it
// must be right. A message that Parse refuses under the default limits is refused, and dst is
// returned unchanged: no value can add a line or a message.
//
// The error has the kind that Parse would name, but for two cases. A part that holds a line end or
// a blank where none may be, or a name with a colon, has the kind of that part, such as KindMethod
// or KindFieldValue, where Parse would see parts of another form. Of several faults, Parse may name
// another one.
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

// Response is an HTTP/1.1 response: the answer to an opening request on a stream, or an extended
// response in WebSocket messages. It holds views like [Request] does.
type Response struct {
	Status        int    // 100 to 999
	Minor         int    // 1 for HTTP/1.1, up to 9; 0 from ParseOpening only
	Reason        []byte // may be empty; informational
	Fields        Fields
	ContentLength int64  // -1 if absent; ignored by Append
	Body          []byte // nil if a parsed message has none
}

// Bodiless reports whether a response with this status never has content: 1xx, 204, 205 and 304.
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
	r.ContentLength = h.length
	return k
}

func (r *Response) reset() {
	*r = Response{Fields: r.Fields[:0], ContentLength: -1}
}

// ParseHead reads the status line and the fields at the start of b, and returns the number of bytes
// up to and including the empty line. Errors are those of [Request.ParseHead]; a Content-Length
// above zero is KindBodyForbidden where the status allows no content.
func (r *Response) ParseHead(b []byte, l Limits) (n int, err error) {
	l.fill()
	return r.parseHead(b, &l)
}

func (r *Response) parseHead(b []byte, l *Limits) (n int, err error) {
	r.reset()
	h := newHead()
	if k := h.response(r, b, l); k != 0 {
		r.reset()
		return 0, h.err(k, b)
	}
	return h.line, nil
}

// Parse reads b as one whole response. A 1xx, 204, 205 or 304 ends with its head. Otherwise
// Content-Length gives the length of the body; without it the body is the rest of b, which must not
// begin like another response (KindSurplus). Errors are those of [Request.Parse], and
// KindBodyForbidden for content after a head that allows none.
func (r *Response) Parse(b []byte, l Limits) error {
	if len(b) == 0 {
		r.reset()
		return &ParseError{Kind: KindEmpty}
	}
	l.fill()
	n, err := r.parseHead(b, &l)
	if err != nil {
		return err
	}
	if _, err = r.takeBody(b, n, l.Body, true); err != nil {
		r.reset()
	}
	return err
}

// takeBody stores the body that follows the head of n bytes, as far as it is there, and reports
// whether its length is known and reached. With ended set, nothing will follow.
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
			return false, &ParseError{Kind: KindBodyTooShort, Offset: len(b),
				Detail: "ends before Content-Length"}
		}
	case scan.HasPrefix(body[:min(len(body), limit)], versionPrefix):
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

// ParseOpening is ParseHead for the answer to an opening request: HTTP/1.1 on a stream, from the
// server or from anything on the way to it, where ParseHead has the stricter rules of extended
// responses. These rules of RFC 9112 differ:
//
//   - Transfer-Encoding is read. chunked tells that the body comes in chunks;
//     otherwise the body ends as ContentLength says, or with the stream. [6.3]
//   - With a status that allows no content, Transfer-Encoding and Content-Length are ignored. [6.3
//     rule 1]
//   - A line that begins with a blank goes on with the value of the field before
//     it; blanks take the place of the line end. The value is then a copy. [5.2]
//   - Content-Length may exceed Limits.Body.
//   - HTTP/1.0 is accepted, except for a 101.
func (r *Response) ParseOpening(b []byte, l Limits) (n int, chunked bool, err error) {
	l.fill()
	r.reset()
	h := newHead()
	h.stream = true
	if k := h.response(r, b, &l); k != 0 {
		r.reset()
		return 0, false, h.err(k, b)
	}
	if h.coded {
		r.ContentLength = -1
	}
	return h.line, h.chunked, nil
}

// ParseOpening is ParseHead for a request on a stream: an empty line before it is skipped, and
// counts in n. [RFC 9112 2.2]
func (r *Request) ParseOpening(b []byte, l Limits) (n int, err error) {
	const empty = "\r\n"
	skip := 0
	switch {
	case scan.HasPrefix(b, empty):
		skip = len(empty)
	case bytes.HasPrefix([]byte(empty), b):
		r.reset()
		return 0, &ParseError{Kind: KindIncomplete, Offset: len(b), Detail: "more bytes needed"}
	}
	n, err = r.ParseHead(b[skip:], l)
	if e, ok := err.(*ParseError); ok {
		e.Offset += skip
		return 0, e
	}
	return skip + n, nil
}

// transferEncoding keeps the coding of an answer on a stream; its body ends with the stream unless
// chunked is the last coding.
func (h *head) transferEncoding(value []byte) Kind {
	last := scan.View(value, bytes.LastIndexByte(value, ',')+1, len(value))
	h.coded, h.chunked = true, scan.EqualFold(last, "chunked")
	return 0
}

// unfold takes the line at h.line as more of the value of f.
func (h *head) unfold(w []byte, l *Limits, f *Field, bodiless bool) Kind {
	if !bodiless && (scan.EqualFold(f.Name, "Content-Length") ||
		scan.EqualFold(f.Name, "Transfer-Encoding")) {
		return h.fail(KindFolded, h.line,
			"line starts with a blank, in a field that says where the message ends")
	}
	i := scan.Value(w, h.line)
	if k := h.lineEnd(w, i, len(w), KindFieldValue, "control byte", l); k != 0 {
		return k
	}
	switch more := scan.View(w, h.line, i); {
	case len(f.Value) == 0:
		f.Value = more
	case len(more) > 0:
		// Its capacity ends with it, so that this makes a copy.
		f.Value = append(append(f.Value, ' '), more...)
	}
	h.line = i + 2
	return 0
}

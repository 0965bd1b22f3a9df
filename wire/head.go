package wire

import (
	"bytes"
	"slices"

	"example.com/khp/internal/place"
	"example.com/khp/internal/redact"
	"example.com/khp/internal/scan"
)

// head is the scan of one head. It can stop at any byte and continue when more bytes have arrived,
// without reading any line twice; offsets stay valid when the buffer moves, because it only ever
// grows.
//
// Errors are found from left to right: a refused prefix stays refused for the same reason, with any
// bytes behind it.
type head struct {
	line   int   // offset of the line being read
	seen   int   // offset up to which that line has been checked, or of an earlier line
	colon  int   // offset of its colon, 0 while not found
	length int64 // Content-Length, -1 while absent
	host   bool  // a Host field was seen
	began  bool  // the start line is complete

	stream  bool // an answer on a stream, see [Response.ParseOpening]
	coded   bool // it has Transfer-Encoding
	chunked bool // chunked is the last of its codings

	off  int    // where the first error is
	what string // the part of the message
}

func newHead() head { return head{length: -1} }

func (h *head) fail(k Kind, off int, what string) Kind {
	h.off, h.what = off, what
	return k
}

// err quotes the line that is wrong, but not the value of a field that holds credentials.
func (h *head) err(k Kind, b []byte) error {
	e := &ParseError{Kind: k, Offset: h.off, Detail: h.what}
	if k == KindIncomplete || k == KindFolded {
		return e // the line before a folded one may be the secret one
	}
	line := b[h.line:]
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end] // the next one may hold credentials
	}
	if value, found := redact.Secret(line); found {
		line = line[:value]
	}
	e.Detail = newError(k, h.off-h.line, h.what, line).Detail
	return e
}

// window returns how far the current line can be read: the bytes at hand, or the first limit.
func (h *head) window(b []byte, l *Limits, line int) int {
	return min(len(b), line+l.Line+2, l.Head)
}

// short explains why the window ended before the line did.
func (h *head) short(end int, l *Limits) Kind {
	switch {
	case end >= l.Head:
		return h.fail(KindHeadTooLarge, end, "no empty line within the limit")
	case end >= h.line+l.Line+2:
		return h.fail(KindLineTooLong, end, "no line end within the limit")
	}
	h.seen = end
	return h.fail(KindIncomplete, end, "more bytes needed")
}

// lineEnd checks the byte at i, where the text of a line stopped, and the one
// after it. It returns 0 if they are CR LF.
func (h *head) lineEnd(b []byte, i, end int, bad Kind, what string, l *Limits) Kind {
	if i >= end {
		return h.short(end, l)
	}
	switch b[i] {
	case '\r':
		if i+1 >= end {
			k := h.short(end, l)
			h.seen = i
			return k
		}
		if b[i+1] != '\n' {
			return h.fail(KindLineEnd, i, "CR without LF")
		}
		return 0
	case '\n':
		return h.fail(KindLineEnd, i, "LF without CR")
	}
	return h.fail(bad, i, what)
}

// fields reads field lines up to and including the empty line and appends them
// to dst. It returns 0 when the head is complete; h.line is then its length.
//
//khp:impl KHP-EXT-03
func (h *head) fields(b []byte, l *Limits, dst Fields, request, bodiless bool) (Fields, Kind) {
	for line := h.line; ; {
		w := b[:h.window(b, l, line)]
		if isLineEnd(w, line) {
			h.line = line + 2
			return dst, 0
		}
		if h.stream && len(dst) > 0 && line < len(w) && scan.IsSpace(w[line]) {
			if k := h.unfold(w, l, &dst[len(dst)-1], bodiless); k != 0 {
				return dst, k
			}
			line = h.line
			continue
		}
		colon, end, k := h.fieldLine(w, l, len(dst))
		if k != 0 {
			return dst, k
		}
		name, value := b[line:colon:colon], scan.View(b, colon+1, end)
		if isSpecial(name) {
			if k := h.special(name, value, l.Body, request, bodiless); k != 0 {
				return dst, k
			}
		}
		n := len(dst)
		if n == cap(dst) {
			dst = slices.Grow(dst, 8)
		}
		dst = dst[:n+1]
		dst[n].Name, dst[n].Value = name, value // in place: a Field made elsewhere would be copied
		line = end + 2
		h.line, h.colon = line, 0
	}
}

// isSpecial reports whether a field may be one that [head.special] checks. The
// length of the name tells most others apart.
func isSpecial(name []byte) bool {
	switch len(name) {
	case len("Host"), len("Content-Length"), len("Transfer-Encoding"):
		return true
	}
	return false
}

// special checks the fields that give the end of a message and its host.
func (h *head) special(name, value []byte, body int, request, bodiless bool) Kind {
	switch {
	case request && scan.EqualFold(name, "Host"):
		return h.checkHost(value)
	case h.stream && bodiless:
		return 0
	case scan.EqualFold(name, "Content-Length"):
		return h.checkLength(value, body, bodiless)
	case scan.EqualFold(name, "Transfer-Encoding"):
		if h.stream {
			return h.transferEncoding(value)
		}
		return h.fail(KindTransferEncoding, h.line, "not used inside messages")
	}
	return 0
}

func isLineEnd(w []byte, i int) bool {
	return i+1 < len(w) && w[i] == '\r' && w[i+1] == '\n'
}

// fieldLine reads a line that is not empty, from where it stopped, and returns where its colon and
// its CR stand.
func (h *head) fieldLine(w []byte, l *Limits, count int) (colon, end int, k Kind) {
	if colon, end = h.colon, max(h.seen, h.line); colon == 0 {
		name := scan.Token(w, end)
		switch {
		case name == h.line:
			k = h.oddStart(w, l)
		case count >= l.Fields:
			k = h.fail(KindTooManyFields, h.line, "limit reached")
		case name > h.line+maxName:
			k = h.fail(KindLineTooLong, h.line+maxName, "field name over the limit")
		case name == len(w):
			k = h.short(len(w), l)
		case w[name] != ':':
			k = h.badName(w[name], name)
		}
		if k != 0 {
			return 0, 0, k
		}
		h.colon, colon, end = name, name, name+1
	}
	end = scan.Value(w, end)
	if isLineEnd(w, end) {
		return colon, end, 0
	}
	return 0, 0, h.lineEnd(w, end, len(w), KindFieldValue, "control byte", l)
}

// oddStart handles a line whose first byte cannot start a field name.
func (h *head) oddStart(w []byte, l *Limits) Kind {
	i := h.line
	if i == len(w) {
		return h.short(i, l)
	}
	switch w[i] {
	case '\r', '\n':
		return h.lineEnd(w, i, len(w), KindLineEnd, "", l)
	case ' ', '\t':
		return h.fail(KindFolded, i, "line starts with a blank")
	case ':':
		return h.fail(KindFieldName, i, "empty name")
	}
	return h.fail(KindFieldName, i, "not a token")
}

func (h *head) badName(c byte, i int) Kind {
	switch c {
	case '\r':
		return h.fail(KindNoColon, i, "line ends after the name")
	case '\n':
		return h.fail(KindLineEnd, i, "LF without CR")
	case ' ', '\t':
		return h.fail(KindFieldName, i, "blank in a name or before the colon")
	}
	return h.fail(KindFieldName, i, "not a token")
}

// checkHost allows one Host field with host[:port]. [RFC 9112 3.2]
func (h *head) checkHost(v []byte) Kind {
	if h.host {
		return h.fail(KindHost, h.line, "repeated")
	}
	h.host = true
	if len(v) > 0 && !scan.PlainHost(v) && !place.ValidHostPort(v) {
		return h.fail(KindHost, h.line, "not host[:port]")
	}
	return 0
}

// checkLength allows one Content-Length of digits only. [RFC 9112 6.3]
func (h *head) checkLength(v []byte, body int, bodiless bool) Kind {
	if h.length >= 0 {
		return h.fail(KindContentLength, h.line, "repeated")
	}
	n, ok := parseLength(v)
	switch {
	case !ok:
		return h.fail(KindContentLength, h.line, "not a number")
	case bodiless && n > 0:
		return h.fail(KindBodyForbidden, h.line, "length above zero in a response without content")
	case n > int64(body) && !h.stream:
		return h.fail(KindBodyTooLarge, h.line, "length over the limit")
	}
	h.length = n
	return 0
}

// parseLength reads one or more digits that fit 63 bits.
func parseLength(v []byte) (n int64, ok bool) {
	if len(v) == 0 {
		return 0, false
	}
	for _, c := range v {
		if !scan.IsDigit(c) || n > (1<<63-1-int64(c-'0'))/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

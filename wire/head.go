package wire

// head is the scan of one head. It can stop at any byte and go on when more
// bytes are there, without reading any line twice; offsets stay valid when the
// buffer moves, because it only ever grows.
//
// Whatever is wrong is found from left to right: a prefix that is refused stays
// refused for the same reason whatever follows it.
type head struct {
	line   int   // offset of the line being read
	seen   int   // offset up to which that line has been checked
	colon  int   // offset of its colon, 0 while not found
	length int64 // Content-Length, -1 while absent
	host   bool  // a Host field was seen
	began  bool  // the start line is complete

	off  int    // where the first error is
	what string // and what
}

func (h *head) fail(k Kind, off int, what string) Kind {
	h.off, h.what = off, what
	return k
}

// err quotes the line that is wrong, but not the value of a field that holds
// credentials.
func (h *head) err(k Kind, b []byte) error {
	e := &ParseError{Kind: k, Offset: h.off, Detail: h.what}
	if k == KindIncomplete || k == KindFolded {
		return e // the line before a folded one may be the secret one
	}
	line := b[min(h.line, len(b)):min(h.off+excerpt, len(b))]
	if value, _, found := sensitive(line); found {
		line = line[:value]
	}
	e.Detail = newError(k, h.off-h.line, h.what, line).Detail
	return e
}

// window returns how far the current line can be read: the bytes at hand, or
// the first limit.
func (h *head) window(b []byte, l *Limits) int {
	return min(len(b), h.line+l.Line+2, l.Head)
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
	for {
		end := h.window(b, l)
		w := b[:end]
		i := max(h.seen, h.line)
		if h.colon == 0 {
			if i == h.line {
				if i >= end {
					return dst, h.short(end, l)
				}
				if class[w[i]]&isToken == 0 {
					k := h.oddStart(w, l)
					return dst, k
				}
				if len(dst) >= l.Fields {
					return dst, h.fail(KindTooManyFields, i, "limit reached")
				}
			}
			i = scanToken(w, i)
			if i-h.line > maxName {
				return dst, h.fail(KindLineTooLong, h.line+maxName, "field name over the limit")
			}
			if i >= end {
				return dst, h.short(end, l)
			}
			if w[i] != ':' {
				return dst, h.badName(w[i], i)
			}
			h.colon = i
			i++
		}
		i = scanValue(w, i)
		if k := h.lineEnd(w, i, end, KindFieldValue, "control byte", l); k != 0 {
			return dst, k
		}
		f := Field{Name: b[h.line:h.colon:h.colon], Value: trimView(b, h.colon+1, i)}
		switch len(f.Name) {
		case len("Host"):
			if request && equalFold(f.Name, "Host") {
				if k := h.checkHost(f.Value); k != 0 {
					return dst, k
				}
			}
		case len("Content-Length"):
			if equalFold(f.Name, "Content-Length") {
				if k := h.checkLength(f.Value, l, bodiless); k != 0 {
					return dst, k
				}
			}
		case len("Transfer-Encoding"):
			if equalFold(f.Name, "Transfer-Encoding") {
				return dst, h.fail(KindTransferEncoding, h.line, "not used inside messages")
			}
		}
		dst = append(dst, f)
		h.line, h.seen, h.colon = i+2, i+2, 0
	}
}

// oddStart handles a line whose first byte cannot start a field name.
func (h *head) oddStart(w []byte, l *Limits) Kind {
	i := h.line
	switch w[i] {
	case '\r', '\n':
		k := h.lineEnd(w, i, len(w), 0, "", l)
		if k == 0 {
			h.line, h.seen = i+2, i+2
		}
		return k
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
	if len(v) > 0 && !validHostPort(v) {
		return h.fail(KindHost, h.line, "not host[:port]")
	}
	return 0
}

// checkLength allows one Content-Length of digits only. [RFC 9112 6.3]
func (h *head) checkLength(v []byte, l *Limits, bodiless bool) Kind {
	if h.length >= 0 {
		return h.fail(KindContentLength, h.line, "repeated")
	}
	n, ok := parseLength(v)
	switch {
	case !ok:
		return h.fail(KindContentLength, h.line, "not a number")
	case bodiless && n > 0:
		return h.fail(KindBodyForbidden, h.line, "length above zero in a response without content")
	case n > int64(l.Body):
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
		if !isDigit(c) || n > (1<<63-1-9)/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// trimView returns b[i:j] without blanks around it. Its capacity ends with it,
// so that an append by the holder cannot touch the message.
func trimView(b []byte, i, j int) []byte {
	for i < j && isSpace(b[i]) {
		i++
	}
	for i < j && isSpace(b[j-1]) {
		j--
	}
	return b[i:j:j]
}

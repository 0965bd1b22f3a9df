package wire

import "example.com/khp/internal/scan"

const (
	versionPrefix = "HTTP/1."
	usualEnd      = "HTTP/1.1\r\n" // of a request line
)

// version reads "HTTP/1." and a digit from 1 at h.line+at. An error before the slash has the kind
// name.
func (h *head) version(w []byte, i int, name Kind, l *Limits) (minor int, k Kind) {
	for j := range len(versionPrefix) {
		if i+j >= len(w) {
			return 0, h.short(len(w), l)
		}
		if w[i+j] != versionPrefix[j] {
			if j < len("HTTP/") {
				return 0, h.fail(name, i+j, "not an HTTP version")
			}
			return 0, h.fail(KindVersion, i+j, "not HTTP/1.x")
		}
	}
	i += len(versionPrefix)
	if i >= len(w) {
		return 0, h.short(len(w), l)
	}
	if d := w[i] - '0'; d >= 1 && d <= 9 || d == 0 && h.stream {
		return int(d), 0
	}
	return 0, h.fail(KindVersion, i, "minor version is not 1 to 9")
}

// requestLine reads method, target and version. [RFC 9112 3]
func (h *head) requestLine(r *Request, b []byte, l *Limits) Kind {
	end := h.window(b, l, 0)
	w := b[:end]
	i := scan.Token(w, 0)
	switch {
	case i >= end:
		return h.short(end, l)
	case w[0] == '\r' || w[0] == '\n':
		return h.fail(KindRequestLine, 0, "starts with a line end")
	case i == 0 || w[i] != ' ' && w[i] != '\r' && w[i] != '\n':
		return h.fail(KindMethod, i, "not a token")
	case w[i] != ' ':
		return h.fail(KindRequestLine, i, "no target")
	}
	r.Method = b[0:i:i]
	t := i + 1
	i, k := h.target(w, t, l)
	if k != 0 {
		return k
	}
	r.Target = b[t:i:i]
	if !validTargetForm(r.Target) {
		return h.fail(KindTarget, t, "neither a path nor an http or ws URL")
	}
	i++
	if scan.HasPrefix(w[i:], usualEnd) {
		r.Minor = 1
		i += len(usualEnd) - 2
	} else {
		if i < end && w[i] == ' ' {
			return h.fail(KindRequestLine, i, "second space")
		}
		minor, k := h.version(w, i, KindVersion, l)
		if k != 0 {
			return k
		}
		i += len(versionPrefix) + 1
		if k := h.lineEnd(w, i, end, KindVersion, "bytes after the version", l); k != 0 {
			return k
		}
		r.Minor = minor
	}
	h.line = i + 2
	return 0
}

// target reads the bytes of a request target at w[t], and returns the index of the space behind it.
func (h *head) target(w []byte, t int, l *Limits) (end int, k Kind) {
	if t >= len(w) {
		return 0, h.short(len(w), l)
	}
	switch scan.Lower(w[t]) {
	case '/', 'h', 'w':
	default:
		return 0, h.fail(KindTarget, t, "neither a path nor an http or ws URL")
	}
	most := min(len(w), t+l.Target+1)
	end = scan.Target(w[:most], t)
	switch {
	case end < most && w[end] == ' ':
	case end < most && w[end] == '\r':
		k = h.fail(KindRequestLine, end, "no version")
	case end < most && w[end] == '\n':
		k = h.fail(KindLineEnd, end, "LF without CR")
	case end < most:
		k = h.fail(KindTarget, end, "byte not allowed")
	case most > t+l.Target:
		k = h.fail(KindTargetTooLong, most, "over the limit")
	default:
		if k = h.short(len(w), l); k != KindIncomplete {
			k = KindTargetTooLong
		}
	}
	return end, k
}

// statusLine reads version, status code and the optional reason. [RFC 9112 4]
//
//khp:impl KHP-CLASS-UNLISTED-02
//khp:impl KHP-EXT-RSP-05
func (h *head) statusLine(r *Response, b []byte, l *Limits) Kind {
	const code = len("HTTP/1.1 ")
	end := h.window(b, l, 0)
	w := b[:end]
	i := h.seen
	if i <= code+3 {
		minor, k := h.version(w, 0, KindStatusLine, l)
		if k != 0 {
			return k
		}
		r.Minor = minor
		if code-1 >= end {
			return h.short(end, l)
		}
		if w[code-1] != ' ' {
			return h.fail(KindStatusLine, code-1, "no space after the version")
		}
		n := 0
		for i = code; i < code+3; i++ {
			if i >= end {
				return h.short(end, l)
			}
			if !scan.IsDigit(w[i]) || i == code && w[i] == '0' {
				return h.fail(KindStatusCode, i, "not three digits from 100")
			}
			n = n*10 + int(w[i]-'0')
		}
		if r.Status = n; r.Minor == 0 && n == 101 {
			return h.fail(KindVersion, i-1, "HTTP/1.0 cannot switch protocols")
		}
		if i >= end {
			return h.short(end, l)
		}
		switch {
		case scan.IsDigit(w[i]):
			return h.fail(KindStatusCode, i, "more than three digits")
		case w[i] != ' ' && w[i] != '\r' && w[i] != '\n':
			return h.fail(KindStatusLine, i, "no space after the status code")
		}
	}
	i = scan.Value(w, i)
	if k := h.lineEnd(w, i, end, KindStatusLine, "control byte in the reason", l); k != 0 {
		return k
	}
	if i > code+4 {
		r.Reason = b[code+4 : i : i]
	}
	h.line, h.began = i+2, true
	return 0
}

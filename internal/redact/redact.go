// Package redact writes copies of HTTP messages, fields and targets without their secrets, so that
// they can be logged.
package redact

import (
	"strings"

	"example.com/khp/internal/scan"
)

// Mark stands in the place of a secret.
const Mark = "[redacted]"

// Append writes a copy of a whole HTTP message to dst that can be logged, as a [Redactor] does.
func Append(dst, message []byte) []byte {
	var r Redactor
	return r.append(dst, message)
}

// Redactor writes copies of an HTTP message that comes in pieces, so that they can be logged: the
// values of Authorization, Proxy-Authorization, Cookie, Set-Cookie, Authentication-Info and
// Proxy-Authentication-Info (proofs by which a password can be guessed) are replaced by
// "[redacted]", and only the scheme word of the first two is kept. It works line by line on any
// bytes, so that a broken message is covered as well: CR or LF alone end a line, blanks before a
// name or colon do not matter, and the lines folded under such a field are replaced too. Bytes of
// the body that look like such a line are treated as one.
//
// A piece may end anywhere, also in a name or in a value. Its first line is read both as the rest
// of the last line and as a line of its own; a secret in either reading is replaced. The zero value
// is ready to use; an empty piece begins a new message.
type Redactor struct {
	Names []string // further fields whose values are secret

	name   []byte // of the line in progress, up to its colon, blanks reduced
	state  redaction
	folded bool // the current or last field is secret, and so are its folded lines
	last   byte // of the piece before
}

// redaction says where a piece ended.
type redaction uint8

const (
	redactLineStart redaction = iota
	redactName                // before the colon, if there is one
	redactShown               // in a value that is shown
	redactHidden              // in a value that is secret
)

// longestName bounds the part kept of a line that may be a field: no longer name is legal.
const longestName = 256

// Append writes a copy of the next piece to dst.
func (r *Redactor) Append(dst, piece []byte) []byte {
	if len(piece) == 0 {
		r.Reset()
		return dst
	}
	dst = r.append(dst, piece)
	r.keep(piece)
	return dst
}

// Reset begins a new message.
func (r *Redactor) Reset() {
	r.name, r.state, r.folded, r.last = r.name[:0],
		redactLineStart, false, 0
}

// Idle reports whether the next piece is read as the beginning of a message would be.
func (r *Redactor) Idle() bool { return r.state == redactLineStart && !r.folded }

func (r *Redactor) append(dst, piece []byte) []byte {
	for i := 0; i < len(piece); {
		j := i
		for j < len(piece) && !endsLine(piece[j]) {
			j++
		}
		dst = r.line(dst, piece[i:j])
		if i = j; j < len(piece) {
			r.name, r.state = r.name[:0], redactLineStart
		}
		for ; i < len(piece) && endsLine(piece[i]); i++ {
			dst = append(dst, piece[i])
		}
	}
	return dst
}

// line writes a line, or the rest of one that a piece before began.
func (r *Redactor) line(dst, line []byte) []byte {
	if len(line) == 0 {
		return dst
	}
	value, keepScheme, found := r.sensitive(line)
	switch {
	case r.state == redactHidden:
		dst = append(dst, Mark...)
	case found:
		dst = append(dst, line[:value]...)
		dst = appendHidden(dst, line[value:], keepScheme)
		r.state, r.folded = redactHidden, true
	case r.state == redactLineStart && r.folded && scan.IsSpace(line[0]):
		dst = append(dst, line[0])
		dst = append(dst, Mark...)
		r.state = redactHidden
	default:
		dst = append(dst, line...)
		r.folded = false
	}
	return dst
}

// keep notes where a piece has ended.
func (r *Redactor) keep(piece []byte) {
	last := r.last
	r.last = piece[len(piece)-1]
	i := len(piece)
	for i > 0 && endsLine(piece[i-1]) {
		i--
	}
	if i > 0 {
		last = piece[i-1]
	}
	for _, c := range piece[i:] {
		if endsLine(last) && (last != '\r' || c != '\n') {
			r.folded = false // an empty line: the head is over
		}
		last = c
	}
	if i < len(piece) || r.state == redactHidden || r.state == redactShown {
		return
	}
	for i > 0 && !endsLine(piece[i-1]) {
		i--
	}
	r.state = redactName
	for _, c := range piece[i:] {
		switch n := len(r.name); {
		case c == ':', n == longestName:
			r.state = redactShown
			return
		case scan.IsSpace(c) && (n == 0 || r.name[n-1] == ' '):
		case scan.IsSpace(c):
			r.name = append(r.name, ' ')
		default:
			r.name = append(r.name, c)
		}
	}
}

// sensitive finds the value of a field that must not be shown. The name may have begun in the piece
// before.
func (r *Redactor) sensitive(line []byte) (value int, keepScheme, found bool) {
	colon := -1
	for i, c := range line {
		if c == ':' {
			colon = i
			break
		}
	}
	if colon < 0 {
		return 0, false, false
	}
	keepScheme, found = r.secret(scan.Trim(line[:colon]))
	if !found && len(r.name) > 0 {
		whole := append(r.name[:len(r.name):len(r.name)], line[:colon]...)
		keepScheme, found = r.secret(scan.Trim(whole))
	}
	return colon + 1, keepScheme, found
}

// secret reports whether the values of a field are secret, and whether they begin with a scheme.
func (r *Redactor) secret(name []byte) (keepScheme, found bool) {
	switch {
	case scan.EqualFold(name, "Authorization"), scan.EqualFold(name, "Proxy-Authorization"):
		return true, true
	case scan.EqualFold(name, "Cookie"), scan.EqualFold(name, "Set-Cookie"),
		scan.EqualFold(name, "Authentication-Info"), scan.EqualFold(name,
			"Proxy-Authentication-Info"):
		return false, true
	}
	for _, n := range r.Names {
		if scan.EqualFold(name, n) {
			return false, true
		}
	}
	return false, false
}

func endsLine(c byte) bool { return c == '\r' || c == '\n' }

func appendHidden(dst, value []byte, keepScheme bool) []byte {
	i := scan.SkipSpace(value, 0)
	dst = append(dst, value[:i]...)
	if i == len(value) {
		return dst
	}
	if keepScheme {
		// A single word may be the secret itself.
		j := scan.Token(value, i)
		if k := scan.SkipSpace(value, j); k > j && k < len(value) {
			dst = append(dst, value[i:k]...)
		}
	}
	return append(dst, Mark...)
}

// Secret returns where the value of a field begins that must not be shown, in a whole line.
func Secret(line []byte) (value int, found bool) {
	var r Redactor
	value, _, found = r.sensitive(line)
	return value, found
}

// Target returns a request target or URL without its parts that may be secret: the query, and a
// user and password.
func Target(target string) string {
	path, _, query := strings.Cut(target, "?")
	scheme, rest, ok := strings.Cut(path, "//") // a reference has none
	if strings.Contains(scheme, "/") {
		scheme, rest, ok = strings.Cut(path, "://")
		scheme += ":"
	}
	if i := strings.LastIndexByte(rest, '@'); ok && i >= 0 {
		path = scheme + "//" + Mark + rest[i:]
	}
	if query {
		path += "?" + Mark
	}
	return path
}

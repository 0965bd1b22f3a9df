// Package visible writes the words of a peer so that a terminal, a log and a page show them and do
// nothing else: no character controls the terminal, changes the direction of the text around it,
// begins a line of its own, or takes no room. Such a character becomes an escape as in Go: \x1b,
// \u202e, and \xff for a byte that is not UTF-8. A backslash stays as it is, so that escapes are
// for the eye; JSON is exact.
package visible

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text escapes characters that are not visible, but for the ends of lines (\n, \r\n) and tabs.
func Text(s string) string { return escaped(s, true) }

// Line escapes characters that are not visible, ends of lines and tabs included.
func Line(s string) string { return escaped(s, false) }

// Rune reports whether r shows itself and nothing but itself. Blanks of any width do.
func Rune(r rune) bool {
	if r < utf8.RuneSelf {
		return ' ' <= r && r <= '~'
	}
	return (unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)) &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

func escaped(s string, lines bool) string {
	i := hidden(s, lines)
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b.WriteString(`\x` + hex(rune(s[i]), 2))
		} else {
			b.WriteString(escape(r))
		}
		s = s[i+n:]
		i = hidden(s, lines)
	}
	b.WriteString(s)
	return b.String()
}

// hidden returns where the first character is that has to be escaped, -1 if there is none.
func hidden[S string | []byte](s S, lines bool) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case ' ' <= c && c <= '~':
		case lines && (c == '\n' || c == '\t'):
		case lines && c == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case c < utf8.RuneSelf:
			return i
		default:
			r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			if r == utf8.RuneError && n == 1 || !Rune(r) {
				return i
			}
			i += n - 1
		}
	}
	return -1
}

func escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return `\x` + hex(r, 2)
	case r <= 0xffff:
		return `\u` + hex(r, 4)
	}
	return `\U` + hex(r, 8)
}

func hex(r rune, width int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", width-len(s)) + s
}

// JSON escapes invisible characters in encoded JSON; it stays the same value. Blanks between values
// are kept.
func JSON(b []byte) []byte {
	if bytes.IndexFunc(b, jsonHides) < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, r := range string(b) {
		switch high, low := utf16.EncodeRune(r); {
		case !jsonHides(r):
			out = utf8.AppendRune(out, r)
		case high != utf8.RuneError:
			out = append(out, `\u`+hex(high, 4)+`\u`+hex(low, 4)...)
		default:
			out = append(out, `\u`+hex(r, 4)...)
		}
	}
	return out
}

// jsonHides reports whether r is not visible in JSON. Below DEL an encoder escapes the characters
// that need it.
func jsonHides(r rune) bool { return r >= 0x7f && !Rune(r) || r == utf8.RuneError }

// Writer returns a writer that passes bytes on as Text does, for output that is not JSON. Each
// call of Write has whole characters.
func Writer(w io.Writer) io.Writer {
	return &writer{w, func(p []byte) []byte {
		if hidden(p, true) < 0 {
			return p
		}
		return []byte(Text(string(p)))
	}}
}

// JSONWriter returns a writer that passes on encoded JSON as JSON. Each call of Write has whole
// characters, as those of a [encoding/json.Encoder] and of a [log/slog.JSONHandler] have.
func JSONWriter(w io.Writer) io.Writer { return &writer{w, JSON} }

type writer struct {
	w      io.Writer
	escape func([]byte) []byte
}

// Write implements [io.Writer]. It reports all of p as written, or an error.
func (w *writer) Write(p []byte) (int, error) {
	if _, err := w.w.Write(w.escape(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

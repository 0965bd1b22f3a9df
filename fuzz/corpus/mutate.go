package corpus

import (
	"bytes"
	"iter"
	"slices"
)

// Splits iterates over every way to cut b into two pieces, neither of them empty: a reader must not
// care where a message was cut. The pieces are views.
func Splits(b []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(first, second []byte) bool) {
		for i := 1; i < len(b); i++ {
			if !yield(b[:i:i], b[i:]) {
				return
			}
		}
	}
}

// Pieces iterates over b in pieces of n bytes, the last one possibly shorter.
func Pieces(b []byte, n int) iter.Seq[[]byte] { return slices.Chunk(b, max(n, 1)) }

// hostile are the bytes that parsers have stumbled over: ends of lines and strings, blanks of all
// kinds, separators.
var hostile = []string{
	"\x00", "\r", "\n", "\t", " ", "\v", "\f", "\x1b", "\x7f", "\x80", "\x85", "\xa0", "\xff",
	"\u00a0", "\u2028", ":", ",", ";", "=", "\"", "\\", "#", "/", "\r\n", "\r\n ", "\r\n\r\n",
}

// Mutations iterates over all single mutations of a message, with a name for each: a hostile byte
// put in or in the place of another at each boundary (wherever a byte of a word meets one that is
// not), each line left out, doubled or put first, each line end made CR or LF alone, and each byte
// but one cut off. The slice is a new one each time. There are some hundreds for a short message;
// the results are not judged.
func Mutations(b []byte) iter.Seq2[string, []byte] {
	return func(yield func(name string, mutant []byte) bool) {
		for i := 0; i <= len(b); i++ {
			if !boundary(b, i) {
				continue
			}
			for _, h := range hostile {
				if !yield("insert", join(b[:i], []byte(h), b[i:])) ||
					i < len(b) && !yield("replace", join(b[:i], []byte(h), b[i+1:])) {
					return
				}
			}
		}
		lines := bytes.SplitAfter(b, []byte("\r\n"))
		for i, l := range lines {
			before, after := join(lines[:i]...), join(lines[i+1:]...)
			bare := bytes.TrimSuffix(l, []byte("\r\n"))
			if !yield("drop line", join(before, after)) || !yield("double line",
				join(before, l, l, after)) || !yield("line first", join(l, before, after)) ||
				!yield("bare CR", join(before, bare, []byte("\r"), after)) ||
				!yield("bare LF", join(before, bare, []byte("\n"), after)) {
				return
			}
		}
		for i := range b {
			if !yield("cut", bytes.Clone(b[:i])) {
				return
			}
		}
	}
}

// boundary reports whether bytes of different sorts meet at i.
func boundary(b []byte, i int) bool {
	return i == 0 || i == len(b) || word(b[i-1]) != word(b[i])
}

func word(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' ||
		c == '-' || c >= 0x80
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

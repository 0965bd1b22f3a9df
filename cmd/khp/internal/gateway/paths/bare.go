package paths

import (
	"encoding/hex"
	"path"
	"strings"
)

// Bare returns the most careless reading of a path: all escapes are decoded, also those
// that escapes hide, backslashes are slashes, parameters of segments are gone, and slashes are
// merged before dot segments are removed.
func Bare(p string) string {
	segments := strings.Split(strings.ReplaceAll(decodeAll(p), `\`, "/"), "/")
	for i, s := range segments {
		segments[i], _, _ = strings.Cut(s, ";")
	}
	clean := path.Clean("/" + strings.Join(segments, "/"))
	if clean != "/" && segments[len(segments)-1] == "" {
		clean += "/"
	}
	return clean
}

// decodeAll decodes escapes until there are none left, in one pass: any client may send a path of
// thousands of escapes that hide each other.
func decodeAll(p string) string {
	b := make([]byte, 0, len(p))
	for i := range len(p) {
		b = append(b, p[i])
		for n := len(b) - 3; n >= 0 && b[n] == '%'; n = len(b) - 3 {
			var c [1]byte
			if _, err := hex.Decode(c[:], b[n+1:]); err != nil {
				break
			}
			b = append(b[:n], c[0])
		}
	}
	return string(b)
}

// Stays reports whether a path is below pattern for the most careless reader, too, and has nothing
// in it that ends a string or a line, or that is ASCII to a careless decoder only.
func Stays(pattern, path string) bool {
	plain := decodeAll(path)
	odd := strings.ContainsFunc(plain, func(c rune) bool { return c < ' ' || c == 0x7f })
	return !odd && !overlong(plain) && Covers(Bare(pattern), Bare(path))
}

// overlong reports whether p has a longer form of a character than UTF-8 allows, which some
// decoders take for the character: a dot or a slash that no other check sees.
func overlong(p string) bool {
	for i := 1; i < len(p); i++ {
		first, next := p[i-1], p[i]
		switch {
		case next < 0x80 || next > 0xbf: // continues nothing
		case first == 0xc0, first == 0xc1, first == 0xe0 && next < 0xa0, first == 0xf0 && next < 0x90:
			return true
		}
	}
	return false
}

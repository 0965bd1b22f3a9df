package wire

import (
	"bytes"
	"iter"
)

// URIList iterates over the lines of a text/uri-list body, without comments,
// empty lines and blanks at the ends. Lines may end in CRLF or LF. The lines are
// views and unchecked: resolve them with [URL.Resolve]. [RFC 2483 5]
func URIList(body []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := body; len(rest) > 0; {
			var line []byte
			line, rest, _ = bytes.Cut(rest, []byte{'\n'})
			line = trim(bytes.TrimSuffix(line, []byte{'\r'}))
			if len(line) > 0 && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

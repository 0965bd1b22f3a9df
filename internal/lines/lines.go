// Package lines tells when a head that grows is worth parsing again.
package lines

import (
	"bytes"

	"example.com/khp/wire"
)

// Watch watches a head that grows while it is read, and tells when parsing it again may find more
// than the last time: the parser begins at the first byte each time, so a head of 16 KiB that comes
// byte by byte would cost a hundred million steps. The zero value is ready for a new head.
type Watch struct {
	seen int // bytes looked at
	line int // where the last line begins
}

// Grew reports whether b, all that has been read so far, should be parsed: its first bytes are new,
// a line has ended, or a limit is exceeded. The zero limits are the defaults. A b that is shorter
// than at the call before is the beginning of another head.
func (s *Watch) Grew(b []byte, limits wire.Limits) bool {
	limits = limits.OrDefault()
	if len(b) < s.seen {
		*s = Watch{}
	}
	from := s.seen
	s.seen = len(b)
	end := bytes.LastIndexByte(b[from:], '\n') + 1
	if end > 0 {
		s.line = from + end
	}
	return len(b) > from && (from == 0 || end > 0 || len(b)-s.line > limits.Line ||
		len(b) > limits.Head)
}

package trace

import "example.com/khp/wire"

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// Redact returns a copy of a whole HTTP message that can be shown: the values that a
// [wire.Redactor] replaces and those of the named fields are replaced. What was redacted comes out
// as it is. A message that comes in pieces takes a [wire.Redactor], which remembers where the piece
// before has ended.
func Redact(message []byte, names ...string) []byte {
	r := wire.Redactor{Names: names}
	return r.Append(make([]byte, 0, len(message)), message)
}

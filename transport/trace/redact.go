package trace

import "example.com/khp/internal/redact"

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// Redact returns a copy of a whole HTTP message that can be shown: the values that a
// [redact.Redactor] replaces and those of the named fields are replaced. A redacted message comes
// out unchanged. For a message in pieces use a [redact.Redactor], which remembers where the piece
// before has ended.
func Redact(message []byte, names ...string) []byte {
	r := redact.Redactor{Names: names}
	return r.Append(make([]byte, 0, len(message)), message)
}

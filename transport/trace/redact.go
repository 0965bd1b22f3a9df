package trace

import "example.com/khp/internal/redact"

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// Redact returns a copy of a whole HTTP message that can be shown: the values that a
// [redact.Redactor] replaces and those of the named fields are replaced. What was redacted comes
// out as it is. A message that comes in pieces takes a [redact.Redactor], which remembers where the
// piece before has ended.
func Redact(message []byte, names ...string) []byte {
	r := redact.Redactor{Names: names}
	return r.Append(make([]byte, 0, len(message)), message)
}

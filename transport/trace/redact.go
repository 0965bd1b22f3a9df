package trace

import (
	"bytes"
	"slices"
	"strings"

	"example.com/khp/wire"
)

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// Redact returns a copy of an HTTP message that can be shown: the values that [wire.AppendRedacted] replaces and those of the named fields are replaced. It works line by line on any bytes, and what was redacted comes out as it is.
func Redact(message []byte, names ...string) []byte {
	out := wire.AppendRedacted(make([]byte, 0, len(message)), message)
	if len(names) == 0 || bytes.IndexByte(out, ':') < 0 {
		return out
	}
	return redactFields(out, names)
}

// redactFields replaces the values of the named fields, line by line.
func redactFields(message []byte, names []string) []byte {
	var out []byte
	for line := range bytes.Lines(message) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		text := strings.TrimSpace(string(name))
		is := func(n string) bool { return strings.EqualFold(n, text) }
		if !ok || !slices.ContainsFunc(names, is) {
			out = append(out, line...)
			continue
		}
		out = append(append(append(out, name...), ": "+Redacted...), value[len(bytes.TrimRight(value, "\r\n")):]...)
	}
	return out
}

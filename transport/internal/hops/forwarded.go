package hops

import "strings"

// forwardedFor returns the for parameter of each element of a Forwarded field (RFC 7239 section 4),
// in order; "" for an element that has none, has several, or is not well formed. A quotation mark
// that is not closed makes the last element malformed, up to the end of the field.
func forwardedFor(value string) (nodes []string) {
	for more := true; more; {
		var node string
		node, value, more = element(value)
		nodes = append(nodes, node)
	}
	return nodes
}

// element reads one element, and reports whether another follows in rest.
func element(s string) (node, rest string, more bool) {
	found, bad := 0, false
	for {
		var name, value string
		var ok bool
		if name, value, s, ok = pair(s); !ok {
			bad = true
		}
		if strings.EqualFold(name, "for") {
			node, found = value, found+1
		}
		if s == "" || s[0] == ',' {
			break
		}
		s = s[1:] // the semicolon
	}
	if bad || found > 1 {
		node = ""
	}
	if s == "" {
		return node, "", false
	}
	return node, s[1:], true
}

// pair reads up to the next separator outside of quotation marks, with which rest begins. An empty
// pair is well formed.
func pair(s string) (name, value, rest string, ok bool) {
	end, quoted, escaped := len(s), false, false
scan:
	for i := range len(s) {
		switch c := s[i]; {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ';'):
			end = i
			break scan
		}
	}
	text, rest := strings.Trim(s[:end], " \t"), s[end:]
	if text == "" {
		return "", "", rest, true
	}
	name, value, _ = strings.Cut(text, "=")
	if quoted || name == "" || strings.ContainsAny(name, " \t\"") {
		return "", "", rest, false
	}
	if inner, is := strings.CutPrefix(value, `"`); is {
		inner, is = strings.CutSuffix(inner, `"`)
		return name, strings.ReplaceAll(inner, `\`, ""), rest, is && !strings.Contains(inner, `"`)
	}
	return name, value, rest, value != "" && !strings.ContainsAny(value, " \t\"")
}

package property

import (
	"net/netip"
	"strconv"
	"strings"

	"example.com/khp/wire"
)

// The slow judge of whole messages: cuts them into lines with package strings and looks at each
// line by itself, under the default limits. It knows nothing of kinds and offsets, only whether a
// message is one.

// slowRequest reports whether b is a request that has to be accepted.
func slowRequest(b []byte) bool {
	start, fields, rest, ok := slowHead(b)
	if !ok {
		return false
	}
	part := strings.Split(start, " ")
	if len(part) != 3 || !token(part[0]) || !slowTarget(part[1]) || !slowVersion(part[2]) {
		return false
	}
	length, ok := slowFields(fields, true)
	return ok && len(rest) == max(length, 0)
}

// slowResponse reports whether b is a response that has to be accepted.
func slowResponse(b []byte) bool {
	start, fields, rest, ok := slowHead(b)
	if !ok {
		return false
	}
	version, after, _ := strings.Cut(start, " ")
	code, reason, _ := strings.Cut(after, " ")
	if !slowVersion(version) || len(code) != 3 || !only(code, "0123456789") ||
		code[0] == '0' || !value(reason) {
		return false
	}
	length, ok := slowFields(fields, false)
	if !ok {
		return false
	}
	if wire.Bodiless(int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0')) {
		return length <= 0 && rest == ""
	}
	if length >= 0 {
		return len(rest) == length
	}
	return len(rest) <= wire.DefaultLimits().Body && !strings.HasPrefix(rest, "HTTP/1.")
}

// slowHead cuts off the head, and the head into lines.
func slowHead(b []byte) (start string, fields []string, rest string, ok bool) {
	head, rest, ok := strings.Cut(string(b), "\r\n\r\n")
	limits := wire.DefaultLimits()
	if !ok || len(head)+4 > limits.Head {
		return "", nil, "", false
	}
	lines := strings.Split(head, "\r\n")
	for _, l := range lines {
		if len(l) > limits.Line || strings.ContainsAny(l, "\r\n") {
			return "", nil, "", false
		}
	}
	return lines[0], lines[1:], rest, len(lines)-1 <= limits.Fields
}

// slowFields checks the field lines and returns Content-Length, -1 if there is none.
func slowFields(lines []string, request bool) (length int, ok bool) {
	length = -1
	hosts := 0
	for _, l := range lines {
		name, v, found := strings.Cut(l, ":")
		if !found || !token(name) || len(name) > 256 || !value(v) {
			return 0, false
		}
		v = strings.Trim(v, " \t")
		switch strings.ToLower(name) {
		case "transfer-encoding":
			return 0, false
		case "host":
			if hosts++; request && (hosts > 1 || v != "" && !slowHost(v)) {
				return 0, false
			}
		case "content-length":
			n, err := strconv.ParseInt(v, 10, 64)
			if length >= 0 || err != nil || !only(v, "0123456789") || n > int64(wire.DefaultLimits().Body) {
				return 0, false
			}
			length = int(n)
		}
	}
	return length, true
}

func slowVersion(s string) bool {
	return len(s) == 8 && s[:7] == "HTTP/1." && s[7] >= '1' && s[7] <= '9'
}

func slowTarget(s string) bool {
	if s == "" || len(s) > wire.DefaultLimits().Target {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] == 0x7f || s[i] == '#' {
			return false
		}
	}
	if s[0] == '/' {
		return true
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	switch strings.ToLower(scheme) {
	case "ws", "wss", "http", "https":
		return ok && slowHost(rest)
	}
	return false
}

// slowHost checks host [":" port].
func slowHost(s string) bool {
	host, port := s, ""
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return false
		}
		a, err := netip.ParseAddr(s[1:end])
		if err != nil || a.Is4() || a.Zone() != "" {
			return false
		}
		host = ""
		if port = s[end+1:]; port != "" && port[0] != ':' {
			return false
		}
		port = strings.TrimPrefix(port, ":")
	} else {
		host, port, _ = strings.Cut(s, ":")
		if host == "" {
			return false
		}
	}
	for host != "" {
		if host[0] == '%' {
			if len(host) < 3 || !only(host[1:3], "0123456789abcdefABCDEF") {
				return false
			}
			host = host[3:]
			continue
		}
		if !only(host[:1], alnum+"-._~!$&'()*+,;=") {
			return false
		}
		host = host[1:]
	}
	n, err := strconv.Atoi("0" + port)
	return only(port, "0123456789") && len(port) <= 5 && err == nil && n <= 65535
}

const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// only reports whether s has no byte but those in chars.
func only(s, chars string) bool { return strings.Trim(s, chars) == "" }

// token reports whether s is a token of HTTP.
func token(s string) bool { return s != "" && only(s, alnum+"!#$%&'*+-.^_`|~") }

// value reports whether s has no control byte but HTAB.
func value(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

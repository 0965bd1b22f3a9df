package wire

import "strings"

// SameAuthority reports whether two Host values name the same place: the letters of a
// name compare without regard to case, a dot at its end and zeros before a port mean
// nothing, an IPv6 address has many forms, and no port is 80 or 443, for a Host does not
// say the scheme.
func SameAuthority(a, b string) bool {
	if a == b {
		return true
	}
	hostA, portA, okA := authority(a)
	hostB, portB, okB := authority(b)
	same := portA == portB || portA == 0 && (portB == 80 || portB == 443) || portB == 0 && (portA == 80 || portA == 443)
	return okA && okB && same && hostA == hostB
}

// authority returns the one form of a host, and its port, 0 if there is none.
func authority(s string) (host string, port uint16, ok bool) {
	host, digits, ok := splitHostPort(s)
	if digits = strings.TrimLeft(digits, "0"); !ok {
		return "", 0, false
	}
	if digits != "" {
		if port, ok = parsePort(digits); !ok {
			return "", 0, false
		}
	}
	if strings.HasPrefix(host, "[") {
		if a, ok := parseIPv6(host[1 : len(host)-1]); ok {
			return formatIPv6(a), port, true
		}
	}
	return strings.TrimSuffix(strings.ToLower(host), "."), port, true
}

// SamePath reports whether two paths, without query, come to the same once their escapes
// are decoded and their dot segments are gone. An escaped slash is none. It is for
// recognising a path that was written anew on its way, not for rights.
func SamePath(a, b string) bool {
	return a == b || decodedPath(a) == decodedPath(b)
}

// decodedPath decodes all escapes but those of '/' and '%', which would become others.
func decodedPath(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return removeDots(s)
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '%' || i+2 >= len(s) || class[s[i+1]]&class[s[i+2]]&isHex == 0 {
			out = append(out, c)
			continue
		}
		switch c = unhex(s[i+1])<<4 | unhex(s[i+2]); c {
		case '/':
			out = append(out, "%2F"...)
		case '%':
			out = append(out, "%25"...)
		default:
			out = append(out, c)
		}
		i += 2
	}
	return removeDots(string(out))
}

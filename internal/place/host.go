package place

import (
	"strconv"
	"strings"

	"example.com/khp/internal/scan"
)

// SplitHostPort cuts at the colon before the port. ok is false if brackets are out of place; the
// port is not looked at.
func SplitHostPort[S scan.Text](s S) (host, port S, ok bool) {
	if len(s) > 0 && s[0] == '[' {
		for i := 1; i < len(s); i++ {
			if s[i] != ']' {
				continue
			}
			host, port = s[:i+1], s[i+1:]
			if len(port) > 0 {
				if port[0] != ':' {
					return host, port, false
				}
				port = port[1:]
			}
			return host, port, true
		}
		return s, port, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] == ':' {
			return s[:i], s[i+1:], true
		}
	}
	return s, s[len(s):], true
}

// ValidHostPort checks uri-host [":" port] of RFC 9110 section 7.2: a registered
// name or an address, not empty, and a port up to 65535, which may be empty.
func ValidHostPort[S scan.Text](s S) bool {
	host, port, ok := SplitHostPort(s)
	if !ok || len(host) == 0 {
		return false
	}
	if _, ok := ParsePort(port); !ok && len(port) > 0 {
		return false
	}
	if host[0] == '[' {
		_, ok := ParseIPv6(host[1 : len(host)-1])
		return ok
	}
	for i := 0; i < len(host); i++ {
		switch c := host[i]; {
		case scan.Is(c, scan.IsRegName):
		case scan.IsEscape(host, i):
			i += 2
		default:
			return false
		}
	}
	return true
}

// ParsePort reads one to five digits, 0 to 65535.
func ParsePort[S scan.Text](s S) (uint16, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		if !scan.IsDigit(s[i]) {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return uint16(n), len(s) > 0 && len(s) <= 5 && n <= 65535
}

// ParseIPv6 reads the text between the brackets, without a zone. [RFC 4291 2.2]
func ParseIPv6[S scan.Text](s S) (a [8]uint16, ok bool) {
	n, gap := 0, -1 // groups read; where "::" stands
	i := 0
	if len(s) >= 2 && s[0] == ':' && s[1] == ':' {
		gap, i = 0, 2
	}
	for i < len(s) {
		if n == 8 {
			return a, false
		}
		v, j := 0, i
		for j < len(s) && j < i+4 && scan.Is(s[j], scan.IsHex) {
			v = v<<4 | int(scan.Unhex(s[j]))
			j++
		}
		if j == i {
			return a, false
		}
		if j < len(s) && s[j] == '.' {
			hi, lo, ok := parseIPv4(s[i:])
			if !ok || n > 6 {
				return a, false
			}
			a[n], a[n+1] = hi, lo
			n += 2
			break
		}
		a[n] = uint16(v)
		n++
		if i = j; i == len(s) {
			break
		}
		if s[i] != ':' {
			return a, false
		}
		i++
		if i == len(s) {
			return a, false
		}
		if s[i] == ':' {
			if gap >= 0 {
				return a, false
			}
			gap = n
			i++
		}
	}
	if gap < 0 {
		return a, n == 8
	}
	if n == 8 {
		return a, false
	}
	var full [8]uint16
	copy(full[:], a[:gap])
	copy(full[8-(n-gap):], a[gap:n])
	return full, true
}

// parseIPv4 reads a dotted quad as two groups.
func parseIPv4[S scan.Text](s S) (hi, lo uint16, ok bool) {
	var q [4]int
	part, digits := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case scan.IsDigit(s[i]):
			if digits > 0 && q[part] == 0 {
				return 0, 0, false
			}
			q[part] = q[part]*10 + int(s[i]-'0')
			if digits++; q[part] > 255 {
				return 0, 0, false
			}
		case s[i] == '.' && digits > 0 && part < 3:
			part++
			digits = 0
		default:
			return 0, 0, false
		}
	}
	return uint16(q[0]<<8 | q[1]), uint16(q[2]<<8 | q[3]), part == 3 && digits > 0
}

// FormatIPv6 writes the one canonical form, in brackets. [RFC 5952]
func FormatIPv6(a [8]uint16) string {
	gap, length := -1, 1
	for i := range a {
		j := i
		for j < 8 && a[j] == 0 {
			j++
		}
		if j-i > length {
			gap, length = i, j-i
		}
	}
	b := append(make([]byte, 0, 41), '[')
	for i := 0; i < 8; i++ {
		if i == gap {
			b = append(b, ':', ':')
			i += length - 1
			continue
		}
		if i > 0 && i != gap+length {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, uint64(a[i]), 16)
	}
	return string(append(b, ']'))
}

// SameAuthority reports whether two Host values name the same place: the letters of a name compare
// without regard to case, a dot at its end and zeros before a port mean nothing, an IPv6 address
// has many forms, and no port is 80 or 443, for a Host does not say the scheme. Port 0 is a port of
// its own.
func SameAuthority(a, b string) bool {
	if a == b {
		return true
	}
	hostA, portA, okA := authority(a)
	hostB, portB, okB := authority(b)
	same := portA == portB || portA == "" && isDefault(portB) || portB == "" && isDefault(portA)
	return okA && okB && same && hostA == hostB
}

func isDefault(port string) bool { return port == "80" || port == "443" }

// authority returns the one form of a host, and that of its port, "" if there is none.
func authority(s string) (host, port string, ok bool) {
	if host, port, ok = SplitHostPort(s); !ok {
		return "", "", false
	}
	if port != "" {
		last := len(port) - 1
		port = strings.TrimLeft(port[:last], "0") + port[last:]
		if _, ok = ParsePort(port); !ok {
			return "", "", false
		}
	}
	if strings.HasPrefix(host, "[") {
		if a, ok := ParseIPv6(host[1 : len(host)-1]); ok {
			return FormatIPv6(a), port, true
		}
	}
	return strings.TrimSuffix(strings.ToLower(host), "."), port, true
}

package place

import (
	"net/netip"
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
func ParseIPv6[S scan.Text](s S) (a netip.Addr, ok bool) {
	a, _ = netip.ParseAddr(string(s)) // the zero Addr is of no version
	return a, a.Is6() && a.Zone() == ""
}

// FormatIPv6 writes the one canonical form, in brackets, always without dots. [RFC 5952]
func FormatIPv6(a netip.Addr) string {
	if !a.Is4In6() {
		return "[" + a.String() + "]"
	}
	b := a.As16()
	group := func(i int) string { return strconv.FormatUint(uint64(b[i])<<8|uint64(b[i+1]), 16) }
	return "[::ffff:" + group(12) + ":" + group(14) + "]"
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

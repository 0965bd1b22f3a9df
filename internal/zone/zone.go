// Package zone reads the zones of IPv6 addresses in URLs, which package wire refuses: servers are
// not shown them.
package zone

import (
	"net/url"
	"strings"
)

// Cut takes the zone from the IPv6 address of a URL, as in ws://[fe80::1%25eth0]/. zone is "", and
// without is rawURL, if there is none. [RFC 6874 2, 4]
func Cut(rawURL string) (without, zone string) {
	scheme, rest, _ := strings.Cut(rawURL, "://[")
	addr, rest, found := strings.Cut(rest, "]")
	if addr, text, ok := strings.Cut(addr, "%25"); ok && found && strings.Contains(addr, ":") {
		if zone, err := url.PathUnescape(text); err == nil && zone != "" && !strings.ContainsAny(zone,
			"%/@[]") {
			return scheme + "://[" + addr + "]" + rest, zone
		}
	}
	return rawURL, ""
}

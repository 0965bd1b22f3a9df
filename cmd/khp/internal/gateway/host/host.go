// Package host knows by which names a server is asked.
package host

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Set is a set of names. The zero value has every name.
type Set struct{ list []pattern }

type pattern struct {
	host *regexp.Regexp
	port string // "" is every port
}

// wellFormed is NAME or NAME:PORT, with * for any characters.
var wellFormed = regexp.MustCompile(`^([a-zA-Z0-9._*-]+|\[[0-9a-fA-F:.]+\])(:[0-9]+)?$`)

// Check says what is wrong with a name of the setting hosts, "" if nothing is.
func Check(name string) (why string) {
	if !wellFormed.MatchString(name) {
		return "expected a host as it stands in a URL, with * for any characters, " +
			"as in www.example.com, *.example.com or intranet:8443"
	}
	if _, port := split(name); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "its port is not a number from 1 to 65535"
		}
	}
	return ""
}

// New makes a set of names that [Check] has nothing against. Without any it has every name.
func New(names []string) *Set {
	s := &Set{}
	for _, name := range names {
		host, port := split(name)
		form := strings.ReplaceAll(regexp.QuoteMeta(host), `\*`, ".*")
		s.list = append(s.list, pattern{regexp.MustCompile("^" + form + "$"), port})
	}
	return s
}

// Own reports whether a Host field names this server. An address always does: the page of a browser
// that was led here by a name of its own sends that name.
func (s *Set) Own(field string) bool {
	if len(s.list) == 0 {
		return true
	}
	host, port := split(field)
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return slices.ContainsFunc(s.list, func(p pattern) bool {
		return p.host.MatchString(host) && (p.port == "" || p.port == port ||
			port == "" && (p.port == "80" || p.port == "443")) // which clients leave out
	})
}

// split returns host and port in the form in which they are compared; a dot at the end of a name
// means nothing.
func split(field string) (host, port string) {
	host = field
	if h, p, err := net.SplitHostPort(field); err == nil {
		host, port = h, p
	}
	return strings.ToLower(strings.TrimSuffix(host, ".")), port
}

// Package origin decides which pages of browsers may connect.
package origin

import (
	"net"
	"regexp"
	"slices"
	"strings"

	"example.com/khp/endpoint"
)

// Check says what is wrong with a pattern of allow-origin, "" if nothing is.
func Check(pattern string) (why string) {
	if !originPattern.MatchString(pattern) {
		return "expected a host or scheme://host[:port], with * for any characters, as in https://*.example.com"
	}
	return ""
}

// Checker makes the check of the Origin field from patterns that [Check] has nothing against. The
// same origin is allowed if own knows its host, and one of scheme privileged always, as at Kaazing's
// gateway: its Java and iOS clients send it with the host that they think they talk to, and no page
// of a browser can have it.
func Checker(patterns []string, own func(host string) bool) func(origin, host string) bool {
	var list []string
	for _, p := range patterns {
		list = append(list, strings.ToLower(p))
	}
	return func(origin, host string) bool {
		if own(host) && endpoint.SameOrigin(origin, host) || isPrivileged(origin) {
			return true
		}
		return slices.ContainsFunc(list, func(p string) bool { return originMatches(p, strings.ToLower(origin)) })
	}
}

// originPattern is what an Origin can look like: browsers write names that are not ASCII in their
// other form, and lists nowhere.
var originPattern = regexp.MustCompile(`^([a-zA-Z*][a-zA-Z0-9+.*-]*://)?([a-zA-Z0-9._*-]+|\[[0-9a-fA-F:.*]+\])(:[0-9*]+)?$`)

// isPrivileged reports whether origin is privileged://host[:port].
func isPrivileged(origin string) bool {
	scheme, rest, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(scheme, "privileged") && rest != "" && !strings.ContainsAny(rest, "/?#@ ,")
}

// originMatches compares in lower case. A pattern without scheme stands for every scheme, and
// without port for every port.
func originMatches(pattern, origin string) bool {
	if pattern == "*" || pattern == origin {
		return true
	}
	_, authority, ok := strings.Cut(origin, "://")
	if !ok || authority == "" || strings.ContainsAny(authority, "/?#@ ") {
		return false
	}
	switch {
	case strings.Contains(pattern, "://"):
		return glob(pattern, origin)
	case glob(pattern, authority):
		return true
	}
	host, _, err := net.SplitHostPort(authority)
	return err == nil && glob(pattern, host)
}

// glob matches s against a pattern in which * stands for any characters.
func glob(pattern, s string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, first)
	if !ok {
		return false
	}
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, rest = s[i+len(part):], more
	}
}

// Package origins compares the Origin field of browsers with patterns.
package origins

import (
	"net"
	"regexp"
	"slices"
	"strings"
)

// Valid reports whether a pattern can match: it is a host or scheme://host[:port], with * for any
// characters.
func Valid(pattern string) bool { return originPattern.MatchString(pattern) }

// Match reports whether one of the patterns, which are valid, matches an origin. Case does not
// matter.
func Match(patterns []string, origin string) bool {
	origin = strings.ToLower(origin)
	return slices.ContainsFunc(patterns,
		func(p string) bool { return matches(strings.ToLower(p), origin) })
}

// originPattern matches patterns of origins: browsers write names that are not ASCII in their
// other form, and lists nowhere.
var originPattern = regexp.MustCompile(
	`^([a-zA-Z*][a-zA-Z0-9+.*-]*://)?([a-zA-Z0-9._*-]+|\[[0-9a-fA-F:.*]+\])(:[0-9*]+)?$`)

// matches compares in lower case. A pattern without scheme stands for every scheme, and
// without port for every port.
func matches(pattern, origin string) bool {
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

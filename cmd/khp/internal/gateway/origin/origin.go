// Package origin decides which pages of browsers may connect.
package origin

import (
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/internal/origins"
)

// Check says what is wrong with a pattern of allow-origin, "" if nothing is.
func Check(pattern string) (why string) {
	if !origins.Valid(pattern) {
		return "expected a host or scheme://host[:port], with * for any characters, " +
			"as in https://*.example.com"
	}
	return ""
}

// Checker makes the check of the Origin field from patterns that [Check] has nothing against. The
// same origin is allowed if own knows its host, and one of scheme privileged always, as at
// Kaazing's gateway: its Java and iOS clients send it with the host that they think they talk to,
// and no page of a browser can have it.
func Checker(patterns []string, own func(host string) bool) func(origin, host string) bool {
	return func(origin, host string) bool {
		if own(host) && endpoint.SameOrigin(origin, host) || isPrivileged(origin) {
			return true
		}
		return origins.Match(patterns, origin)
	}
}

// isPrivileged reports whether origin is privileged://host[:port].
func isPrivileged(origin string) bool {
	scheme, rest, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(scheme, "privileged") && rest != "" &&
		!strings.ContainsAny(rest, "/?#@ ,")
}

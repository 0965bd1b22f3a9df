package target

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// route leads the requests for a path to a target. Its Path is in normal form; one that ends in '/'
// stands for everything below as well.
type route struct {
	*config.Route
	target  target
	traffic *metrics.Traffic // nil without metrics
}

// Routes are ordered by length of path, the longest first.
type Routes []*route

// New finds out what routes lead to, whose paths are in normal form. The error joins all mistakes.
func New(routes config.Routes) (Routes, error) {
	var list Routes
	var wrong []error
	for _, r := range routes {
		target, err := parseTarget(r.Target)
		if err != nil {
			wrong = append(wrong, r.Fault("target", Shown(r.Target), "%s", err))
			continue
		}
		list = append(list, &route{Route: r, target: target})
	}
	slices.SortFunc(list, func(a, b *route) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	return list, errors.Join(wrong...)
}

// Check says what is wrong with a target.
func Check(name string) error {
	_, err := parseTarget(name)
	return err
}

// Find returns the route with that very path, or else with the longest path that covers it; nil if
// there is none.
func (list Routes) Find(path string) *route {
	var found *route
	for _, r := range list {
		switch {
		case r.Path == path:
			return r
		case found == nil && paths.Covers(r.Path, path):
			found = r
		}
	}
	return found
}

// Trust reports whether certificates of back ends count for any of the routes.
func (list Routes) Trust() bool {
	return slices.ContainsFunc(list, func(r *route) bool {
		t, ok := r.target.(wsTarget)
		return ok && strings.HasPrefix(t.url, "wss:")
	})
}

// Reaches reports whether some path that pattern covers has a route.
func (list Routes) Reaches(pattern string) bool {
	for _, r := range list {
		if paths.Covers(r.Path, pattern) || paths.Covers(pattern, r.Path) {
			return true
		}
	}
	return false
}

// Paths returns the path of each route.
func (list Routes) Paths() (paths []string) {
	for _, r := range list {
		paths = append(paths, r.Path)
	}
	return paths
}

// Breaks reports whether a route answers against the rules on purpose.
func (r *route) Breaks() bool {
	_, status := r.target.(statusTarget)
	return status
}

package gateway

import (
	"cmp"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// route leads the requests for a path to a target.
type route struct {
	path   string // normal form; one that ends in '/' stands for everything below as well
	name   string // the target as written
	target target

	traffic *metrics.Traffic // nil without metrics
}

// routes are ordered by length of path, the longest first.
type routes []*route

// parseRoutes reads the values of --route. None at all is echo on every path.
func parseRoutes(specs []string) (routes, error) {
	if len(specs) == 0 {
		specs = []string{"/=echo"}
	}
	var list routes
	for _, spec := range specs {
		shown := hideTarget(spec)
		written, name, err := paths.Split("--route", spec, shown, "TARGET")
		if err != nil {
			return nil, err
		}
		path, err := paths.Written("--route", written, shown)
		if err != nil {
			return nil, err
		}
		target, err := parseTarget(name)
		if err != nil {
			return nil, cli.Usagef("--route %s: %s", shown, err)
		}
		for _, r := range list {
			if r.path == path {
				return nil, cli.Usagef("--route %s: %s has a route already, to %s; give each path one target", shown, path, shownTarget(r.name))
			}
		}
		list = append(list, &route{path: path, name: name, target: target})
	}
	slices.SortFunc(list, func(a, b *route) int { return cmp.Compare(len(b.path), len(a.path)) })
	return list, nil
}

// find returns the route with that very path, or else with the longest path that covers it; nil if there is none.
func (list routes) find(path string) *route {
	var found *route
	for _, r := range list {
		switch {
		case r.path == path:
			return r
		case found == nil && paths.Covers(r.path, path):
			found = r
		}
	}
	return found
}

// trust reports whether certificates of back ends count for any of the routes.
func (list routes) trust() bool {
	return slices.ContainsFunc(list, func(r *route) bool {
		t, ok := r.target.(wsTarget)
		return ok && strings.HasPrefix(t.url, "wss:")
	})
}

// Reaches reports whether some path that pattern covers has a route.
func (list routes) Reaches(pattern string) bool {
	for _, r := range list {
		if paths.Covers(r.path, pattern) || paths.Covers(pattern, r.path) {
			return true
		}
	}
	return false
}

// Paths returns the path of each route.
func (list routes) Paths() (paths []string) {
	for _, r := range list {
		paths = append(paths, r.path)
	}
	return paths
}

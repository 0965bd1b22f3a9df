package target

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// route leads the requests for a path to a target.
type route struct {
	Path   string // normal form; one that ends in '/' stands for everything below as well
	Name   string // the target as written
	target target
	plain  bool // clients that speak no KHP are served, too

	challenges int // how often a client is asked for credentials, 0 for the default

	traffic *metrics.Traffic // nil without metrics
}

// Routes are ordered by length of path, the longest first.
type Routes []*route

// Parse reads the values of --route. None at all is echo on every path. The error joins all
// mistakes.
func Parse(specs []string) (Routes, error) {
	if len(specs) == 0 {
		specs = []string{"/=echo"}
	}
	var list Routes
	var wrong []error
	for _, spec := range specs {
		r, err := list.parse(spec)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *route) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	return list, errors.Join(wrong...)
}

// parse reads one value of --route, whose path must not be in the list yet.
func (list Routes) parse(spec string) (*route, error) {
	shown := Hide(spec)
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
		if r.Path == path {
			return nil, cli.Usagef("--route %s: %s has a route already, to %s; give each path one target", shown, path, Shown(r.Name))
		}
	}
	return &route{Path: path, Name: name, target: target}, nil
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

// Breaks reports whether the route of a path answers against the rules on purpose.
func (list Routes) Breaks(path string) bool {
	if found := list.Find(paths.Normal(path)); found != nil {
		_, status := found.target.(statusTarget)
		return status
	}
	return false
}

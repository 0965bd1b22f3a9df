package target

import (
	"cmp"
	"crypto/tls"
	"errors"
	"slices"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// Route leads the requests for a path to a target. Its Path is in normal form; one that ends in '/'
// stands for everything below as well.
type Route struct {
	*config.Route
	TLS *tls.Config // for certificates of back ends, nil for the system's authorities

	target  target
	proxy   byte             // version of the PROXY header for back ends, 0 for none
	traffic *metrics.Traffic // nil without metrics
}

// Routes are ordered by length of path, the longest first.
type Routes []*Route

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
		one := &Route{Route: r, target: target}
		wrong = append(wrong, one.tell(routes))
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b *Route) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	return list, errors.Join(wrong...)
}

// Check says what is wrong with a target.
func Check(name string) error {
	_, err := parseTarget(name)
	return err
}

// Find returns the route with that very path, or else with the longest path that covers it; nil if
// there is none.
func (list Routes) Find(path string) *Route {
	var found *Route
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

// BackEnd reports whether connections are passed on to a back end.
func (r *Route) BackEnd() bool {
	_, ok := r.target.(*pool)
	return ok
}

// Waits reports whether a decision about a request may take time.
func (r *Route) Waits() bool {
	switch t := r.target.(type) {
	case echoTarget, redirectTarget:
		return false
	case statusTarget:
		return t.code == 202 // it asks for time
	}
	return true // another server is asked
}

// WebSocket reports whether they are passed on to one of WebSocket.
func (r *Route) WebSocket() bool {
	p, ok := r.target.(*pool)
	return ok && !p.stream()
}

// Secure reports whether the certificate of a back end counts.
func (r *Route) Secure() bool {
	p, ok := r.target.(*pool)
	return ok && slices.ContainsFunc(p.members, func(m *member) bool { return m.secure() })
}

// Reaches reports whether some path that pattern covers has a route.
func (list Routes) Reaches(pattern string) bool {
	return slices.ContainsFunc(list, func(r *Route) bool {
		return paths.Covers(r.Path, pattern) || paths.Covers(pattern, r.Path)
	})
}

// Paths returns the path of each route.
func (list Routes) Paths() (paths []string) {
	for _, r := range list {
		paths = append(paths, r.Path)
	}
	return paths
}

// Breaks reports whether a route answers against the rules on purpose.
func (r *Route) Breaks() bool {
	_, status := r.target.(statusTarget)
	return status
}

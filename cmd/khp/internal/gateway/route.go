package gateway

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/wire"
)

// route leads the requests for a path to a target.
type route struct {
	path   string // normal form; one that ends in '/' stands for everything below as well
	name   string // the target as written
	target target

	traffic *traffic // nil without metrics
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
		written, name, err := splitPath("--route", spec, shown, "TARGET")
		if err != nil {
			return nil, err
		}
		path, err := writtenPath("--route", written, shown)
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

// splitPath reads PATH=VALUE. shown is the same for errors.
func splitPath(flag, spec, shown, value string) (path, rest string, err error) {
	path, rest, ok := strings.Cut(spec, "=")
	if !ok || rest == "" {
		return "", "", cli.Usagef("%s %s: expected PATH=%s, as in %s", flag, shown, value, pathExamples[flag])
	}
	return path, rest, nil
}

// writtenPath is the normal form of a path that is a value of flag, or part of one that errors show as shown.
func writtenPath(flag, path, shown string) (string, error) {
	switch {
	case !strings.HasPrefix(path, "/"):
		return "", cli.Usagef("%s %s: the path must start with /, as in %s", flag, shown, pathExamples[flag])
	case strings.ContainsAny(path, "?#"):
		return "", cli.Usagef("%s %s: a path has no query or fragment", flag, shown)
	}
	if _, err := wire.ParseURL("ws://h"+path, nil); err != nil {
		return "", cli.Usagef("%s %q: no request can have the path %q; write blanks, %% and what is not ASCII as escapes, as in /a%%20b", flag, shown, path)
	}
	return normalPath(path), nil
}

var pathExamples = map[string]string{"--route": "/echo=echo", "--auth": "/echo=joe:welcome", "--htpasswd": "/echo=users.htpasswd", "--no-auth": "/echo"}

// normalPath is the form in which paths are compared: escapes of characters that need none are decoded, dot segments are gone, as where a client compares
// redirect targets, and of several slashes in a row one is left, as Kaazing's gateway does. So a path leads to the same place in whatever way it is written.
func normalPath(path string) string {
	key := wire.URL{Host: "h", Port: 80, Path: path}.Key()
	return slashes.ReplaceAllLiteralString(strings.TrimPrefix(key, "ws://h:80"), "/")
}

var slashes = regexp.MustCompile("//+")

// requestPath is the normal path of a request.
func requestPath(u *url.URL) string {
	path := u.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return normalPath(path)
}

// covers reports whether pattern stands for path: the same, one slash at the end more or less, or below a pattern that ends in '/'.
func covers(pattern, path string) bool {
	if strings.HasSuffix(pattern, "/") {
		return strings.HasPrefix(path, pattern) || path+"/" == pattern
	}
	return path == pattern || path == pattern+"/"
}

// find returns the route with that very path, or else with the longest path that covers it; nil if there is none.
func (list routes) find(path string) *route {
	var found *route
	for _, r := range list {
		switch {
		case r.path == path:
			return r
		case found == nil && covers(r.path, path):
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

// reaches reports whether some path that pattern covers has a route.
func (list routes) reaches(pattern string) bool {
	for _, r := range list {
		if covers(r.path, pattern) || covers(pattern, r.path) {
			return true
		}
	}
	return false
}

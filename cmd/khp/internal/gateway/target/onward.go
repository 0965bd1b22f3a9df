package target

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
)

// onward is the URL at a back end for a request. Scheme, host and port are those of base. If the
// paths of both the route and base end in '/' the rest of the request's path behind the one is put
// behind the other; else the path is that of base. The parameters of the query are added to those
// of base, except for those that base has itself, that are KHP's own, or that have credentials.
func (r *Route) onward(base wire.URL, path, query string, login guard.Login) wire.URL {
	u := base
	if r.goesOn(base) {
		rest, _ := strings.CutPrefix(path, r.Path)
		if len(path) < len(r.Path) { // the route's own path without its last slash
			rest = ""
		}
		u.Path += escaped(rest)
	}
	own := names(base.Query)
	for one := range strings.SplitSeq(query, "&") {
		has := names(one)
		switch {
		case one == "", strings.Contains(unescaped(one), balancer.Mark):
		case slices.ContainsFunc(has, func(n string) bool {
			return strings.HasPrefix(n, ".k") || slices.Contains(own, n) ||
				login.Carries(func(c guard.Carriers) bool { return c.Parameter != "" && c.Parameter == n })
		}):
		case u.Query == "":
			u.Query, u.HasQuery = escaped(one), true
		default:
			u.Query += "&" + escaped(one)
		}
	}
	return u
}

// goesOn reports whether the rest of a path is put behind the path of base.
func (r *Route) goesOn(base wire.URL) bool {
	return strings.HasSuffix(r.Path, "/") && strings.HasSuffix(base.Path, "/")
}

// strays reports whether a reader that is more careless with a path than khp may take it for one
// outside of r, or of another route.
func (list Routes) strays(r *Route, path string) bool {
	return !paths.Stays(r.Path, path) || slices.ContainsFunc(list, func(o *Route) bool {
		return len(o.Path) > len(r.Path) && paths.Stays(o.Path, path)
	})
}

// names returns the names of the parameters in a query, as any reader may find them: some take
// semicolons for ampersands.
func names(query string) (list []string) {
	for one := range strings.FieldsFuncSeq(query, func(c rune) bool { return c == '&' || c == ';' }) {
		name, _, _ := strings.Cut(one, "=")
		list = append(list, strings.TrimSpace(unescaped(name)))
	}
	return list
}

// unescaped is a part of a query as it is meant, or as it is if that cannot be told.
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// escaped has every byte escaped that cannot stand in the path or query of a URL, though a request
// may have it.
func escaped(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		bad := c <= ' ' || c > '~' || strings.IndexByte("\"#<>\\^`{|}", c) >= 0
		if bad || c == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

package endpoint

import (
	"slices"
	"strings"

	"example.com/khp/wire"
)

// Outside is how clients see a server that is behind a reverse proxy. Host and path stand in both
// requests; the proxy writes those of the opening request anew and does not know of the extended
// one. An extended request may also name the hosts and the prefix listed here; they have no other
// use. [AMB-21]
type Outside struct {
	Hosts  []string // Host values, such as "www.example.com", whose place the proxy gives its own
	Prefix string   // the beginning of paths that the proxy takes away, such as "/app"
}

// Difference is a value of an extended request that names another place than the opening request
// does; spelling alone is no difference.
type Difference struct {
	What              string // "Host" or "path"
	Opening, Extended string // as sent, cut to 200 bytes
}

// differ notes a difference and describes it.
func (s *Server) differ(what, opening, extended string) string {
	s.differs = &Difference{what, clip(opening), clip(extended)}
	return "expected the " + what + " of the opening request, " + quote(opening) + ", got " + quote(extended) + "; a proxy in front may have changed one of them"
}

// samePath reports whether an extended request is for the path of the opening request, perhaps as
// clients see it.
func (s *Server) samePath(extended string) bool {
	if opening := s.open.Path(); !wire.SamePath(extended, opening) {
		prefix := strings.TrimSuffix(s.cfg.Outside.Prefix, "/")
		return prefix != "" && wire.SamePath(extended, prefix+opening)
	}
	return true
}

// sameHost does the same for a Host.
func (s *Server) sameHost(extended string) bool {
	return wire.SameAuthority(extended, s.open.Host) || slices.ContainsFunc(s.cfg.Outside.Hosts, func(h string) bool { return wire.SameAuthority(extended, h) })
}

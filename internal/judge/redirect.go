package judge

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Redirects says which targets a client follows, and from where.
type Redirects struct {
	Here    wire.URL   // of the connection that the redirect came on
	Visited []wire.URL // of all connections of the connect call, Here included
	Method  string     // of the request that the target gets

	AllowDowngrade       bool                                // follow from wss to ws
	SameHost, SameOrigin bool                                // follow only there
	Mark                 func(wire.URL) wire.URL             // adds the mark of a profile to a target
	Check                func(via []string, to string) error // the caller's own policy; nil has none
	ToASCII              func(host string) (string, error)
	Limits               *wire.Limits
}

// Target is the target of a redirect or an upgrade: facts for the machine, and the values it needs
// to act on them.
type Target struct {
	Facts  fsm.Facts
	URL    wire.URL // without Host if the response names no target that could be read
	Detail string   // why the target is not followed; "" if it is
}

// Location finds the target of a redirect: Location, given once or identically repeated, or for 300
// the first usable line of a text/uri-list body. [AMB-58, AMB-63]
//
//khp:impl KHP-REDIR-03 KHP-STATUS-300-02 KHP-STATUS-301-02 KHP-STATUS-302-02 KHP-STATUS-303-02
//khp:impl KHP-STATUS-307-02
func (p *Redirects) Location(r *wire.Response) Target {
	location, ok := r.Fields.Get("Location")
	if !ok {
		if r.Status == 300 {
			return p.choices(r)
		}
		return Target{Detail: "the response has no Location field"}
	}
	for other := range r.Fields.All("Location") {
		if !bytes.Equal(location, other) {
			return Target{Detail: "the response has two different Location fields"}
		}
	}
	return p.Resolve(location)
}

// choices takes the first usable of the URIs in the body of a 300.
func (p *Redirects) choices(r *wire.Response) Target {
	t, _ := r.Fields.Get("Content-Type")
	if !HasPrefixFold(string(t), "text/uri-list") {
		return Target{Detail: "the 300 response has neither Location nor a text/uri-list"}
	}
	first := Target{Detail: "none of the offered URIs is usable"} // then the first refused one
	left := p.Limits.Elements
	for line := range URIList(r.Body) {
		j := p.Resolve(line)
		if j.Facts == 0 {
			continue
		}
		if j.Facts.Has(fsm.FactTargetUsable) {
			return j
		}
		if left--; left == 0 { // each was compared with every URL visited, which may be long
			break
		}
		if first.Facts == 0 {
			first = j
		}
	}
	return first
}

// Resolve judges the target that ref names. [AMB-61, AMB-62, AMB-64]
//
//khp:impl KHP-REDIR-05 DRAFT02-511-07 WSP-URI-01
func (p *Redirects) Resolve(ref []byte) Target {
	next, err := p.Here.Resolve(ref, p.ToASCII)
	if err == nil {
		next = p.Mark(next)
		_, err = wire.AppendRequestLine(nil, p.Method, next.Target())
	}
	if err == nil && len(next.Target()) > p.Limits.Target {
		err = errors.New("longer than " + strconv.Itoa(p.Limits.Target) + " bytes")
	}
	if err != nil {
		return Target{Detail: "target " + Quote(WithoutUserinfo(string(ref))) + ": " + err.Error()}
	}
	switch {
	case p.visited(next):
		return Target{Facts: fsm.FactTargetVisited, URL: next}
	case p.Here.Secure && !next.Secure && !p.AllowDowngrade:
		return Target{Facts: fsm.FactTargetRefused, URL: next, Detail: "from wss to ws"}
	case p.SameOrigin && !p.Here.SameOrigin(next):
		return Target{Facts: fsm.FactTargetRefused, URL: next, Detail: "another origin"}
	case p.SameHost && p.Here.Host != next.Host:
		return Target{Facts: fsm.FactTargetRefused, URL: next, Detail: "another host"}
	}
	if p.Check != nil {
		via := make([]string, len(p.Visited))
		for i, u := range p.Visited {
			via[i] = u.String()
		}
		if err := p.Check(via, next.String()); err != nil {
			return Target{Facts: fsm.FactTargetRefused, URL: next, Detail: err.Error()}
		}
	}
	return Target{Facts: fsm.FactTargetUsable, URL: next}
}

// Upgrade finds the target of an upgrade to TLS: the same URL with wss, port 80 becoming 443.
// [AMB-49]
//
//khp:impl KHP-STATUS-426-02
func (p *Redirects) Upgrade(r *wire.Response) Target {
	v, _ := r.Fields.Get("Upgrade")
	tls := false
	for token := range strings.SplitSeq(string(v), ",") {
		tls = tls || HasPrefixFold(strings.Trim(token, " \t"), "TLS/")
	}
	if !tls || p.Here.Secure {
		return Target{}
	}
	next := p.Here
	next.Secure = true
	if next.Port == 80 {
		next.Port = 443
	}
	if p.visited(next) {
		return Target{Facts: fsm.FactUpgradeTLS | fsm.FactTargetVisited, URL: next}
	}
	return Target{Facts: fsm.FactUpgradeTLS | fsm.FactTargetUsable, URL: next}
}

// visited reports whether this connect call connected to the same place before. [AMB-62]
func (p *Redirects) visited(u wire.URL) bool {
	key := u.Key()
	return slices.ContainsFunc(p.Visited, func(v wire.URL) bool { return v.Key() == key })
}

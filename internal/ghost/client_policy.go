package ghost

import (
	"bytes"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// judge adds the facts of policy and history to those about a response.
func (g *Client) judge(r *wire.Response, action codes.Action, facts fsm.Facts) fsm.Facts {
	//exhaustive:ignore
	switch action {
	case codes.ActionReplay:
		if g.cfg.HasCredentials && challenged(r.Fields) {
			facts |= fsm.FactChallengeUsable
		}
	case codes.ActionRedirect, codes.ActionRedirectIfGet, codes.ActionRedirectChoice:
		return g.location(r)
	case codes.ActionProxyAuth:
		if r.Fields.Count("Proxy-Authenticate") > 0 {
			facts |= fsm.FactProxyChallenge
		}
	case codes.ActionUpgrade:
		return g.upgrade(r)
	}
	return facts
}

// challenged reports whether there are challenges, all of them well-formed. [AMB-42]
func challenged(fields wire.Fields) bool {
	n := 0
	for v := range fields.All("WWW-Authenticate") {
		list, err := wire.ParseChallenges(nil, bytes.Clone(v))
		if err != nil {
			return false
		}
		n += len(list)
	}
	return n > 0
}

// location judges the target of a redirect: the one Location, or for a 300 the first usable line of
// its body. [AMB-58, AMB-63]
func (g *Client) location(r *wire.Response) fsm.Facts {
	if n := r.Fields.Count("Location"); n == 0 {
		if r.Status == 300 {
			return g.choices(r)
		}
		return 0
	}
	first, _ := r.Fields.Get("Location")
	for v := range r.Fields.All("Location") {
		if string(v) != string(first) {
			return 0
		}
	}
	return g.target(first)
}

func (g *Client) choices(r *wire.Response) fsm.Facts {
	kind, _ := r.Fields.Get("Content-Type")
	if !strings.HasPrefix(strings.ToLower(string(kind)), "text/uri-list") {
		return 0
	}
	before := g.next
	var first fsm.Facts
	var chosen wire.URL
	looked := 0
	for line := range judge.URIList(r.Body) {
		facts := g.target(line)
		if facts == fsm.FactTargetUsable {
			return facts
		}
		if facts == 0 {
			continue
		}
		if first == 0 {
			first, chosen = facts, g.next
		}
		if looked++; looked == g.cfg.Limits.Elements {
			break
		}
	}
	if g.next = before; first != 0 {
		g.next = chosen
	}
	return first
}

// target judges a target and keeps it. [AMB-61, AMB-62, AMB-64]
func (g *Client) target(ref []byte) fsm.Facts {
	u, err := g.url.Resolve(ref, g.cfg.ToASCII)
	if err != nil {
		return 0
	}
	u = g.marked(u)
	if _, err = wire.AppendRequestLine(nil, g.method(), u.Target()); err != nil ||
		len(u.Target()) > g.cfg.Limits.Target {
		return 0
	}
	g.next = u
	var via []string
	for _, v := range g.visited {
		if v.Key() == u.Key() {
			return fsm.FactTargetVisited
		}
		via = append(via, v.String())
	}
	refused := g.url.Secure && !u.Secure && !g.cfg.AllowDowngrade ||
		g.cfg.Redirects == endpoint.RedirectSameHost && g.url.Host != u.Host ||
		g.cfg.Redirects == endpoint.RedirectSameOrigin && !g.url.SameOrigin(u)
	if !refused && g.cfg.CheckRedirect != nil {
		err, asked := g.answers.redirects[u.String()+" via "+strings.Join(via, " ")]
		refused = err != nil || !asked
	}
	if refused {
		return fsm.FactTargetRefused
	}
	return fsm.FactTargetUsable
}

// upgrade judges the target of an upgrade to TLS. [AMB-49]
func (g *Client) upgrade(r *wire.Response) fsm.Facts {
	v, _ := r.Fields.Get("Upgrade")
	named := false
	for token := range strings.SplitSeq(strings.ToUpper(string(v)), ",") {
		named = named || strings.HasPrefix(strings.Trim(token, " \t"), "TLS/")
	}
	if !named || g.url.Secure {
		return 0
	}
	u := g.url
	if u.Secure = true; u.Port == 80 {
		u.Port = 443
	}
	g.next = u
	if slices.ContainsFunc(g.visited, func(v wire.URL) bool { return v.Key() == u.Key() }) {
		return fsm.FactUpgradeTLS | fsm.FactTargetVisited
	}
	return fsm.FactUpgradeTLS | fsm.FactTargetUsable
}

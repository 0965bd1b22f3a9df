package endpoint

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// judgeLocation finds the target of a redirect: Location, given once or identically repeated, or
// for 300 the first usable line of a text/uri-list body. [AMB-58, AMB-63]
//
//khp:impl KHP-REDIR-03 KHP-STATUS-300-02 KHP-STATUS-301-02 KHP-STATUS-302-02 KHP-STATUS-303-02 KHP-STATUS-307-02
func (c *Client) judgeLocation(r *wire.Response) judgment {
	location, ok := r.Fields.Get("Location")
	if !ok {
		if r.Status == 300 {
			return c.judgeChoices(r)
		}
		return judgment{detail: "the response has no Location field"}
	}
	for other := range r.Fields.All("Location") {
		if !bytes.Equal(location, other) {
			return judgment{detail: "the response has two different Location fields"}
		}
	}
	return c.judgeTarget(location)
}

// judgeChoices takes the first usable of the URIs in the body of a 300.
func (c *Client) judgeChoices(r *wire.Response) judgment {
	if t, _ := r.Fields.Get("Content-Type"); !hasPrefixFold(string(t), "text/uri-list") {
		return judgment{detail: "the 300 response has neither Location nor a text/uri-list"}
	}
	first := judgment{detail: "none of the offered URIs is usable"} // then why the first that could be read is not followed
	left := c.cfg.Limits.Elements
	for line := range judge.URIList(r.Body) {
		j := c.judgeTarget(line)
		if j.facts == 0 {
			continue
		}
		if j.facts.Has(fsm.FactTargetUsable) {
			return j
		}
		if left--; left == 0 { // each was compared with every URL visited, which may be long
			break
		}
		if first.facts == 0 {
			first = j
		}
	}
	return first
}

// judgeTarget resolves the target of a redirect. [AMB-61, AMB-62, AMB-64]
//
//khp:impl KHP-REDIR-05 DRAFT02-511-07 WSP-URI-01
func (c *Client) judgeTarget(ref []byte) judgment {
	next, err := c.url.Resolve(ref, c.cfg.ToASCII)
	if err == nil {
		next = c.marked(next)
		_, err = wire.AppendRequestLine(nil, c.cfg.method(), next.Target())
	}
	if err == nil && len(next.Target()) > c.cfg.Limits.Target {
		err = errors.New("longer than " + itoa(c.cfg.Limits.Target) + " bytes")
	}
	if err != nil {
		return judgment{detail: "target " + quote(withoutUserinfo(string(ref))) + ": " + err.Error()}
	}
	switch {
	case c.wasVisited(next):
		return judgment{facts: fsm.FactTargetVisited, next: next}
	case c.url.Secure && !next.Secure && !c.cfg.AllowDowngrade:
		return judgment{facts: fsm.FactTargetRefused, next: next, detail: "from wss to ws"}
	case c.cfg.Redirects == RedirectSameOrigin && !c.url.SameOrigin(next):
		return judgment{facts: fsm.FactTargetRefused, next: next, detail: "another origin"}
	case c.cfg.Redirects == RedirectSameHost && c.url.Host != next.Host:
		return judgment{facts: fsm.FactTargetRefused, next: next, detail: "another host"}
	}
	if c.cfg.CheckRedirect != nil {
		via := make([]string, len(c.visited))
		for i, u := range c.visited {
			via[i] = u.String()
		}
		if err := c.cfg.CheckRedirect(via, next.String()); err != nil {
			return judgment{facts: fsm.FactTargetRefused, next: next, detail: err.Error()}
		}
	}
	return judgment{facts: fsm.FactTargetUsable, next: next}
}

// judgeUpgrade finds the target of an upgrade to TLS: the same URL with wss, port 80 becoming 443.
// [AMB-49]
//
//khp:impl KHP-STATUS-426-02
func (c *Client) judgeUpgrade(r *wire.Response) judgment {
	v, _ := r.Fields.Get("Upgrade")
	tls := false
	for token := range strings.SplitSeq(string(v), ",") {
		tls = tls || hasPrefixFold(strings.Trim(token, " \t"), "TLS/")
	}
	if !tls || c.url.Secure {
		return judgment{}
	}
	next := c.url
	next.Secure = true
	if next.Port == 80 {
		next.Port = 443
	}
	if c.wasVisited(next) {
		return judgment{facts: fsm.FactUpgradeTLS | fsm.FactTargetVisited, next: next}
	}
	return judgment{facts: fsm.FactUpgradeTLS | fsm.FactTargetUsable, next: next}
}

// wasVisited reports whether this connect call connected to the same place before. [AMB-62]
func (c *Client) wasVisited(u wire.URL) bool {
	key := u.Key()
	return slices.ContainsFunc(c.visited, func(v wire.URL) bool { return v.Key() == key })
}

// connect makes the next URL current and asks the machine to dial it.
func (c *Client) connect() {
	c.url = c.next
	c.visited = append(c.visited, c.url)
	c.stepOnce(fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
}

// follow prepares the next connection. Credentials stay with the origin that they were for.
// [AMB-65]
func (c *Client) follow() {
	if c.state.Plan() == fsm.PlanProxyAuth {
		c.proxied = true
		c.visited = c.visited[:len(c.visited)-1]
	}
	if !c.url.SameOrigin(c.next) || hasPrefixFold(c.login, "Digest ") { // which is for one request
		c.login = ""
	}
	c.credentials = ""
}

// startConnection begins another connection, which reuses only the memory of the last one.
func (c *Client) startConnection() {
	c.attempt++
	c.connection = connection{leg: LegConnect, opening: wire.Response{Fields: c.opening.Fields[:0]}}
}

package endpoint

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// judgeLocation finds the target of a redirect: Location, given once or identically repeated, or for 300 the first usable line of a
// text/uri-list body. [AMB-58, AMB-63]
//
//khp:impl KHP-REDIR-03 KHP-STATUS-300-02 KHP-STATUS-301-02 KHP-STATUS-302-02 KHP-STATUS-303-02 KHP-STATUS-307-02
func (c *Client) judgeLocation(r *wire.Response) fsm.Facts {
	location, ok := r.Fields.Get("Location")
	if !ok {
		if r.Status == 300 {
			return c.judgeChoices(r)
		}
		c.detail = "the response has no Location field"
		return 0
	}
	for other := range r.Fields.All("Location") {
		if !bytes.Equal(location, other) {
			c.detail = "the response has two different Location fields"
			return 0
		}
	}
	return c.judgeTarget(location)
}

// judgeChoices takes the first usable of the URIs in the body of a 300.
func (c *Client) judgeChoices(r *wire.Response) fsm.Facts {
	if t, _ := r.Fields.Get("Content-Type"); !hasPrefixFold(string(t), "text/uri-list") {
		c.detail = "the 300 response has neither Location nor a text/uri-list"
		return 0
	}
	var first fsm.Facts // why the first that could be read is not followed
	var firstNext wire.URL
	var firstDetail string
	left := c.cfg.Limits.Elements
	for line := range wire.URIList(r.Body) {
		facts := c.judgeTarget(line)
		if facts.Has(fsm.FactTargetUsable) {
			return facts
		}
		if facts != 0 { // it was compared with every URL visited, which may be long
			if left--; left == 0 {
				break
			}
		}
		if first == 0 && facts != 0 {
			first, firstNext, firstDetail = facts, c.next, c.detail
		}
	}
	if c.detail = "none of the offered URIs is usable"; first != 0 {
		c.next, c.detail = firstNext, firstDetail
	}
	return first
}

// judgeTarget resolves a redirect target and remembers it as the next URL. [AMB-61, AMB-62, AMB-64]
//
//khp:impl KHP-REDIR-05 DRAFT02-511-07 WSP-URI-01
func (c *Client) judgeTarget(ref []byte) fsm.Facts {
	c.detail = ""
	next, err := c.url.Resolve(ref, c.cfg.ToASCII)
	if err == nil {
		next = c.marked(next)
		_, err = wire.AppendRequestLine(nil, c.cfg.method(), next.Target())
	}
	if err == nil && len(next.Target()) > c.cfg.Limits.Target {
		err = errors.New("longer than " + itoa(c.cfg.Limits.Target) + " bytes")
	}
	if err != nil {
		c.detail = "target " + quote(withoutUserinfo(string(ref))) + ": " + err.Error()
		return 0
	}
	c.next = next
	switch {
	case c.wasVisited(next):
		return fsm.FactTargetVisited
	case c.url.Secure && !next.Secure && !c.cfg.AllowDowngrade:
		c.detail = "from wss to ws"
		return fsm.FactTargetRefused
	case c.cfg.Redirects == RedirectSameOrigin && !c.url.SameOrigin(next):
		c.detail = "another origin"
		return fsm.FactTargetRefused
	case c.cfg.Redirects == RedirectSameHost && c.url.Host != next.Host:
		c.detail = "another host"
		return fsm.FactTargetRefused
	}
	return fsm.FactTargetUsable
}

// judgeUpgrade finds the target of an upgrade to TLS: the same URL with wss, port 80 becoming 443. [AMB-49]
//
//khp:impl KHP-STATUS-426-02
func (c *Client) judgeUpgrade(r *wire.Response) fsm.Facts {
	v, _ := r.Fields.Get("Upgrade")
	tls := false
	for token := range strings.SplitSeq(string(v), ",") {
		tls = tls || hasPrefixFold(strings.Trim(token, " \t"), "TLS/")
	}
	if !tls || c.url.Secure {
		return 0
	}
	next := c.url
	next.Secure = true
	if next.Port == 80 {
		next.Port = 443
	}
	c.next = next
	if c.wasVisited(next) {
		return fsm.FactUpgradeTLS | fsm.FactTargetVisited
	}
	return fsm.FactUpgradeTLS | fsm.FactTargetUsable
}

// wasVisited reports whether this connect call connected to the same place before. [AMB-62]
func (c *Client) wasVisited(u wire.URL) bool {
	key := u.Key()
	return slices.ContainsFunc(c.visited, func(v wire.URL) bool { return v.Key() == key })
}

package endpoint

import (
	"slices"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// marked returns u with [wire.KaazingMark] in its query, unless the spec profile is spoken.
func (c *Client) marked(u wire.URL) wire.URL {
	if c.machine.Profile == fsm.ProfileSpec || strings.Contains(u.Query, wire.KaazingMark) {
		return u
	}
	if u.Query != "" {
		u.Query += "&"
	}
	u.Query += wire.KaazingMark
	u.HasQuery = true
	return u
}

// openingRequest writes the opening request.
//
//khp:impl KHP-OPEN-01 KHP-OPEN-02 KHP-GEN-08 WSP-OPEN-01
func (c *Client) openingRequest() ([]byte, error) {
	h := head{b: c.buf[:0]}
	h.requestLine("GET", c.url.Target())
	h.field("Host", c.url.HostField())
	h.field("Upgrade", "websocket")
	h.field("Connection", "Upgrade")
	h.bytes("Sec-WebSocket-Key", c.nonceKey[:])
	h.field("Sec-WebSocket-Version", "13")
	c.writeOffer(&h)
	h.list("Sec-WebSocket-Extensions", c.cfg.OpeningExtensions)
	if c.login != "" {
		h.field("Authorization", c.login)
	}
	c.extraFields(&h, c.cfg.OpeningHeader)
	if c.cfg.Cookies != nil {
		if v := c.cfg.Cookies(c.url.String()); v != "" && wire.ValidFieldValue(v) {
			h.field("Cookie", v)
		}
	}
	c.buf = h.end()
	return c.buf, h.err
}

// extendedRequest writes the extended request: the offer of the opening without KHP, and the
// extensions that the opening did not negotiate; a replay differs by its Authorization only.
// [INV-11, INV-12, INV-19]
//
//khp:impl KHP-EXT-REQ-01 KHP-EXT-REQ-02 KHP-EXT-REQ-03 KHP-EXT-REQ-04 KHP-EXT-REQ-05 KHP-EXT-REQ-06 KHP-EXT-REQ-08 KHP-EXT-REQ-09 KHP-EXT-REQ-10 KHP-EXT-REQ-11 KHP-STATUS-100-03 KHP-STATUS-401-02
func (c *Client) extendedRequest(replay bool) ([]byte, error) {
	h := head{b: c.buf[:0]}
	h.requestLine(c.cfg.method(), c.url.Target())
	if c.machine.Profile != fsm.ProfileKaazing { // a gateway ignores it
		h.field("Host", c.url.HostField())
	}
	h.list("Sec-WebSocket-Protocol", c.cfg.Subprotocols)
	c.wanted = c.extensionsToAsk()
	h.list("Sec-WebSocket-Extensions", c.wanted)
	if replay {
		h.field("Authorization", c.credentials)
	}
	if c.machine.Expect {
		h.field("Expect", "100-continue")
		h.field("Content-Length", strconv.Itoa(len(c.cfg.Body)))
	}
	c.extraFields(&h, c.cfg.Header)
	c.buf = h.end()
	return c.buf, h.err
}

// extensionsToAsk lists the extensions offered in the opening but not granted there, then those of
// the extended handshake.
func (c *Client) extensionsToAsk() (list []string) {
	if len(c.cfg.OpeningExtensions)+len(c.granted) == 0 {
		return c.cfg.Extensions
	}
	for _, offered := range [2][]string{c.cfg.OpeningExtensions, c.cfg.Extensions} {
		for _, e := range offered {
			if !judge.Granted(c.granted, judge.ExtensionName(e)) {
				list = append(list, e)
			}
		}
	}
	return list
}

// extraFields writes the caller's fields; sensitive ones only to the origin they were given for.
// [AMB-65, INV-27]
func (c *Client) extraFields(h *head, fields []HeaderField) {
	home := c.url.SameOrigin(c.visited[0])
	for _, f := range fields {
		if !home && (strings.EqualFold(f.Name, "Cookie") || containsFold(c.cfg.Sensitive, f.Name)) {
			continue
		}
		h.field(f.Name, f.Value)
	}
}

// bump is a token that some deployed clients list beside that of KHP. It is no application's
// subprotocol, and a gateway never selects it.
const bump = "x-kaazing-bump"

// Offer returns the subprotocols that the opening request offers, in that order: for hosts whose
// own WebSocket layer writes that request.
//
// KHP comes first, unless PlainFallback says that the server may be none of KHP: many WebSocket
// servers select the first subprotocol of any list, and one of them would select KHP without
// speaking it. Then KHP comes last, as KHP servers select it in any place. If the application has
// no subprotocol, a token without meaning comes first: a server that selects it has opened a plain
// WebSocket without a subprotocol. [AMB-33]
//
//khp:impl KHP-OPEN-01 KHP-OPEN-02 KHP-OPEN-06
func (c *Client) Offer() []string {
	list := slices.Clone(c.cfg.Subprotocols)
	switch {
	case c.cfg.PlainOnly:
		return list
	case !c.machine.PlainFallback:
		return append([]string{Subprotocol}, list...)
	case len(list) == 0:
		return slices.Clone(bumpAndKHP)
	}
	return append(list, Subprotocol)
}

// offer returns the subprotocols and extensions that the opening request offers, as a response is
// judged by them. It allocates nothing.
func (c *Client) offer() judge.Asked {
	asked := judge.Asked{Accept: c.accept[:], Subprotocols: c.cfg.Subprotocols, Tokens: khpOnly,
		Extensions: c.cfg.OpeningExtensions}
	switch {
	case c.cfg.PlainOnly:
		asked.Tokens = nil
	case c.machine.PlainFallback && len(c.cfg.Subprotocols) == 0:
		asked.Tokens = bumpAndKHP
	}
	return asked
}

// writeOffer writes the list that Offer returns, without allocating.
func (c *Client) writeOffer(h *head) {
	if !c.machine.PlainFallback {
		h.list("Sec-WebSocket-Protocol", khpOnly, c.cfg.Subprotocols)
		return
	}
	h.list("Sec-WebSocket-Protocol", c.Offer())
}

var khpOnly, bumpAndKHP = []string{Subprotocol}, []string{bump, Subprotocol}

// writtenByLayer are the fields of an opening request that a WebSocket layer writes itself.
var writtenByLayer = []string{
	"Connection", "Host", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol",
	"Sec-WebSocket-Version", "Upgrade",
}

// OpeningFields returns the fields that the opening request to [Client.URL] carries beside those of
// every WebSocket request: for hosts whose own WebSocket layer writes that request. They are the
// fields of OpeningHeader that this origin may see, and Authorization once credentials for the
// opening handshake were given. The layer also offers the subprotocols of [Client.Offer].
func (c *Client) OpeningFields() []HeaderField {
	if len(c.visited) == 0 { // not connecting yet
		return nil
	}
	if c.nonceKey == ([24]byte{}) { // there is no connection yet
		wire.AppendKey(c.nonceKey[:0], [16]byte{})
	}
	b, _ := c.openingRequest()
	var r wire.Request
	if _, err := r.ParseHead(b, c.cfg.Limits); err != nil {
		return nil // unreachable: values that cannot be written or parsed were refused before
	}
	return slices.DeleteFunc(copyFields(r.Fields), func(f HeaderField) bool { return containsFold(writtenByLayer, f.Name) })
}

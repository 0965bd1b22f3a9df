package endpoint

import (
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

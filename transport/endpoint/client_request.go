package endpoint

import (
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// marker is the query parameter by which Kaazing clients ask for the balancer messages and the terminator.
const marker = ".kl=Y"

// marked returns u with the marker in its query if the kaazing profile is spoken.
func (c *Client) marked(u wire.URL) wire.URL {
	if c.machine.Profile != fsm.ProfileKaazing || strings.Contains(u.Query, marker) {
		return u
	}
	if u.Query != "" {
		u.Query += "&"
	}
	u.Query += marker
	u.HasQuery = true
	return u
}

// head collects the lines of a request head. The first refused line ends it; NewClient has refused whatever could be refused here, except
// for a URL whose length exceeds the limits of a head.
type head struct {
	b   []byte
	err error
}

func (h *head) requestLine(method, target string) {
	if h.err == nil {
		h.b, h.err = wire.AppendRequestLine(h.b, method, target)
	}
}

func (h *head) field(name, value string) {
	if h.err == nil {
		h.b, h.err = wire.AppendField(h.b, name, value)
	}
}

// openingRequest writes the opening request: KHP first among the subprotocols. [KHP-OPEN-01, KHP-OPEN-02, AMB-33]
//
//khp:impl KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01
func (c *Client) openingRequest() []byte {
	h := head{b: c.buf[:0]}
	h.requestLine("GET", c.url.Target())
	h.field("Host", c.url.HostField())
	h.field("Upgrade", "websocket")
	h.field("Connection", "Upgrade")
	h.field("Sec-WebSocket-Key", string(c.nonceKey[:]))
	h.field("Sec-WebSocket-Version", "13")
	h.field("Sec-WebSocket-Protocol", strings.Join(append([]string{Protocol}, c.cfg.Protocols...), ", "))
	if len(c.cfg.OpeningExtensions) > 0 {
		h.field("Sec-WebSocket-Extensions", strings.Join(c.cfg.OpeningExtensions, ", "))
	}
	if c.login != nil {
		h.field("Authorization", string(c.login))
	}
	c.extraFields(&h, c.cfg.OpeningHeader)
	c.buf = wire.AppendEnd(h.b)
	return c.buf
}

// extendedRequest writes the extended request: what the opening offered except KHP, and the extensions that the opening did not negotiate;
// a replay differs by its Authorization only. [INV-11, INV-12, INV-19]
//
//khp:impl KHP-EXT-REQ-01 KHP-EXT-REQ-02 KHP-EXT-REQ-03 KHP-EXT-REQ-04 KHP-EXT-REQ-05 KHP-EXT-REQ-06 KHP-EXT-REQ-08 KHP-EXT-REQ-09 KHP-EXT-REQ-10 KHP-EXT-REQ-11 KHP-STATUS-100-03 KHP-STATUS-401-02
func (c *Client) extendedRequest(replay bool) []byte {
	h := head{b: c.buf[:0]}
	method := c.cfg.Method
	if method == "" {
		method = "GET"
	}
	kaazing := c.machine.Profile == fsm.ProfileKaazing
	h.requestLine(method, c.url.Target())
	if !kaazing {
		h.field("Host", c.url.HostField())
	}
	if len(c.cfg.Protocols) > 0 {
		h.field("Sec-WebSocket-Protocol", strings.Join(c.cfg.Protocols, ", "))
	}
	if list := c.extensionsToAsk(); len(list) > 0 {
		h.field("Sec-WebSocket-Extensions", strings.Join(list, ", "))
	}
	if replay {
		h.field("Authorization", string(c.credentials))
	}
	if c.machine.Expect && len(c.cfg.Body) > 0 {
		h.field("Expect", "100-continue")
		h.field("Content-Length", strconv.Itoa(len(c.cfg.Body)))
	}
	c.extraFields(&h, c.cfg.Header)
	c.buf = wire.AppendEnd(h.b)
	return c.buf
}

// extensionsToAsk lists the extensions offered in the opening but not granted there, then those of the extended handshake, and remembers
// their names.
func (c *Client) extensionsToAsk() []string {
	c.wanted = c.wanted[:0]
	var list []string
	for _, offered := range [2][]string{c.cfg.OpeningExtensions, c.cfg.Extensions} {
		for _, e := range offered {
			name := extensionName(e)
			if grantedName(c.granted, name) {
				continue
			}
			list = append(list, e)
			c.wanted = append(c.wanted, name)
		}
	}
	return list
}

// extraFields writes the caller's fields; sensitive ones only to the origin they were given for. [AMB-65, INV-27]
func (c *Client) extraFields(h *head, fields []HeaderField) {
	home := c.attempt == 1 || c.sameOriginAsFirst()
	for _, f := range fields {
		if !home && (strings.EqualFold(f.Name, "Cookie") || containsFold(c.cfg.Sensitive, f.Name)) {
			continue
		}
		h.field(f.Name, f.Value)
	}
}

func (c *Client) sameOriginAsFirst() bool {
	first, err := wire.ParseURL(c.walked[0], c.cfg.ToASCII)
	return err == nil && first.SameOrigin(c.url)
}

// extensionName returns the name of an extension element.
func extensionName(e string) string {
	name, _, _ := strings.Cut(e, ";")
	return strings.Trim(name, " \t")
}

func grantedName(list []wire.Extension, name string) bool {
	for _, g := range list {
		if string(g.Name) == name {
			return true
		}
	}
	return false
}

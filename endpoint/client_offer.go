package endpoint

import (
	"errors"
	"slices"

	"example.com/khp/fsm"
)

// bump is a token that some deployed clients list beside that of KHP. It is no application's subprotocol, and a gateway never selects it.
const bump = "x-kaazing-bump"

// Offer returns the subprotocols that the opening request offers, in that order: for hosts whose own WebSocket layer writes that request.
//
// KHP comes first, unless PlainFallback says that the server may be none of KHP: many WebSocket servers select the first subprotocol of any list, and one of them would
// select KHP without speaking it. Then it comes last, as KHP servers select it wherever it stands. What is first where the application has no subprotocol is a
// token that means nothing: a server that selects it has opened a plain WebSocket without a subprotocol. [AMB-33]
//
//khp:impl KHP-OPEN-01 KHP-OPEN-02 KHP-OPEN-06
func (c *Client) Offer() []string {
	list := slices.Clone(c.cfg.Protocols)
	switch {
	case c.cfg.PlainOnly:
		return list
	case !c.machine.PlainFallback:
		return append([]string{Protocol}, list...)
	case len(list) == 0:
		return []string{bump, Protocol}
	}
	return append(list, Protocol)
}

// offered reports whether the opening request has offered a subprotocol. It allocates nothing, and says the same as Offer.
func (c *Client) offered(protocol string) bool {
	switch {
	case protocol == Protocol:
		return !c.cfg.PlainOnly
	case slices.Contains(c.cfg.Protocols, protocol):
		return true
	}
	return protocol == bump && c.machine.PlainFallback && !c.cfg.PlainOnly && len(c.cfg.Protocols) == 0
}

// writeOffer writes what Offer returns.
func (c *Client) writeOffer(h *head) {
	if !c.machine.PlainFallback {
		h.list("Sec-WebSocket-Protocol", khpOnly, c.cfg.Protocols)
		return
	}
	h.list("Sec-WebSocket-Protocol", c.Offer())
}

var khpOnly = []string{Protocol}

// checkPlainOnly refuses options that mean nothing without an extended handshake.
func (cfg *ClientConfig) checkPlainOnly() error {
	if !cfg.PlainOnly {
		return nil
	}
	for _, o := range [...]struct {
		set  bool
		name string
	}{
		{cfg.Machine.Profile != 0 && cfg.Machine.Profile != fsm.ProfileSpec, "Profile"}, {cfg.Machine.TerminatorOptional, "TerminatorOptional"},
		{len(cfg.Extensions) > 0, "Extensions"}, {len(cfg.Header) > 0, "Header"}, {cfg.Method != "", "Method"}, {len(cfg.Body) > 0, "Body"},
	} {
		if o.set {
			return errors.New("endpoint: " + o.name + " means nothing with PlainOnly, which opens a WebSocket without an extended handshake; leave one of them out")
		}
	}
	return nil
}

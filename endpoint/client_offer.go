package endpoint

import (
	"errors"
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
)

// bump is a token that some deployed clients list beside that of KHP. It is no application's
// subprotocol, and a gateway never selects it.
const bump = "x-kaazing-bump"

// Offer returns the subprotocols that the opening request offers, in that order: for hosts whose
// own WebSocket layer writes that request.
//
// KHP comes first, unless PlainFallback says that the server may be none of KHP: many WebSocket
// servers select the first subprotocol of any list, and one of them would select KHP without
// speaking it. Then it comes last, as KHP servers select it wherever it stands. What is first where
// the application has no subprotocol is a token that means nothing: a server that selects it has
// opened a plain WebSocket without a subprotocol. [AMB-33]
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
	asked := judge.Asked{Accept: c.accept[:], Subprotocols: c.cfg.Subprotocols, Tokens: khpOnly, Extensions: c.cfg.OpeningExtensions}
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

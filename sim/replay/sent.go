package replay

import (
	"slices"
	"unicode/utf8"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// rules judges a step by the rules that need no state.
func (c *checker) rules(s *Step) *problem {
	//exhaustive:ignore
	switch s.Kind {
	case Broken:
		if s.Code != fsm.CloseCode(fsm.FailureLimit) { // a limit is the receiver's own
			return &problem{s.Reqs, s.Text}
		}
	case Close:
		if c.closed[s.From] {
			return &problem{"WSP-FRAME-06", "a second Close frame"}
		}
		if !legalClose(s.Code) {
			return &problem{"WSP-CLOSE-03", "a Close frame with a code that is never sent"}
		}
	case Message:
		if c.closed[s.From] {
			return &problem{"WSP-FRAME-06", "a message after its own Close frame"}
		}
		if s.Type == wire.Text && !utf8.Valid(s.Data) && !(s.From == Server && c.inResponse()) {
			return &problem{"WSP-TEXT-01", "a text message that is not UTF-8"}
		}
	}
	return nil
}

// inResponse reports whether a response of the server may be going on, whose text need be UTF-8
// only as a whole.
func (c *checker) inResponse() bool {
	return slices.ContainsFunc(c.servers,
		func(h serverHyp) bool { return !h.state.Phase().Open() || h.unit > 0 })
}

// legalClose reports whether a code may stand in a Close frame; 0 is an empty frame. [INV-48]
func legalClose(code uint16) bool {
	return code == 0 || wire.ValidCloseCode(code)
}

// sent keeps the states in which s comes next, and reports whether there are any.
func (c *checker) sent(s *Step) bool {
	if s.From == Client {
		c.clients = narrow(c.spreadClients(), func(h clientHyp) []clientHyp { return c.clientSent(h, s) })
		return len(c.clients) > 0
	}
	c.servers = narrow(c.spreadServers(), func(h serverHyp) []serverHyp { return c.serverSent(h, s) })
	return len(c.servers) > 0
}

// spread returns all states that can be reached from those in list without anything being seen. A
// state that owes something goes no further.
func spread[H comparable](c *checker, list []H, next func(H) []H) []H {
	seen := map[H]bool{}
	for _, h := range list {
		seen[h] = true
	}
	for i := 0; i < len(list); i++ {
		for _, h := range next(list[i]) {
			if seen[h] {
				continue
			}
			if len(list) >= mostStates {
				c.crowded = true
				return list
			}
			seen[h] = true
			list = append(list, h)
		}
	}
	return list
}

// spreadClients is spread for the client, and remembers the states.
func (c *checker) spreadClients() []clientHyp {
	c.lastClients = spread(c, c.clients, c.clientNext)
	return c.lastClients
}

// spreadServers is spread for the server.
func (c *checker) spreadServers() []serverHyp {
	c.lastServers = spread(c, c.servers, c.serverNext)
	return c.lastServers
}

// narrow replaces each state by the results of f for it, once each.
func narrow[H comparable](list []H, f func(H) []H) []H {
	var kept []H
	seen := map[H]bool{}
	for _, h := range list {
		for _, n := range f(h) {
			if !seen[n] {
				seen[n] = true
				kept = append(kept, n)
			}
		}
	}
	return kept
}

// progress is how far a state is.
type progress struct {
	in   int // how many of its inputs the side has received
	owed owed
}

func (p progress) so() progress { return p }

// hypothesis is a clientHyp or a serverHyp.
type hypothesis interface {
	comparable
	so() progress
}

// onward returns the states that h can reach without being seen: by itself, or by receiving an
// input that is on its way.
func onward[H hypothesis](c *checker, side Side, h H, unseen, receives func(H) []H) []H {
	if h.so().owed.n > 0 {
		return nil
	}
	list := unseen(h)
	if h.so().in < c.arrived[side] {
		list = append(list, receives(h)...)
	}
	return list
}

func (c *checker) clientNext(h clientHyp) []clientHyp {
	return onward(c, Client, h, c.clientUnseen, c.clientReceives)
}

func (c *checker) serverNext(h serverHyp) []serverHyp {
	return onward(c, Server, h, c.serverUnseen, c.serverReceives)
}

// receive gives the last input to a side that records and so had it at once: after the messages
// that it had been ordered to send.
func (c *checker) receive(to Side) (late *problem) {
	if to == Client {
		c.clients, late = received(c, Client, c.spreadClients(), c.clientReceives, "KHP-EXT-01")
	} else {
		c.servers, late = received(c, Server, c.spreadServers(), c.serverReceives, "KHP-EXT-RSP-01")
	}
	return late
}

// received gives the last input of a side to each state in list. late is a problem if none is left
// because each still owes something; req is the requirement that this breaks.
func received[H hypothesis](
	c *checker, side Side, list []H, receives func(H) []H, req string,
) (kept []H, late *problem) {
	kept = narrow(list, func(h H) []H {
		switch p := h.so(); {
		case p.owed.n > 0:
			late = &problem{req, "it received something before it had sent " + p.owed.first().String()}
			return nil
		case p.in == c.arrived[side]:
			return []H{h}
		}
		return receives(h)
	})
	if len(kept) > 0 {
		late = nil
	}
	return kept, late
}

// calm lets messages arrive that make no difference any more, so that the number of states stays
// small.
func (c *checker) calm() {
	c.clients = calmed(c, Client, c.clients, c.clientReceives,
		func(h clientHyp) bool { return h.state.Phase() > fsm.ClientAwaitConfirm })
	c.servers = calmed(c, Server, c.servers, c.serverReceives,
		func(h serverHyp) bool { return h.state.Phase() >= fsm.ServerOpen })
}

// calmed is calm for one side; late tells that a state is open or at its end.
func calmed[H hypothesis](
	c *checker, side Side, list []H, receives func(H) []H, late func(H) bool,
) []H {
	return narrow(list, func(h H) []H {
		for p := h.so(); p.owed.n == 0 && p.in < c.arrived[side] && late(h) &&
			c.s.Steps[c.inputs[side][p.in]].Kind == Message; p = h.so() {
			h = receives(h)[0]
		}
		return []H{h}
	})
}

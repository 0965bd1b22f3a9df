package replay

import (
	"slices"
	"unicode/utf8"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// rules judges what can be judged of a step without knowing any state.
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
	return slices.ContainsFunc(c.servers, func(h serverHyp) bool { return !h.state.Phase().Open() || h.unit > 0 })
}

// legalClose reports whether a code may stand in a Close frame; 0 is an empty frame. [INV-48]
func legalClose(code uint16) bool {
	return code == 0 || wire.ValidCloseCode(code)
}

// sent keeps the states in which s is what comes next, and reports whether there are any.
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

// spreadClients is spread for the client, and remembers what there was.
func (c *checker) spreadClients() []clientHyp {
	c.lastClients = spread(c, c.clients, c.clientNext)
	return c.lastClients
}

// spreadServers is spread for the server.
func (c *checker) spreadServers() []serverHyp {
	c.lastServers = spread(c, c.servers, c.serverNext)
	return c.lastServers
}

// narrow replaces each state by what f makes of it, once each.
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

// clientNext returns what h may become without being seen: by itself, or by receiving what is on
// its way.
func (c *checker) clientNext(h clientHyp) []clientHyp {
	if h.owed.n > 0 {
		return nil
	}
	list := c.clientUnseen(h)
	if h.in < c.arrived[Client] {
		list = append(list, c.clientReceives(h)...)
	}
	return list
}

// serverNext is clientNext for the server.
func (c *checker) serverNext(h serverHyp) []serverHyp {
	if h.owed.n > 0 {
		return nil
	}
	list := c.serverUnseen(h)
	if h.in < c.arrived[Server] {
		list = append(list, c.serverReceives(h)...)
	}
	return list
}

// receive gives the last input to a side that records, which had it at once. What it was ordered to
// send before, it has sent.
func (c *checker) receive(to Side) *problem {
	var late *problem
	if to == Client {
		c.clients = narrow(c.spreadClients(), func(h clientHyp) []clientHyp {
			if h.owed.n > 0 {
				late = &problem{"KHP-EXT-01", "it received something before it had sent " + h.owed.first().String()}
				return nil
			}
			if h.in == c.arrived[Client] {
				return []clientHyp{h}
			}
			return c.clientReceives(h)
		})
		if len(c.clients) > 0 {
			return nil
		}
		return late
	}
	c.servers = narrow(c.spreadServers(), func(h serverHyp) []serverHyp {
		if h.owed.n > 0 {
			late = &problem{"KHP-EXT-RSP-01", "it received something before it had sent " + h.owed.first().String()}
			return nil
		}
		if h.in == c.arrived[Server] {
			return []serverHyp{h}
		}
		return c.serverReceives(h)
	})
	if len(c.servers) > 0 {
		return nil
	}
	return late
}

// calm lets messages arrive that make no difference any more, so that the number of states stays
// small.
func (c *checker) calm() {
	c.clients = narrow(c.clients, func(h clientHyp) []clientHyp {
		for h.owed.n == 0 && h.in < c.arrived[Client] && c.indifferent(h.state.Phase() > fsm.ClientAwaitConfirm, c.inputs[Client][h.in]) {
			h = c.clientReceives(h)[0]
		}
		return []clientHyp{h}
	})
	c.servers = narrow(c.servers, func(h serverHyp) []serverHyp {
		for h.owed.n == 0 && h.in < c.arrived[Server] && c.indifferent(h.state.Phase() >= fsm.ServerOpen, c.inputs[Server][h.in]) {
			h = c.serverReceives(h)[0]
		}
		return []serverHyp{h}
	})
}

// indifferent reports whether step i changes nothing for a side that is open or at its end.
func (c *checker) indifferent(late bool, i int) bool { return late && c.s.Steps[i].Kind == Message }

package sim

import (
	"slices"

	"example.com/khp/fsm"
)

// Properties returns what must hold in every run of the model.
func (m Honest) Properties() Properties[Pair] {
	bothOpen := func(p Pair) bool { return p.client.Phase() == fsm.ClientOpen && p.server.Phase() == fsm.ServerOpen }
	return Properties[Pair]{
		Always: []Property[Pair]{
			{"INV-02", "the client's application gets nothing that was not sent to it", func(p Pair) bool { return p.clientGot <= p.serverSent }},
			{"INV-03", "the server's application gets nothing that was not sent to it", func(p Pair) bool { return p.serverGot <= p.clientSent }},
			{"INV-05", "exactly one terminal event each", func(p Pair) bool {
				return p.c.ended == 1 == p.client.Phase().Terminal() && (!p.up || p.s.ended == 1 == p.server.Phase().Terminal())
			}},
			{"INV-50", "a client is open only if its server completed the handshake", func(p Pair) bool {
				return p.client.Phase() != fsm.ClientOpen || p.serverOpened
			}},
			{"LIV-06", "whoever waits for the other, the network or credentials does so with a timer", func(p Pair) bool {
				return guardedClient(p.client.Phase(), &p.c) && (!p.up || guardedServer(p.server.Phase(), &p.s))
			}},
		},
		AtSteps: append(slices.Clip(slices.Clone(clientChecks)), serverChecks...),
		LeadsTo: []Promise[Pair]{
			{"LIV-01", "every connect call ends on both sides, or opens on both", nil, func(p Pair) bool { return m.AtRest(p) || bothOpen(p) }},
			{"LIV-07", "once a client closes, its connection comes to an end", func(p Pair) bool { return closing(p.client.Phase()) }, func(p Pair) bool { return !closing(p.client.Phase()) }},
		},
		Sometimes: []Property[Pair]{
			{"LIV-03", "open on both sides", bothOpen},
			{"LIV-04", "open after the last challenge", func(p Pair) bool { return bothOpen(p) && p.client.Replays() == int(m.Client.MaxReplays) }},
			{"LIV-05", "open after the last redirect", func(p Pair) bool { return bothOpen(p) && p.client.Redirects() == int(m.Client.MaxRedirects) }},
			{"LIV-12", "both sides close at the same time", func(p Pair) bool {
				return p.client.Phase() == fsm.ClientClosing && p.server.Phase() == fsm.ServerClosing
			}},
			{"INV-35", "a message right behind the terminator arrives", func(p Pair) bool { return p.clientGot == 1 && p.serverGot == 1 }},
		},
	}
}

// closing reports whether the client only waits for its connection to end.
func closing(p fsm.ClientPhase) bool { return p == fsm.ClientClosing || p == fsm.ClientDraining }

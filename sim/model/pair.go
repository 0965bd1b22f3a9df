package model

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
)

// Honest is the model of an honest client and an honest server joined by a network that keeps the
// order and may be cut at any time. Applications, credential provider and clock are free: every
// decision, every answer, every timer at any moment.
type Honest struct {
	Client fsm.ClientConfig
	Server fsm.ServerConfig
	// Unaware makes the server one that does not know the kaazing profile: it ignores .kl=Y in the
	// client's URL.
	Unaware bool
	// Cooperative has everybody want the connection: nothing is cut, nobody gives up, no timer runs
	// out, and applications ask for no more than the limits allow.
	Cooperative bool
	Fault       Fault // the zero value is none
	Unlimited   bool  // for all limits at once; those of Client and Server must be 1

	hasty bool // the client's host hands over an answer to the body before it reports the body as written
}

// marked reports whether the server sees .kl=Y and understands it.
func (m Honest) marked() bool { return m.Client.Profile != fsm.ProfileSpec && !m.Unaware }

// Pair is a state of [Honest]. Of the server only the connection that the client is on is looked
// at. Pairs of one system can be compared.
type Pair struct {
	client *clientPart
	server *serverPart

	toClient, toServer *queuePart
	up                 bool // there is a connection
	cut                bool // the network fails on this connection

	unit         message // response whose terminator is outstanding; kind 0 if none
	clientSent   uint8   // application messages
	serverSent   uint8
	clientGot    uint8
	serverGot    uint8
	serverOpened bool // the current server connection completed its handshake
}

// String names the phases of both.
func (p Pair) String() string {
	if p.client == nil {
		return "nobody"
	}
	if p.up {
		return p.client.String() + ", " + p.server.String()
	}
	return p.client.String()
}

// atRest reports whether both sides have come to their end.
func (m *Honest) atRest(p Pair) bool {
	return m.Cooperative && p.bothOpen() || p.client.Phase().Terminal() && (!p.up || p.server.Phase().Terminal())
}

// Properties returns what must hold in every run of the model.
func (m Honest) Properties() explore.Properties[Pair] {
	if m.Cooperative {
		return m.promises()
	}
	bothOpen := Pair.bothOpen
	return explore.Properties[Pair]{
		Always: []explore.Property[Pair]{
			holds("INV-02", "the client's application gets nothing that was not sent to it", func(p Pair) bool { return p.clientGot <= p.serverSent }),
			holds("INV-03", "the server's application gets nothing that was not sent to it", func(p Pair) bool { return p.serverGot <= p.clientSent }),
			holds("INV-05", "exactly one terminal event each", func(p Pair) bool {
				return p.client.host.ended == 1 == p.client.Phase().Terminal() && (!p.up || p.server.host.ended == 1 == p.server.Phase().Terminal())
			}),
			holds("INV-50", "a client is open only if its server completed the handshake", func(p Pair) bool {
				return p.client.Phase() != fsm.ClientOpen || p.serverOpened
			}),
			holds("LIV-06", "the timers that a phase needs run, and no others", func(p Pair) bool { return p.client.timed() && (!p.up || p.server.timed()) }),
		},
		AtSteps:  slices.Concat(clientChecks, checks(clientObligations), serverChecks, checks(serverObligations)),
		Compared: m.Fault.oracle(),
		LeadsTo: []explore.Promise[Pair]{
			leads("LIV-01", "every connect call ends on both sides, or opens on both", nil, func(p Pair) bool { return m.atRest(p) || bothOpen(p) }),
		},
		Sometimes: []explore.Property[Pair]{
			holds("LIV-03", "open on both sides", bothOpen),
			holds("LIV-04", "open after the last challenge", func(p Pair) bool { return bothOpen(p) && p.client.state.Replays() == int(m.Client.MaxReplays) }),
			holds("LIV-05", "open after the last redirect", func(p Pair) bool { return bothOpen(p) && p.client.state.Redirects() == int(m.Client.MaxRedirects) }),
			holds("LIV-12", "both sides close at the same time", func(p Pair) bool {
				return p.client.Phase() == fsm.ClientClosing && p.server.Phase() == fsm.ServerClosing
			}),
			holds("INV-35", "a message right behind the terminator arrives", func(p Pair) bool { return p.clientGot == 1 && p.serverGot == 1 }),
		},
	}
}

// bothOpen reports whether both sides are open.
func (p Pair) bothOpen() bool {
	return p.client.Phase() == fsm.ClientOpen && p.server.Phase() == fsm.ServerOpen
}

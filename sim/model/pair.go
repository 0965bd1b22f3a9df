package model

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
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
	// Cooperative has both sides want the connection: nothing is cut, neither side gives up, no
	// timer runs out, and applications ask for no more than the limits allow.
	Cooperative bool
	Fault       act.Fault // the zero value is none
	Unlimited   bool      // for all limits at once; those of Client and Server must be 1

	// hasty has the client's host hand over an answer to the body before it reports the body as
	// written.
	hasty bool
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
	return m.Cooperative && p.bothOpen() ||
		p.client.Phase().Terminal() && (!p.up || p.server.Phase().Terminal())
}

// Properties returns the properties of the model.
func (m Honest) Properties() explore.Properties[Pair] {
	if m.Cooperative {
		return m.promises()
	}
	bothOpen := Pair.bothOpen
	return explore.Properties[Pair]{
		Always: []explore.Property[Pair]{
			holds("INV-02", "the client's application gets nothing that was not sent to it",
				func(p Pair) bool { return p.clientGot <= p.serverSent }),
			holds("INV-03", "the server's application gets nothing that was not sent to it",
				func(p Pair) bool { return p.serverGot <= p.clientSent }),
			holds("INV-05", "exactly one terminal event each", func(p Pair) bool {
				return p.client.Host.Ended == 1 == p.client.Phase().Terminal() &&
					(!p.up || p.server.Host.Ended == 1 == p.server.Phase().Terminal())
			}),
			holds("INV-50", "a client is open only if its server completed the handshake",
				func(p Pair) bool {
					return p.client.Phase() != fsm.ClientOpen || p.serverOpened
				}),
			holds("LIV-06", "the timers that a phase needs run, and no others",
				func(p Pair) bool { return p.client.Timed() && (!p.up || p.server.Timed()) }),
		},
		AtSteps: slices.Concat(world.ClientChecks, world.Checks(world.ClientObligations),
			world.ServerChecks, world.Checks(world.ServerObligations)),
		Compared: world.OracleChecks(&m.Fault),
		LeadsTo: []explore.Promise[Pair]{
			leads("LIV-01", "every connect call ends on both sides, or opens on both", nil,
				func(p Pair) bool { return m.atRest(p) || bothOpen(p) }),
		},
		Sometimes: []explore.Property[Pair]{
			holds("LIV-03", "open on both sides", bothOpen),
			holds("LIV-04", "open after the last challenge", func(p Pair) bool {
				return bothOpen(p) &&
					p.client.State.Replays() == int(m.Client.MaxReplays)
			}),
			holds("LIV-05", "open after the last redirect", func(p Pair) bool {
				return bothOpen(p) &&
					p.client.State.Redirects() == int(m.Client.MaxRedirects)
			}),
			holds("LIV-12", "both sides close at the same time", func(p Pair) bool {
				return p.client.Phase() == fsm.ClientClosing && p.server.Phase() == fsm.ServerClosing
			}),
			holds("INV-35", "a message right behind the terminator arrives",
				func(p Pair) bool { return p.clientGot == 1 && p.serverGot == 1 }),
		},
	}
}

// bothOpen reports whether both sides are open.
func (p Pair) bothOpen() bool {
	return p.client.Phase() == fsm.ClientOpen && p.server.Phase() == fsm.ServerOpen
}

// rest packs everything of p that is no part.
func (p *Pair) rest() uint32 {
	flags := world.Flag(p.up, 0) | world.Flag(p.cut, 1) | world.Flag(p.serverOpened,
		2) | uint16(p.clientSent)<<4 | uint16(p.serverSent)<<7 | uint16(p.clientGot)<<10 |
		uint16(p.serverGot)<<13
	return uint32(p.unit.pack()) | uint32(flags)<<16
}

func (p *Pair) setRest(rest uint32) {
	p.unit = unpack(uint16(rest))
	f := rest >> 16
	p.up, p.cut, p.serverOpened = f&1 != 0, f&2 != 0, f&4 != 0
	p.clientSent, p.serverSent, p.clientGot, p.serverGot = uint8(f>>4&7), uint8(f>>7&7),
		uint8(f>>10&7), uint8(f>>13)
}

// willing reports whether a side that wants the connection may meet ev in p.
func (m *Honest) willing(p *Pair, ev *fsm.Event) bool {
	//exhaustive:ignore
	switch ev.Kind {
	case fsm.EventTimerExpired, fsm.EventCloseRequested, fsm.EventConnectFailed,
		fsm.EventCredentialsDeclined, fsm.EventApplicationFailed:
		return false
	case fsm.EventCredentialsSupplied:
		return ev.Facts.Has(fsm.FactNewCredentials)
	case fsm.EventDecided:
		return m.welcome(p, ev)
	}
	return true
}

// welcome reports whether a decision leads on, within the limits of both sides. A client counts 100
// and 202 together.
func (m *Honest) welcome(p *Pair, ev *fsm.Event) bool {
	s := p.server.State
	//exhaustive:ignore
	switch fsm.Status(int(ev.Status)).Action {
	case codes.ActionComplete:
		return !ev.Facts.Has(fsm.FactReroute) || p.client.State.Redirects() < int(m.Client.MaxRedirects)
	case codes.ActionWait:
		interim := s.Deferrals() + 1
		if m.Client.Expect {
			interim += int(m.Client.MaxReplays) + 1
		}
		return s.Deferrals() < int(m.Server.MaxDeferrals) && interim <= int(m.Client.MaxInterim)
	case codes.ActionReplay: // another request, and another 100
		if m.Client.Expect && s.Challenges()+2+s.Deferrals() > int(m.Client.MaxInterim) {
			return false
		}
		return s.Challenges() < int(min(m.Server.MaxChallenges, m.Client.MaxReplays))
	case codes.ActionRedirect:
		return p.client.State.Redirects() < int(m.Client.MaxRedirects)
	}
	return false
}

// promises are the properties of a cooperative pair.
func (m Honest) promises() explore.Properties[Pair] {
	return explore.Properties[Pair]{
		AtSteps: slices.Concat(world.ClientChecks, world.Checks(world.ClientObligations),
			world.ServerChecks, world.Checks(world.ServerObligations)),
		Compared: world.OracleChecks(&m.Fault),
		LeadsTo: []explore.Promise[Pair]{
			leads("LIV-03", "both sides open", nil, Pair.bothOpen),
			leads("LIV-04", "after a challenge both sides open",
				func(p Pair) bool { return p.client.State.Replays() > 0 }, Pair.bothOpen),
			leads("LIV-05", "after a redirect both sides open",
				func(p Pair) bool { return p.client.State.Redirects() > 0 }, Pair.bothOpen),
		},
		Sometimes: []explore.Property[Pair]{
			holds("LIV-04", "open after the last challenge", func(p Pair) bool {
				return p.bothOpen() &&
					p.client.State.Replays() == int(m.Client.MaxReplays)
			}),
			holds("LIV-05", "open after the last redirect", func(p Pair) bool {
				return p.bothOpen() &&
					p.client.State.Redirects() == int(m.Client.MaxRedirects)
			}),
		},
	}
}

package model

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
)

// willing reports whether a side that wants the connection may meet ev in p.
func (m *Honest) willing(p *Pair, ev *fsm.Event) bool {
	//exhaustive:ignore
	switch ev.Kind {
	case fsm.EventTimerExpired, fsm.EventCloseRequested, fsm.EventConnectFailed, fsm.EventCredentialsDeclined, fsm.EventApplicationFailed:
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
	s := p.server.state
	//exhaustive:ignore
	switch fsm.Status(int(ev.Status)).Action {
	case fsm.ActionComplete:
		return !ev.Facts.Has(fsm.FactReroute) || p.client.state.Redirects() < int(m.Client.MaxRedirects)
	case fsm.ActionWait:
		interim := s.Deferrals() + 1
		if m.Client.Expect {
			interim += int(m.Client.MaxReplays) + 1
		}
		return s.Deferrals() < int(m.Server.MaxDeferrals) && interim <= int(m.Client.MaxInterim)
	case fsm.ActionReplay: // another request, and another 100
		if m.Client.Expect && s.Challenges()+2+s.Deferrals() > int(m.Client.MaxInterim) {
			return false
		}
		return s.Challenges() < int(min(m.Server.MaxChallenges, m.Client.MaxReplays))
	case fsm.ActionRedirect:
		return p.client.state.Redirects() < int(m.Client.MaxRedirects)
	}
	return false
}

// promises are the properties of a cooperative pair.
func (m Honest) promises() explore.Properties[Pair] {
	return explore.Properties[Pair]{
		AtSteps:  slices.Concat(clientChecks, checks(clientObligations), serverChecks, checks(serverObligations)),
		Compared: m.Fault.oracle(),
		LeadsTo: []explore.Promise[Pair]{
			leads("LIV-03", "both sides open", nil, Pair.bothOpen),
			leads("LIV-04", "after a challenge both sides open", func(p Pair) bool { return p.client.state.Replays() > 0 }, Pair.bothOpen),
			leads("LIV-05", "after a redirect both sides open", func(p Pair) bool { return p.client.state.Redirects() > 0 }, Pair.bothOpen),
		},
		Sometimes: []explore.Property[Pair]{
			holds("LIV-04", "open after the last challenge", func(p Pair) bool { return p.bothOpen() && p.client.state.Replays() == int(m.Client.MaxReplays) }),
			holds("LIV-05", "open after the last redirect", func(p Pair) bool { return p.bothOpen() && p.client.state.Redirects() == int(m.Client.MaxRedirects) }),
		},
	}
}

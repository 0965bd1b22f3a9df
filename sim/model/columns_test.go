package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
)

// A gross change spoils a whole column of a table, or every row that orders something. Nothing is
// forbidden to a machine that does nothing; its obligations find it.
type gross struct {
	name string
	side Side
	hits func(fsm.Row) bool // the rows it changes
	to   func(*fsm.Row)
}

// fault makes the change.
func (g gross) fault() Fault {
	rows := slices.Collect(fsm.ClientRows())
	if g.side == Server {
		rows = slices.Collect(fsm.ServerRows())
	}
	f := Fault{Name: g.name, Side: g.side, altered: fsm.Alter(g.side.String(), -1, fsm.Row{})}
	for n, r := range rows {
		if g.hits(r) {
			r.Effects, r.When = slices.Clone(r.Effects), slices.Clone(r.When)
			g.to(&r)
			f.altered = f.altered.And(n, r)
		}
	}
	return f
}

// found returns the id of a property that the change breaks, within tiny bounds, without the oracle;
// "" if there is none.
func (g gross) found(t *testing.T) string {
	f := g.fault()
	for _, m := range slices.Backward(Models()) { // the small ones first
		for _, c := range m.Configurations {
			if m.Name == "honest" && c.Name != "spec" || !c.Has(g.side) {
				continue
			}
			r, err := c.Explore(tiny, f, explore.Options{First: true})
			require.NoError(t, err)
			if len(r.Violations) > 0 {
				return r.Violations[0].ID
			}
		}
	}
	return ""
}

func on(kinds ...string) func(fsm.Row) bool {
	return func(r fsm.Row) bool {
		return r.Verdict == fsm.Accepted && slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(r.Event, k) })
	}
}

func ordering(match func(fsm.Effect) bool) func(fsm.Row) bool {
	return func(r fsm.Row) bool { return slices.ContainsFunc(r.Effects, match) }
}

func dropping(match func(fsm.Effect) bool) func(*fsm.Row) {
	return func(r *fsm.Row) { r.Effects = slices.DeleteFunc(r.Effects, match) }
}

func ignoring(r *fsm.Row) {
	*r = fsm.Row{Index: -1, From: r.From, Event: r.Event, To: r.From, Verdict: fsm.Ignored}
}

func heedless(names ...string) func(*fsm.Row) {
	return func(r *fsm.Row) {
		r.When = slices.DeleteFunc(r.When, func(c fsm.Condition) bool { return slices.Contains(names, c.Name) })
	}
}

func arms(t fsm.Timer) func(fsm.Effect) bool {
	return func(e fsm.Effect) bool { return e.Kind == fsm.EffectArmTimer && e.Timer == t }
}

func ofKind(k fsm.EffectKind) func(fsm.Effect) bool {
	return func(e fsm.Effect) bool { return e.Kind == k }
}

// Changes that exploration once called harmless.
var grossNamed = []gross{
	{"every Ping is ignored by the client", Client, on("PingReceived"), ignoring},
	{"every Ping is ignored by the server", Server, on("PingReceived"), ignoring},
	{"a request that names an extension of the opening handshake is taken", Server, func(r fsm.Row) bool { return r.Event == "Request" && r.Failure == fsm.FailureMalformed }, func(r *fsm.Row) {
		r.To, r.Effects, r.Failure, r.Changes = "Deciding", []fsm.Effect{{Kind: fsm.EffectStopTimers}, {Kind: fsm.EffectArmTimer, Timer: fsm.TimerOverall}, {Kind: fsm.EffectAskDecision}}, 0, fsm.Changes{}
	}},
	{"the client never sends Close before it is open", Client, func(r fsm.Row) bool {
		return r.From != "Open" && r.From != "Plain" && ordering(ofKind(fsm.EffectSendClose))(r)
	}, dropping(ofKind(fsm.EffectSendClose))},
	{"the client never answers Close", Client, on("PeerClosed"), dropping(ofKind(fsm.EffectSendClose))},
	{"the server never answers Close", Server, on("PeerClosed"), dropping(ofKind(fsm.EffectSendClose))},
	{"the client ignores that it is to close", Client, on("CloseRequested"), ignoring},
	{"the server ignores that it is to close", Server, on("CloseRequested"), ignoring},
	{"the response timer is never started", Client, ordering(arms(fsm.TimerResponse)), dropping(arms(fsm.TimerResponse))},
	{"the request timer is never started", Server, ordering(arms(fsm.TimerRequest)), dropping(arms(fsm.TimerRequest))},
	{"the body timer is never started", Server, ordering(arms(fsm.TimerBody)), dropping(arms(fsm.TimerBody))},
	{"307 is followed whatever the method", Client, on("Response(RedirectIfGet)"), heedless("GET")},
	{"targets that are refused are followed", Client, func(r fsm.Row) bool { return r.Plan == fsm.PlanRedirect }, heedless("target usable", "target refused")},
	{"targets that were visited are followed", Client, func(r fsm.Row) bool { return r.Plan == fsm.PlanRedirect }, heedless("target usable", "target visited")},
}

// grossChanges are those and, of both tables, each column ignored, each effect dropped from each
// column, and each effect and each start of a timer dropped everywhere.
func grossChanges() []gross {
	list := slices.Clone(grossNamed)
	for _, side := range []Side{Client, Server} {
		seen := map[string]bool{}
		add := func(name string, hits func(fsm.Row) bool, to func(*fsm.Row)) {
			if name = side.String() + ": " + name; !seen[name] {
				seen[name] = true
				list = append(list, gross{name, side, hits, to})
			}
		}
		for _, r := range edgesOf(side) {
			column := func(o fsm.Row) bool { return o.Event == r.Event && o.Verdict == fsm.Accepted }
			add("ignores "+r.Event, column, ignoring)
			for _, e := range r.Effects {
				same := func(o fsm.Effect) bool {
					return o.Kind == e.Kind && (o.Timer == e.Timer || e.Kind != fsm.EffectArmTimer)
				}
				what := strings.TrimPrefix(e.Kind.String(), "Effect")
				if e.Kind == fsm.EffectArmTimer {
					what += " " + e.Timer.String()
				}
				add("never orders "+what, ordering(same), dropping(same))
				add(fmt.Sprintf("does not order %s on %s", what, r.Event), func(o fsm.Row) bool { return column(o) && ordering(same)(o) }, dropping(same))
			}
		}
	}
	return list
}

func TestColumns_GrossChangesAreFound(t *testing.T) {
	for _, g := range grossNamed {
		t.Run(g.name, func(t *testing.T) { require.NotEmpty(t, g.found(t), "some property is broken") })
	}
}

func TestColumns_EveryOne(t *testing.T) {
	for _, g := range grossChanges()[len(grossNamed):] {
		if found, harmless := g.found(t), slices.Contains(harmless, g.name); found == "" != harmless {
			t.Errorf("%s: found by %q, said to be harmless: %t", g.name, found, harmless)
		}
	}
}

// harmless are changes that drop an order which has nothing left to do there: the connection is gone,
// or the timer that ran out was the only one; and a decision for 100 is taken by test servers only,
// to which nothing is owed.
var harmless = []string{
	"client: does not order Disconnect on ConnectFailed", "client: does not order Disconnect on ConnectionLost", "server: does not order Disconnect on ConnectionLost",
	"client: does not order Disconnect on CredentialsSupplied", "client: does not order Disconnect on CredentialsDeclined",
	"client: does not order Disconnect on TimerExpired(Credentials)", "client: does not order StopTimers on TimerExpired(Credentials)",
	"client: does not order StopTimers on TimerExpired(Close)", "server: does not order StopTimers on TimerExpired(Close)",
	"server: does not order StopTimers on TimerExpired(Replay)", "server: ignores Decided(Continue)",
}

package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

// A gross change spoils a whole column of a table, or every row that orders something. Nothing is
// forbidden to a machine that does nothing; its obligations find it.
type gross struct {
	name string
	side act.Side
	hits func(fsm.Row) bool // the rows it changes
	to   func(*fsm.Row)
}

// fault makes the change.
func (g gross) fault() act.Fault {
	rows := slices.Collect(fsm.ClientRows())
	if g.side == act.Server {
		rows = slices.Collect(fsm.ServerRows())
	}
	f := act.Fault{Name: g.name, Side: g.side, Unaided: true,
		Altered: tables.Alter(g.side.String(), -1, fsm.Row{})}
	for n, r := range rows {
		if g.hits(r) {
			r.Effects, r.When = slices.Clone(r.Effects), slices.Clone(r.When)
			g.to(&r)
			f.Altered = tables.And(f.Altered, n, r)
		}
	}
	return f
}

// found returns the id of a property that the change breaks, within tiny bounds, without the
// oracle; "" if there is none.
func (g gross) found(t *testing.T) string {
	for _, p := range nearest(t, g.fault()) {
		return p.ID
	}
	return ""
}

// nearest returns the properties whose violations are the nearest, in the first configuration that
// has any.
func nearest(t *testing.T, f act.Fault) (broken []explore.Checked) {
	for _, m := range slices.Backward(Models()) { // the small ones first
		for _, c := range m.Configurations {
			if len(c.sides) > 1 && c.Name != "spec" || !c.Has(f.Side) {
				continue
			}
			r, err := c.Explore(tiny, f, explore.Options{First: true})
			require.NoError(t, err)
			for _, p := range r.Properties {
				if !p.Held {
					p.Held = true
					broken = append(broken, p)
				}
			}
			if len(broken) > 0 {
				return broken
			}
		}
	}
	return nil
}

func on(kinds ...string) func(fsm.Row) bool {
	return func(r fsm.Row) bool {
		return r.Verdict == fsm.Accepted &&
			slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(r.Event, k) })
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
		r.When = slices.DeleteFunc(r.When,
			func(c fsm.Condition) bool { return slices.Contains(names, c.Name) })
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
	{"every Ping is ignored by the client", act.Client, on("PingReceived"), ignoring},
	{"every Ping is ignored by the server", act.Server, on("PingReceived"), ignoring},
	{"a request that names an extension of the opening handshake is taken", act.Server,
		func(r fsm.Row) bool { return r.Event == "Request" && r.Failure == fsm.FailureMalformed },
		func(r *fsm.Row) {
			r.To, r.Effects, r.Failure, r.Changes = "Deciding", []fsm.Effect{{Kind: fsm.EffectStopTimers},
				{Kind: fsm.EffectArmTimer, Timer: fsm.TimerOverall},
				{Kind: fsm.EffectAskDecision}}, 0, fsm.Changes{}
		}},
	{"the client never sends Close before it is open", act.Client, func(r fsm.Row) bool {
		return r.From != "Open" && r.From != "Plain" && ordering(ofKind(fsm.EffectSendClose))(r)
	}, dropping(ofKind(fsm.EffectSendClose))},
	{"the client never answers Close", act.Client, on("PeerClosed"),
		dropping(ofKind(fsm.EffectSendClose))},
	{"the server never answers Close", act.Server, on("PeerClosed"),
		dropping(ofKind(fsm.EffectSendClose))},
	{"the client ignores that it is to close", act.Client, on("CloseRequested"), ignoring},
	{"the server ignores that it is to close", act.Server, on("CloseRequested"), ignoring},
	{"the response timer is never started", act.Client, ordering(arms(fsm.TimerResponse)),
		dropping(arms(fsm.TimerResponse))},
	{"the request timer is never started", act.Server, ordering(arms(fsm.TimerRequest)),
		dropping(arms(fsm.TimerRequest))},
	{"the body timer is never started", act.Server, ordering(arms(fsm.TimerBody)),
		dropping(arms(fsm.TimerBody))},
	{"307 is followed whatever the method", act.Client, on("Response(RedirectIfGet)"),
		heedless("GET")},
	{"targets that are refused are followed", act.Client, func(r fsm.Row) bool {
		return r.Plan == fsm.PlanRedirect
	}, heedless("target usable", "target refused")},
	{"targets that were visited are followed", act.Client, func(r fsm.Row) bool {
		return r.Plan == fsm.PlanRedirect
	}, heedless("target usable", "target visited")},
}

// Changes that make each of the rarer checks speak.
var grossRare = []gross{
	{"the client does not wait for Close", act.Client,
		func(r fsm.Row) bool { return r.ID == "await-proceed/close/close" },
		func(r *fsm.Row) { r.To = "Draining" }},
	{"the client opens again at a Ping", act.Client, func(r fsm.Row) bool {
		return r.From == "Open" &&
			r.Event == "PingReceived"
	}, act.Orders(act.Effect(fsm.EffectComplete))},
	{"the server opens again at a Ping", act.Server, func(r fsm.Row) bool {
		return r.From == "Open" &&
			r.Event == "PingReceived"
	}, act.Orders(act.Effect(fsm.EffectComplete))},
	{"an upgrade goes to a target that was visited", act.Client,
		func(r fsm.Row) bool { return strings.HasSuffix(r.ID, "426/redirect-loop") }, func(r *fsm.Row) {
			r.Plan, r.Failure, r.Changes.Set = fsm.PlanUpgrade, 0, nil
		}},
	{"407 is answered without a challenge", act.Client,
		func(r fsm.Row) bool { return r.Plan == fsm.PlanProxyAuth }, heedless("proxy challenge")},
	{"426 is answered without TLS", act.Client, func(r fsm.Row) bool {
		return r.Plan == fsm.PlanUpgrade
	}, heedless("upgrade to TLS", "target usable")},
	{"a request that names an extension of the opening handshake is accepted at once", act.Server,
		func(r fsm.Row) bool { return r.ID == "await-request/request/malformed" }, func(r *fsm.Row) {
			r.Effects[0].Code = 101
		}},
	{"a plain connection counts as complete", act.Server,
		ordering(ofKind(fsm.EffectOpenPlain)), func(r *fsm.Row) {
			r.Effects[len(r.Effects)-1] = act.Effect(fsm.EffectComplete)
		}},
	{"decisions need not meet their obligations", act.Server, on("Decided(Close)"),
		heedless("obligations met")},
	{"every client gets N", act.Server, func(r fsm.Row) bool {
		return r.ID == "opening/opening-request/await-request"
	}, act.Orders(act.Effect(fsm.EffectSendProceed))},
}

// grossChanges are those and, of both tables, each column ignored, each effect dropped from each
// column, and each effect and each start of a timer dropped everywhere.
func grossChanges() []gross {
	list := slices.Clone(grossNamed)
	for _, side := range []act.Side{act.Client, act.Server} {
		seen := map[string]bool{}
		add := func(name string, hits func(fsm.Row) bool, to func(*fsm.Row)) {
			if name = side.String() + ": " + name; !seen[name] {
				seen[name] = true
				list = append(list, gross{name, side, hits, to})
			}
		}
		for _, r := range act.EdgesOf(side) {
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
				add(fmt.Sprintf("does not order %s on %s", what, r.Event),
					func(o fsm.Row) bool { return column(o) && ordering(same)(o) }, dropping(same))
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

// The models without limits, which khp explore runs without --bounds, find them, too.
func TestColumns_GrossChangesAreFoundWithoutLimits(t *testing.T) {
	needTime(t)
	for _, g := range grossNamed {
		t.Run(g.name, func(t *testing.T) {
			for _, m := range Unlimited()[1:3] { // a client and a server, in all configurations
				if c := m.Configurations[0]; c.Has(g.side) {
					r, err := c.Explore(Bounds{Unlimited: true}, g.fault(), explore.Options{First: true})
					require.NoError(t, err)
					require.NotEmpty(t, r.Violations, "some property is broken")
				}
			}
		})
	}
}

func TestColumns_EveryOne(t *testing.T) {
	needTime(t)
	found := map[explore.Checked]bool{}
	note := func(list []explore.Checked) bool {
		for _, p := range list {
			found[p] = true
		}
		return len(list) > 0
	}
	for _, g := range grossChanges()[len(grossNamed):] {
		if found, harmless := note(nearest(t, g.fault())), slices.Contains(harmless,
			g.name); found == harmless {
			t.Errorf("%s: found: %t, said to be harmless: %t", g.name, found, harmless)
		}
	}
	for _, g := range slices.Concat(grossNamed, grossRare) {
		note(nearest(t, g.fault()))
	}
	for _, f := range act.Faults() {
		f.Unaided = true
		note(nearest(t, f))
	}
	for _, p := range slices.Concat(AnyServer{Config: tiny.client("spec")}.Properties().AtSteps,
		AnyClient{}.Properties().AtSteps) {
		p.Kind, p.Held = explore.AtStep, true
		if !found[p] {
			t.Errorf("no seeded change is found by %s: %s", p.ID, p.Text)
		}
	}
}

// harmless are changes that drop an order which has nothing left to do there: the connection is
// gone, or the timer that ran out was the only one; and a decision for 100 is taken by test servers
// only, to which nothing is owed.
var harmless = []string{
	"client: does not order Disconnect on ConnectFailed", "client: does not order Disconnect on " +
		"ConnectionLost", "server: does not order Disconnect on ConnectionLost",
	"client: does not order Disconnect on CredentialsSupplied",
	"client: does not order Disconnect on CredentialsDeclined",
	"client: does not order Disconnect on TimerExpired(Credentials)",
	"client: does not order StopTimers on TimerExpired(Credentials)",
	"client: does not order StopTimers on TimerExpired(Close)",
	"server: does not order StopTimers on TimerExpired(Close)",
	"server: does not order StopTimers on TimerExpired(Replay)", "server: ignores Decided(Continue)",
}

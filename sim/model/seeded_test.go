package model

import (
	"slices"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

// seed is a mistake that breaks a property of states and runs; gross changes break the properties
// of steps.
type seed struct {
	name          string
	model, config string
	fault         gross
	breaks        []string // kind and id
}

// row changes the rows with the id.
func row(side act.Side, id string, to func(*fsm.Row)) gross {
	return gross{id, side, func(r fsm.Row) bool { return r.ID == id }, to}
}

func timed(k fsm.EffectKind, t fsm.Timer) fsm.Effect { return fsm.Effect{Kind: k, Timer: t} }

func sends(status uint16) fsm.Effect {
	return fsm.Effect{Kind: fsm.EffectSendResponse, Code: status}
}

func replaced(phase string, list ...fsm.Effect) func(*fsm.Row) {
	return func(r *fsm.Row) {
		r.To, r.Effects, r.Failure, r.Plan, r.Changes = phase, list, 0,
			0, fsm.Changes{}
	}
}

var (
	becomesPlain = replaced("Plain", act.Effect(fsm.EffectStopTimers), act.Effect(fsm.EffectOpenPlain))
	endless      = row(act.Client, "closing/close-timer/failed", ignoring)
)

var seeds = []seed{
	{"a client that does not tell its end", "byzantine-server", "spec",
		row(act.Client, "closing/lost/failed", act.Without(fsm.EffectFail)), []string{"always INV-05"}},
	{"a login without limit", "byzantine-server", "spec",
		row(act.Client, "opening/401/auth-limit",
			replaced("AwaitLogin", act.Effect(fsm.EffectStopTimers), act.Effect(fsm.EffectDisconnect),
				act.Effect(fsm.EffectAskCredentials), timed(fsm.EffectArmTimer, fsm.TimerCredentials))),
		[]string{"always INV-20"}},
	{"redirects without limit", "byzantine-server", "spec", row(act.Client, "reading/redirect/follow",
		heedless("redirects left")), []string{"always INV-21"}},
	{"a client that becomes plain when time is up", "byzantine-server", "spec", row(act.Client,
		"await-response/response-timer/timeout", becomesPlain), []string{"always KHP-OPEN-06"}},
	{"a client whose closing has no end", "byzantine-server", "spec", endless,
		[]string{"always LIV-06", "leads to LIV-01", "leads to LIV-11"}},
	{"a wait that a late terminator ends", "byzantine-server", "optional",
		row(act.Client, "await-response/terminator/late-terminator", act.Orders(timed(fsm.EffectStopTimer,
			fsm.TimerWait))), []string{"always LIV-06", "always LIV-08"}},
	{"a client that never opens", "byzantine-server", "spec", row(act.Client, "reading/complete/open",
		ignoring), []string{"sometimes LIV-03", "sometimes LIV-05"}},
	{"a client that gives a missing terminator another name", "byzantine-server", "spec",
		gross{"", act.Client, func(r fsm.Row) bool { return r.Failure == fsm.FailureMissingTerminator },
			func(r *fsm.Row) { r.Failure = fsm.FailureMalformed }}, []string{"sometimes LIV-10"}},

	{"a server that does not tell its end", "byzantine-client", "default",
		row(act.Server, "closing/lost/failed", act.Without(fsm.EffectFail)), []string{"always INV-05"}},
	{"a server that shuts down without Close", "byzantine-client", "default", row(act.Server,
		"await-request/close/shutdown", act.Without(fsm.EffectSendClose)), []string{"always INV-40"}},
	{"a server that becomes plain at a body", "byzantine-client", "default",
		row(act.Server, "await-body/data/more", becomesPlain), []string{"always KHP-OPEN-06"}},
	{"a server whose closing has no end", "byzantine-client", "default",
		row(act.Server, "closing/close-timer/failed", ignoring),
		[]string{"always LIV-06", "leads to LIV-01", "leads to LIV-07"}},
	{"a server that waits for a request for ever", "byzantine-client", "default",
		row(act.Server, "opening/opening-request/await-request", dropping(ofKind(fsm.EffectArmTimer))),
		[]string{"always LIV-06", "leads to LIV-06", "leads to LIV-01"}},
	{"a server that never opens", "byzantine-client", "default", gross{"", act.Server,
		on("Decided(Complete)"), ignoring}, []string{"sometimes LIV-03", "sometimes LIV-04"}},

	{"a client that delivers twice", "honest", "spec", row(act.Client, "open/data/deliver",
		act.Orders(act.Effect(fsm.EffectDeliver))), []string{"always INV-02", "sometimes INV-35"}},
	{"a server that delivers twice", "honest", "spec", row(act.Server, "open/data/deliver",
		act.Orders(act.Effect(fsm.EffectDeliver))), []string{"always INV-03", "sometimes INV-35"}},
	{"a client that does not tell its end", "honest", "spec",
		row(act.Client, "closing/lost/failed", act.Without(fsm.EffectFail)), []string{"always INV-05"}},
	{"a server that accepts without opening", "honest", "spec", row(act.Server, "deciding/202/wait",
		func(r *fsm.Row) {
			act.Orders(sends(101), act.Effect(fsm.EffectSendTerminator))(r)
			r.Changes.Status, r.Changes.StatusOfEvent = 101, false
		}), []string{"always INV-50"}},
	{"a client that dials for ever", "honest", "spec", row(act.Client,
		"connecting/opening-timer/timeout", ignoring), []string{"always LIV-06", "leads to LIV-01"}},
	{"a client that reads nothing", "honest", "spec",
		row(act.Client, "await-response/data/reading", ignoring),
		[]string{"sometimes LIV-03", "sometimes LIV-04", "sometimes LIV-05", "sometimes INV-35"}},
	{"a client that never waits for the Close of the server", "honest", "spec",
		gross{"", act.Client, func(r fsm.Row) bool { return r.To == "Closing" && r.From != "Closing" },
			func(r *fsm.Row) { r.To = "Draining" }},
		[]string{"sometimes LIV-05", "sometimes LIV-12"}},

	{"a server that forgets that its client is of the kaazing profile", "cooperation", "kaazing",
		row(act.Server, "opening/opening-request/await-request-kaazing",
			func(r *fsm.Row) { r.Changes.Set = nil }),
		[]string{"leads to LIV-03", "leads to LIV-04", "leads to LIV-05", "sometimes LIV-04",
			"sometimes LIV-05"}},
	{"a client that keeps its body", "cooperation", "expect",
		row(act.Client, "reading/100/send-body", func(r *fsm.Row) {
			replaced("AwaitResponse")(r)
			r.Changes.StatusOfEvent = true
		}),
		[]string{"never stuck LIV-09", "leads to LIV-03", "sometimes LIV-04", "sometimes LIV-05"}},
}

// Every property of states and runs is broken by a mistake that is seeded for it, so that none of
// them can stop looking unnoticed; the properties named are all that it breaks.
func TestSeeds_BreakEveryProperty(t *testing.T) {
	needTime(t)
	broken := map[string]bool{}
	for _, s := range seeds {
		t.Run(s.model+"/"+s.name, func(t *testing.T) {
			r, err := configuration(t, s.model, s.config).Explore(tiny, s.fault.fault(), explore.Options{})
			require.NoError(t, err)
			var found []string
			for _, p := range r.Properties {
				if !p.Held && p.Kind != explore.AtStep {
					found = append(found, p.Kind+" "+p.ID)
					broken[s.model+" "+p.Kind+" "+p.ID+": "+p.Text] = true
				}
			}
			slices.Sort(found)
			slices.Sort(s.breaks)
			require.Equal(t, s.breaks, slices.Compact(found))
		})
	}
	for _, m := range Models() {
		r, err := m.Configurations[0].Explore(Bounds{}, act.Fault{}, explore.Options{MaxDepth: 1})
		require.NoError(t, err)
		for _, p := range r.Properties {
			// TestColumns_EveryOne, TestOracle_IsAskedInEveryModel
			elsewhere := p.Kind == explore.AtStep || p.Kind == explore.Compared
			if name := p.Kind + " " + p.ID + ": " + p.Text; !elsewhere && !broken[m.Name+" "+name] &&
				!(p.Kind == explore.NoStuck && broken["cooperation "+name]) {
				t.Errorf("no seeded mistake breaks, of %s: %s", m.Name, name)
			}
		}
	}
}

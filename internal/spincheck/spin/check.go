package spin

import (
	"context"
	"fmt"

	"example.com/khp/fsm"
	"example.com/khp/sim/formal"
	"example.com/khp/sim/model"
)

// Report is the result of a whole check, for people, for documents and, as JSON, for other
// programs.
type Report struct {
	Spin           string          `json:"spin"`           // version
	Configurations []Configuration `json:"configurations"` // the same states?
	Formulas       []Formula       `json:"formulas"`
	Faults         []Fault         `json:"faults"`
	Measured       Measured        `json:"measured"`
}

// OK reports whether everything is as it must be.
func (r Report) OK() bool {
	ok := true
	for _, c := range r.Configurations {
		ok = ok && c.Same
	}
	for _, f := range r.Formulas {
		ok = ok && f.Holds == f.Expected
	}
	for _, f := range r.Faults {
		ok = ok && f.Found == f.Property
	}
	return ok
}

// Configuration compares the states that both found: not their number but each of them, with all
// variables.
type Configuration struct {
	Name     string   `json:"name"`
	Explorer int      `json:"explorer_states"`
	Spin     int      `json:"spin_states"`
	Missing  int      `json:"missing"` // only the explorer found them
	Extra    int      `json:"extra"`   // only Spin found them
	Phases   int      `json:"phase_pairs"`
	Broken   string   `json:"broken,omitempty"` // property that Spin found broken
	Rows     []string `json:"rows,omitempty"`   // of the tables, that led there, the last one first
	Same     bool     `json:"same"`
}

// Formula is the result for a formula of the model.
type Formula struct {
	Configuration string `json:"configuration"`
	Name          string `json:"name"`
	Holds         bool   `json:"holds"`
	Expected      bool   `json:"expected"`
	States        int    `json:"states"`
}

// Fault is the result of Spin for the model with a seeded fault.
type Fault struct {
	Name     string `json:"name"`
	Text     string `json:"text"`
	Property string `json:"property"` // that must be broken
	Found    string `json:"found"`    // that is
	States   int    `json:"states"`   // until then
}

// configuration is a pair of machines and how the model is told of it.
type configuration struct {
	name    string
	defines []string
	change  func(*model.Honest)
}

var configurations = []configuration{
	{"spec", nil, func(*model.Honest) {}},
	{"kaazing", []string{"KAAZING=1"},
		func(m *model.Honest) { m.Client.Profile = fsm.ProfileKaazing }},
	{"auto", []string{"AUTO=1"}, func(m *model.Honest) { m.Client.Profile = fsm.ProfileAuto }},
	{"auto-unaware", []string{"AUTO=1", "UNAWARE=1"},
		func(m *model.Honest) { m.Client.Profile, m.Unaware = fsm.ProfileAuto, true }},
	{"expect", []string{"EXPECT=1"}, func(m *model.Honest) { m.Client.Expect = true }},
}

// bounds limit the counters of a pair.
type bounds struct{ redirects, replays, interim, challenges, deferrals uint8 }

// smallBounds are those that the model has by itself.
var smallBounds = bounds{1, 1, 2, 1, 1}

// largeBounds are those that speed is measured with.
var largeBounds = bounds{5, 2, 2, 2, 1}

func (b bounds) defines() []string {
	return []string{
		fmt.Sprintf("MAX_REDIRECTS=%d", b.redirects), fmt.Sprintf("MAX_REPLAYS=%d", b.replays),
		fmt.Sprintf("MAX_INTERIM=%d", b.interim),
		fmt.Sprintf("MAX_CHALLENGES=%d", b.challenges), fmt.Sprintf("MAX_DEFERRALS=%d", b.deferrals),
	}
}

func (b bounds) pair(c configuration) model.Honest {
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = b.redirects, b.replays, b.interim
	m := model.Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: b.challenges,
		MaxDeferrals: b.deferrals}}
	c.change(&m)
	return m
}

// Quick has both visit the smallest configuration only: seconds, to see what a change of a table
// breaks.
func Quick(ctx context.Context) (Report, error) {
	c, err := compare(ctx, configurations[0])
	return Report{Spin: Version(), Configurations: []Configuration{c}}, err
}

// compare has both visit a configuration.
func compare(ctx context.Context, c configuration) (Configuration, error) {
	out := Configuration{Name: c.name}
	ours, err := Explore(smallBounds.pair(c))
	if err != nil {
		return out, err
	}
	v, err := Build(ctx, Options{Defines: append([]string{"RECORD"}, c.defines...)})
	if err != nil {
		return out, err
	}
	defer v.Remove()
	theirs, err := v.Check(ctx)
	if err != nil {
		return out, err
	}
	if theirs.Errors > 0 {
		if out.Rows, err = v.LastRows(ctx); err != nil {
			return out, err
		}
	}
	theirs.Recorded[ours.Start] = true // states are written out when a step leads to them
	out.Explorer, out.Spin, out.Broken = len(ours.States), theirs.States, theirs.Broken
	phases := map[string]bool{}
	for s := range ours.States {
		if !theirs.Recorded[s] {
			out.Missing++
		}
		phases[ours.phases(s)] = true
	}
	for s := range theirs.Recorded {
		if !ours.States[s] {
			out.Extra++
		}
	}
	out.Phases = len(phases)
	out.Same = out.Missing+out.Extra == 0 && out.Spin == out.Explorer && out.Broken == "" &&
		len(ours.Report.Violations) == 0
	return out, nil
}

// formulas checks the formulas of the model.
func formulas(ctx context.Context, c configuration) (list []Formula, err error) {
	v, err := Build(ctx, Options{Defines: c.defines, Claims: true})
	if err != nil {
		return nil, err
	}
	defer v.Remove()
	for _, name := range append([]string{"every_run_ends"}, formal.Possible()...) {
		r, err := v.Formula(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, Formula{Configuration: c.name, Name: name, Holds: r.Errors == 0,
			Expected: name == "every_run_ends", States: r.States})
	}
	return list, nil
}

// fault has Spin look at the model with a fault.
func fault(ctx context.Context, f model.Fault) (Fault, error) {
	out := Fault{Name: f.Switch(), Text: f.Text, Property: f.Catches}
	v, err := Build(ctx, Options{Defines: []string{"FAULT_" + f.Switch(), "MAX_CHALLENGES=2"}})
	if err != nil {
		return out, err
	}
	defer v.Remove()
	r, err := v.Check(ctx)
	out.Found, out.States = r.Broken, r.States
	return out, err
}

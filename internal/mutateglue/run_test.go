package main

import (
	"testing"

	"example.com/khp/internal/mutateglue/catalogue"
	"example.com/khp/internal/mutateglue/fault"
	"github.com/stretchr/testify/require"
)

// A fault with which a test never ends is noticed by that test, if it does not end by itself
// either: several tests of a run may only be slow together.
func TestConfirmed(t *testing.T) {
	tests := []*oneTest{{Name: "TestA"}, {Name: "TestB"}}
	runs := func(together outcome, alone map[string]outcome) func([]*oneTest) outcome {
		return func(tests []*oneTest) outcome {
			if len(tests) > 1 {
				return together
			}
			return alone[tests[0].Name]
		}
	}
	late := outcome{failed: true, killer: "TestA", why: timedOut}
	endless := outcome{failed: true, killer: "TestB", why: timedOut}
	wrong := outcome{failed: true, killer: "TestB", why: "fail"}
	require.Equal(t, outcome{}, confirmed(tests, runs(late, nil)))
	require.Equal(t, endless, confirmed(tests, runs(late, map[string]outcome{"TestB": endless})))
	require.Equal(t, wrong, confirmed(tests, runs(wrong, nil)))
}

// The catalogue takes over the results of a hunt, whether a test fails or does not end.
func TestMerged(t *testing.T) {
	p := &program{faults: []fault.Fault{{ID: "a:F:1", Class: fault.Guard, Before: "x", After: "true"},
		{ID: "a:F:2", Class: fault.Flow}, {ID: "a:F:3", Class: fault.Reset}, {ID: "b:G:4"}}}
	byID := map[string]int{"a:F:1": 1, "a:F:2": 2, "a:F:3": 3, "b:G:4": 4}
	rows, dropped := p.merged([]catalogue.Row{{ID: "a:F:3", Why: "judged"}, {ID: "a:F:0", Why: "gone"},
		{ID: "a:G:4", Killer: "a.TestG"}},
		map[string]result{"a:F:1": {ID: "a:F:1"}, "a:F:2": {ID: "a:F:2", Killer: "a.TestLoop"},
			"a:F:3": {ID: "a:F:3"}}, byID)
	require.Equal(t, 1, dropped)
	require.ElementsMatch(t, []catalogue.Row{
		{ID: "a:F:1", Class: fault.Guard, Before: "x", After: "true", Why: catalogue.Open},
		{ID: "a:F:2", Class: fault.Flow, Killer: "a.TestLoop"},
		{ID: "a:F:3", Class: fault.Reset, Why: "judged"},
		{ID: "b:G:4", Killer: "a.TestG"},
	}, rows)
}

// A fault is shown first to the tests that noticed most faults of the same function, for the time
// that they take.
func TestGuess(t *testing.T) {
	in := &binary{Package: "./a"}
	slow := &oneTest{Name: "TestSlow", in: in, Seconds: 5}
	quick := &oneTest{Name: "TestQuick", in: in, Seconds: 0.1}
	other := &oneTest{Name: "TestOther", in: in}
	g := &guess{tests: map[string]map[string]int{}}
	for _, test := range []string{"a.TestSlow", "a.TestSlow", "a.TestQuick", "", "b.TestOther"} {
		g.add("a:F:0", test)
	}
	g.add("a:G:0", "a.TestOther")
	require.Equal(t, []*oneTest{quick, slow}, g.first("a:F:1", []*oneTest{other, slow, quick}))
	require.Equal(t, []*oneTest{other}, g.first("a:G:1", []*oneTest{other, slow, quick}))
	require.Empty(t, g.first("a:H:1", []*oneTest{other, slow, quick}))
	for range 20 {
		g.add("a:F:0", "a.TestSlow")
	}
	require.Equal(t, []*oneTest{slow, quick}, g.first("a:F:1", []*oneTest{slow, quick}))
}

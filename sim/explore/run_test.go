package explore

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMerge_RefusesWhatIsNoShard(t *testing.T) {
	_, err := Merge[tick](3)
	require.Error(t, err)
	_, err = Merge(3, Report[tick]{})
	require.Error(t, err)
	_, err = Explore(clockwork{last: 9}, Properties[int]{}, Options{Shard: Shard{3, 3}})
	require.ErrorContains(t, err, "no shard 3 of 3")
}

func TestExplore_ResumeRefusesAnotherSystem(t *testing.T) {
	var last Snapshot
	_, err := Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{},
		Options{Snapshot: func(s *Snapshot) { last = *s }})
	require.NoError(t, err)
	_, err = Explore(clockwork{last: 9}, Properties[int]{}, Options{Resume: &last, Seed: 5})
	require.ErrorContains(t, err, "another system or seed")
	_, err = Explore(clockwork{last: 9}, Properties[int]{}, Options{Resume: &last, Exact: true})
	require.ErrorContains(t, err, "exact")
}

func TestExplore_EndsWhenItsContextDoes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := Explore(clockwork{last: 1000, stuckAt: -1, brokenAt: -1}, Properties[int]{},
		Options{Context: ctx})
	require.ErrorIs(t, err, ErrInterrupted)
	require.Positive(t, r.States, "what was found so far is told")
}

func TestExplore_DepthIsABound(t *testing.T) {
	r, err := Explore(clockwork{last: 1000, stuckAt: -1, brokenAt: -1}, Properties[int]{
		Sometimes: []Property[int]{{"TOY-3", "passes five hundred",
			func(n int) bool { return n == 500 }}},
		LeadsTo: []Promise[int]{{"TOY-4", "the last position", nil,
			func(n int) bool { return n == 1000 }}},
	}, Options{MaxDepth: 7})
	require.NoError(t, err)
	require.Equal(t, []int{8, 7, 7}, []int{r.States, r.Steps, r.Depth})
	require.Empty(t, r.Violations, "nothing is known of what lies beyond")
	require.True(t, r.Properties[1].Undecided)
}

func TestExplore_TellsHowFarItIs(t *testing.T) {
	var told []Progress
	_, err := Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{},
		Options{Progress: func(p Progress) { told = append(told, p) }})
	require.NoError(t, err)
	require.Equal(t, Progress{States: 2, Steps: 1, Depth: 0, Frontier: 1}, told[0])
	require.Zero(t, told[len(told)-1].Frontier)
}

func TestExplore_APanicIsTheCallers(t *testing.T) {
	require.PanicsWithValue(t, "the dial came off", func() {
		_, _ = Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{
			Always: []Property[int]{{"TOY-2", "", func(int) bool { panic("the dial came off") }}},
		}, Options{})
	})
}

func TestMerge_WhatNoShardSawIsViolated(t *testing.T) {
	var reports []Report[tick]
	for i := range 2 {
		r, err := Explore(clockwork{last: 40, stuckAt: -1, brokenAt: -1}, Properties[int]{
			Sometimes: []Property[int]{
				{"TOY-3", "passes fifty", func(n int) bool { return n == 50 }},
				{"TOY-5", "passes thirty", func(n int) bool { return n == 30 }},
			}}, Options{Shard: Shard{i, 2}})
		require.NoError(t, err)
		reports = append(reports, r)
	}
	got, err := Merge(3, reports...)
	require.NoError(t, err)
	require.Len(t, got.Violations, 1)
	require.Equal(t, "TOY-3", got.Violations[0].ID)
}

// A property of kind sometimes holds if it does in one shard, any other if it does in each; those
// that one shard alone knows count as well.
func TestReport_MergeProperties(t *testing.T) {
	shard := func(seen, held bool, more ...Checked) Report[tick] {
		r := Report[tick]{Properties: append([]Checked{
			{ID: "TOY", Kind: Sometimes, Text: "some", Held: seen, Undecided: !seen},
			{ID: "TOY", Kind: Always, Text: "all", Held: held}}, more...)}
		if !held {
			r.Violations = []Violation[tick]{{ID: "TOY", Kind: Always, Text: "all"}}
		}
		return r
	}
	step := Checked{ID: "STEP", Kind: AtStep, Text: "a step"}
	for _, shards := range [][]Report[tick]{
		{shard(true, true), shard(false, false, step)}, {shard(false, false, step), shard(true, true)},
	} {
		before := slices.Clone(shards[0].Properties)
		var r Report[tick]
		r.mergeProperties(shards)
		require.ElementsMatch(t, []Checked{{ID: "TOY", Kind: Sometimes, Text: "some", Held: true},
			{ID: "TOY", Kind: Always, Text: "all"}, step}, r.Properties)
		require.Equal(t, []Violation[tick]{{ID: "TOY", Kind: Always, Text: "all"}}, r.Violations)
		require.Equal(t, before, shards[0].Properties)
	}
	var r Report[tick]
	r.mergeProperties([]Report[tick]{shard(false, true), shard(false, true)})
	require.Equal(t, []Violation[tick]{{ID: "TOY", Kind: Sometimes, Text: "never: some"}},
		r.Violations)
	bounded := Report[tick]{Bounded: true}
	bounded.mergeProperties([]Report[tick]{shard(false, true), shard(false, true)})
	require.Empty(t, bounded.Violations)
}

package sim

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// configuration returns one of the configurations of a model.
func configuration(t *testing.T, model, name string) Configuration {
	t.Helper()
	for _, m := range Models() {
		for _, c := range m.Configurations {
			if c.Model == model && c.Name == name {
				return c
			}
		}
	}
	t.Fatalf("no configuration %s of %s", name, model)
	return Configuration{}
}

// outcome is what a report says about the system, without what it says about memory.
func outcome(r Report) Report {
	r.Visited, r.Paths, r.Liveness, r.Fingerprints, r.Records = 0, 0, 0, false, nil
	return r
}

// tiny bounds are enough where the same space is explored many times.
var tiny = Bounds{Redirects: 1, Replays: 1, Interim: 1, Challenges: 1, Deferrals: 1}

// eachSample calls f for a configuration of each model, without a fault and with one, so that there are violations to compare too.
func eachSample(t *testing.T, f func(t *testing.T, c Configuration, fault Fault)) {
	for _, s := range [][3]string{{"honest", "spec", "replay-old-credentials"}, {"byzantine-server", "kaazing", "lost-timer"}, {"byzantine-client", "default", "accept-anything"}} {
		for _, name := range []string{"", s[2]} {
			t.Run(s[0]+"/"+name, func(t *testing.T) {
				fault, ok := FaultNamed(name)
				require.Equal(t, name != "", ok)
				f(t, configuration(t, s[0], s[1]), fault)
			})
		}
	}
}

func TestExplore_SameWhateverTheWorkersAndTheSeed(t *testing.T) {
	eachSample(t, func(t *testing.T, c Configuration, fault Fault) {
		want, err := c.Explore(tiny, fault, Options{Workers: 1})
		require.NoError(t, err)
		require.Equal(t, fault.Name == "", len(want.Violations) == 0)
		for _, workers := range []int{2, 3, 8} {
			got, err := c.Explore(tiny, fault, Options{Workers: workers})
			require.NoError(t, err)
			require.Equal(t, outcome(want), outcome(got), "%d workers", workers)
		}
		seeded, err := c.Explore(tiny, fault, Options{Seed: 7})
		require.NoError(t, err)
		exact, err := c.Explore(tiny, fault, Options{Exact: true})
		require.NoError(t, err)
		for _, r := range []Report{seeded, exact} {
			require.Equal(t, []int{want.States, want.Steps, want.Depth}, []int{r.States, r.Steps, r.Depth})
			require.Equal(t, want.Edges, r.Edges)
			require.Equal(t, brief(want), brief(r))
		}
		require.Zero(t, exact.Collision())
		require.Less(t, want.Collision(), 1e-9)
	})
}

// brief lists the broken properties with the lengths of their shortest ways, which do not depend on the order of fingerprints.
func brief(r Report) (list []string) {
	for _, v := range r.Violations {
		list = append(list, fmt.Sprint(v.ID, v.Kind, len(v.Path)))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestExplore_ShardsTogetherAreOneRun(t *testing.T) {
	eachSample(t, func(t *testing.T, c Configuration, fault Fault) {
		want, err := c.Explore(tiny, fault, Options{})
		require.NoError(t, err)
		for _, n := range []int{1, 2, 3, 5} {
			var reports []Report
			for i := range n {
				r, err := c.Explore(tiny, fault, Options{Shard: Shard{i, n}})
				require.NoError(t, err)
				reports = append(reports, r)
			}
			got, err := Merge(reports...)
			require.NoError(t, err)
			require.Equal(t, []int{want.States, want.Steps, want.Depth}, []int{got.States, got.Steps, got.Depth}, "states, steps and depth of %d shards", n)
			require.Equal(t, want.Edges, got.Edges, "edges of %d shards", n)
			require.Equal(t, brief(want), brief(got), "violations of %d shards", n)
			held := func(r Report) (n int) {
				for _, p := range r.Properties {
					if p.Held && !p.Undecided {
						n++
					}
				}
				return n
			}
			require.Equal(t, held(want), held(got), "properties that hold in %d shards", n)
		}
	})
}

func TestExplore_ShardsOfABoundedRun(t *testing.T) {
	c := configuration(t, "byzantine-server", "spec")
	want, err := c.Explore(c.Bounds("small"), Fault{}, Options{MaxDepth: 9})
	require.NoError(t, err)
	require.Equal(t, 9, want.Depth)
	var reports []Report
	for i := range 3 {
		r, err := c.Explore(c.Bounds("small"), Fault{}, Options{MaxDepth: 9, Shard: Shard{i, 3}})
		require.NoError(t, err)
		reports = append(reports, r)
	}
	got, err := Merge(reports...)
	require.NoError(t, err)
	require.Equal(t, []int{want.States, want.Steps, want.Depth}, []int{got.States, got.Steps, got.Depth})
	require.Equal(t, want.Edges, got.Edges)
	require.Empty(t, got.Violations)
}

func TestMerge_RefusesWhatIsNoShard(t *testing.T) {
	_, err := Merge()
	require.Error(t, err)
	_, err = Merge(Report{})
	require.Error(t, err)
	_, err = Explore(clockwork{last: 9}, Properties[int]{}, Options{Shard: Shard{3, 3}})
	require.ErrorContains(t, err, "no shard 3 of 3")
}

func TestExplore_ResumedIsAsIfNeverInterrupted(t *testing.T) {
	eachSample(t, func(t *testing.T, c Configuration, fault Fault) {
		want, err := c.Explore(tiny, fault, Options{})
		require.NoError(t, err)
		var saved bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		resumed, runs := Report{}, 0
		var from *Snapshot
		for err = ErrInterrupted; err != nil; runs++ {
			require.ErrorIs(t, err, ErrInterrupted)
			windows := 0
			resumed, err = c.Explore(tiny, fault, Options{Context: ctx, Resume: from, Snapshot: func(s *Snapshot) {
				if windows++; windows == 4 {
					cancel()
				}
				if s.Last {
					saved.Reset()
					require.NoError(t, gob.NewEncoder(&saved).Encode(s))
				}
			}})
			cancel()
			ctx, cancel = context.WithCancel(t.Context())
			if err != nil {
				from = new(Snapshot)
				require.NoError(t, gob.NewDecoder(&saved).Decode(from))
			}
		}
		cancel()
		require.Greater(t, runs, 1, "it was interrupted again and again")
		require.Equal(t, outcome(want), outcome(resumed))
	})
}

func TestExplore_ResumeRefusesAnotherSystem(t *testing.T) {
	var last Snapshot
	_, err := Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{}, Options{Snapshot: func(s *Snapshot) { last = *s }})
	require.NoError(t, err)
	_, err = Explore(clockwork{last: 9}, Properties[int]{}, Options{Resume: &last, Seed: 5})
	require.ErrorContains(t, err, "another system or seed")
	_, err = Explore(clockwork{last: 9}, Properties[int]{}, Options{Resume: &last, Exact: true})
	require.ErrorContains(t, err, "exact")
}

func TestExplore_EndsWhenItsContextDoes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := Explore(clockwork{last: 1000, stuckAt: -1, brokenAt: -1}, Properties[int]{}, Options{Context: ctx})
	require.ErrorIs(t, err, ErrInterrupted)
	require.Positive(t, r.States, "what was found so far is told")
}

func TestExplore_DepthIsABound(t *testing.T) {
	r, err := Explore(clockwork{last: 1000, stuckAt: -1, brokenAt: -1}, Properties[int]{
		Sometimes: []Property[int]{{"TOY-3", "passes five hundred", func(n int) bool { return n == 500 }}},
		LeadsTo:   []Promise[int]{{"TOY-4", "the last position", nil, func(n int) bool { return n == 1000 }}},
	}, Options{MaxDepth: 7})
	require.NoError(t, err)
	require.Equal(t, []int{8, 7, 7}, []int{r.States, r.Steps, r.Depth})
	require.Empty(t, r.Violations, "nothing is known of what lies beyond")
	require.True(t, r.Properties[1].Undecided)
}

func TestExplore_TellsHowFarItIs(t *testing.T) {
	var told []Progress
	_, err := Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{}, Options{Progress: func(p Progress) { told = append(told, p) }})
	require.NoError(t, err)
	require.Equal(t, Progress{States: 2, Steps: 1, Depth: 0, Frontier: 1}, told[0])
	require.Zero(t, told[len(told)-1].Frontier)
}

func TestExplore_APanicIsTheCallers(t *testing.T) {
	require.PanicsWithValue(t, "the dial came off", func() {
		_, _ = Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{Always: []Property[int]{{"TOY-2", "", func(int) bool { panic("the dial came off") }}}}, Options{})
	})
}

func TestFaults_AreCaughtByTheirProperty(t *testing.T) {
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			var shortest *Violation
			for _, m := range Models() { // the first configuration of each is enough
				for _, c := range m.Configurations[:1] {
					if !c.Has(f.Side) {
						continue
					}
					r, err := c.Explore(c.Bounds("small"), f, Options{})
					require.NoError(t, err)
					for _, v := range r.Violations {
						if len(v.Path) > 0 && (shortest == nil || len(v.Path) < len(shortest.Path)) {
							shortest = &v
						}
					}
				}
			}
			require.NotNil(t, shortest, "exploration finds it")
			require.Equal(t, f.Catches, shortest.ID, "%s", shortest)
		})
	}
}

func TestMerge_WhatNoShardSawIsViolated(t *testing.T) {
	var reports []Report
	for i := range 2 {
		r, err := Explore(clockwork{last: 40, stuckAt: -1, brokenAt: -1}, Properties[int]{Sometimes: []Property[int]{
			{"TOY-3", "passes fifty", func(n int) bool { return n == 50 }}, {"TOY-5", "passes thirty", func(n int) bool { return n == 30 }},
		}}, Options{Shard: Shard{i, 2}})
		require.NoError(t, err)
		reports = append(reports, r)
	}
	got, err := Merge(reports...)
	require.NoError(t, err)
	require.Len(t, got.Violations, 1)
	require.Equal(t, "TOY-3", got.Violations[0].ID)
}

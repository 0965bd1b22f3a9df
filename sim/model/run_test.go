package model

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
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

// outcome is the part of a report that is about the system, without the figures of memory.
func outcome(r Report) Report {
	r.Visited, r.Paths, r.Frontier, r.Liveness, r.Fingerprints, r.Records = 0, 0, 0, 0, false, nil
	return r
}

// tiny bounds are enough where the same space is explored many times.
var tiny = Bounds{Redirects: 1, Replays: 1, Interim: 1, Challenges: 1, Deferrals: 1}

// eachSample calls f for a configuration of each model, without a fault and with one, so that there
// are violations to compare too.
func eachSample(t *testing.T, f func(t *testing.T, c Configuration, fault act.Fault)) {
	for _, s := range [][3]string{{"honest", "spec", "replay-old-credentials"}, {"byzantine-server",
		"kaazing", "lost-timer"}, {"byzantine-client", "default", "accept-anything"}} {
		names := []string{"", s[2]}
		if testing.Short() {
			t.Attr("less", "without faults nothing else runs in parallel")
			names = names[1:]
		}
		for _, name := range names {
			t.Run(s[0]+"/"+name, func(t *testing.T) {
				fault, ok := act.FaultNamed(name)
				require.Equal(t, name != "", ok)
				f(t, configuration(t, s[0], s[1]), fault)
			})
		}
	}
}

func TestExplore_SameWhateverTheWorkersAndTheSeed(t *testing.T) {
	eachSample(t, func(t *testing.T, c Configuration, fault act.Fault) {
		want, err := c.Explore(tiny, fault, explore.Options{Workers: 1})
		require.NoError(t, err)
		require.Equal(t, fault.Name == "", len(want.Violations) == 0)
		different := []int{8, 2, 3}
		if testing.Short() {
			t.Attr("less", "fewer workers")
			different = different[:1]
		}
		for _, workers := range different {
			got, err := c.Explore(tiny, fault, explore.Options{Workers: workers})
			require.NoError(t, err)
			require.Equal(t, outcome(want), outcome(got), "%d workers", workers)
		}
		seeded, err := c.Explore(tiny, fault, explore.Options{Seed: 7})
		require.NoError(t, err)
		exact, err := c.Explore(tiny, fault, explore.Options{Exact: true})
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

// brief lists the broken properties with the lengths of their shortest ways, which do not depend on
// the order of fingerprints.
func brief(r Report) (list []string) {
	for _, v := range r.Violations {
		list = append(list, fmt.Sprint(v.ID, v.Kind, len(v.Path)))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func TestExplore_ShardsTogetherAreOneRun(t *testing.T) {
	needTime(t)
	eachSample(t, func(t *testing.T, c Configuration, fault act.Fault) {
		want, err := c.Explore(tiny, fault, explore.Options{})
		require.NoError(t, err)
		for _, n := range []int{1, 2, 3, 5} {
			var reports []Report
			for i := range n {
				r, err := c.Explore(tiny, fault, explore.Options{Shard: explore.Shard{Index: i, Count: n}})
				require.NoError(t, err)
				reports = append(reports, r)
			}
			got, err := Merge(reports...)
			require.NoError(t, err)
			require.Equal(t, []int{want.States, want.Steps, want.Depth},
				[]int{got.States, got.Steps, got.Depth}, "states, steps and depth of %d shards", n)
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
	want, err := c.Explore(c.Bounds("small"), act.Fault{}, explore.Options{MaxDepth: 9})
	require.NoError(t, err)
	require.Equal(t, 9, want.Depth)
	var reports []Report
	for i := range 3 {
		r, err := c.Explore(c.Bounds("small"), act.Fault{},
			explore.Options{MaxDepth: 9, Shard: explore.Shard{Index: i, Count: 3}})
		require.NoError(t, err)
		reports = append(reports, r)
	}
	got, err := Merge(reports...)
	require.NoError(t, err)
	require.Equal(t, []int{want.States, want.Steps, want.Depth},
		[]int{got.States, got.Steps, got.Depth})
	require.Equal(t, want.Edges, got.Edges)
	require.Empty(t, got.Violations)
}

func TestExplore_ResumedIsAsIfNeverInterrupted(t *testing.T) {
	eachSample(t, func(t *testing.T, c Configuration, fault act.Fault) {
		want, err := c.Explore(tiny, fault, explore.Options{})
		require.NoError(t, err)
		var saved bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		resumed, runs := Report{}, 0
		var from *explore.Snapshot
		for err = explore.ErrInterrupted; err != nil; runs++ {
			require.ErrorIs(t, err, explore.ErrInterrupted)
			windows := 0
			resumed, err = c.Explore(tiny, fault, explore.Options{
				Context: ctx, Resume: from, Snapshot: func(s *explore.Snapshot) {
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
				from = new(explore.Snapshot)
				require.NoError(t, gob.NewDecoder(&saved).Decode(from))
			}
		}
		cancel()
		require.Greater(t, runs, 1, "it was interrupted again and again")
		require.Equal(t, outcome(want), outcome(resumed))
	})
}

// A violation found before the states were dealt out is known to every shard, also to one that is
// resumed. Which shard has enough to do to be interrupted depends on the fingerprints.
func TestExplore_ResumedShardKeepsEarlyViolations(t *testing.T) {
	c := configuration(t, "byzantine-server", "spec")
	fault, _ := act.FaultNamed("request-without-khp")
	resumed := 0
	for i := range 4 {
		shard := explore.Options{Shard: explore.Shard{Index: i, Count: 4}}
		want, err := c.Explore(tiny, fault, shard)
		require.NoError(t, err)
		require.Contains(t, strings.Join(brief(want), " "), "INV-06")

		var saved bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		interrupted := shard
		interrupted.Context = ctx
		interrupted.Snapshot = func(s *explore.Snapshot) {
			cancel()
			saved.Reset()
			require.NoError(t, gob.NewEncoder(&saved).Encode(s))
		}
		_, err = c.Explore(tiny, fault, interrupted)
		cancel()
		if err == nil {
			continue
		}
		require.ErrorIs(t, err, explore.ErrInterrupted)
		shard.Resume = new(explore.Snapshot)
		require.NoError(t, gob.NewDecoder(&saved).Decode(shard.Resume))
		got, err := c.Explore(tiny, fault, shard)
		require.NoError(t, err)
		require.Equal(t, outcome(want), outcome(got), "shard %d", i)
		resumed++
	}
	require.Positive(t, resumed, "a shard was interrupted")
}

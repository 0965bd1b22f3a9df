package fsm_test

import (
	"flag"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
	"github.com/stretchr/testify/require"
)

var (
	mutateExplore = flag.Int("mutate-explore", 0, "explore that many mutants of the tables, "+
		"picked at random; -1 explores all (make mutate-explore)")
	mutateSeed = flag.Uint64("mutate-seed", 0, "of the choice of mutants; 0 picks one")
)

// mutantBounds keep the exploration of a mutant short.
var mutantBounds = model.Bounds{Redirects: 1, Replays: 1, Interim: 2, Challenges: 1, Deferrals: 1}

// TestMutation_ByExploration counts how many mutants of the tables exploration alone notices,
// without the oracle: by a property, or by another size of the space.
func TestMutation_ByExploration(t *testing.T) {
	if *mutateExplore == 0 {
		t.Skip("run with -mutate-explore N, or make mutate-explore")
	}
	seed := *mutateSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	mutants := slices.Collect(fsm.Mutants())
	all := len(mutants)
	if n := *mutateExplore; n > 0 && n < all {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(all,
			func(i, k int) { mutants[i], mutants[k] = mutants[k], mutants[i] })
		mutants = mutants[:n]
	}
	t.Logf("-mutate-explore=%d -mutate-seed=%d repeats this", *mutateExplore, seed)
	known := map[string]model.Report{}
	for name, c := range configurations("client", "server") {
		r, err := exploreMutant(c, explore.Options{})
		require.NoError(t, err)
		require.Empty(t, r.Violations, "%s", name)
		known[name] = r
	}
	begin := time.Now()
	type tally struct{ mutants, byProperty, bySize int }
	sums := map[string]*tally{"client": {}, "server": {}, "status": {}}
	for _, m := range mutants {
		s := sums[m.Side]
		s.mutants++
		m.Apply()
		switch property, size := notices(m, known); {
		case property:
			s.byProperty++
		case size:
			s.bySize++
		default:
			t.Logf("not noticed: %s", m.Name)
		}
		m.Undo()
	}
	total := tally{}
	for _, side := range []string{"client", "server", "status"} {
		s := sums[side]
		total = tally{total.mutants + s.mutants, total.byProperty + s.byProperty, total.bySize + s.bySize}
		t.Logf("table %s: mutants %d, by properties %d, by sizes too %d",
			side, s.mutants, s.byProperty, s.byProperty+s.bySize)
	}
	t.Logf("explored: mutants %d of %d, by properties %d, by sizes too %d, in %v", total.mutants, all,
		total.byProperty, total.byProperty+total.bySize, time.Since(begin).Round(time.Second))
	require.Greater(t, total.byProperty*4, total.mutants,
		"exploration notices at least a quarter by properties alone")
	for name, c := range configurations("client", "server") {
		r, err := exploreMutant(c, explore.Options{})
		require.NoError(t, err)
		require.Equal(t, known[name].Steps, r.Steps, "the tables are as they were")
		break
	}
}

// configurations iterates over those in which the machines of one of the sides take part, the cheap
// ones first.
func configurations(sides ...string) iter.Seq2[string, model.Configuration] {
	return func(yield func(string, model.Configuration) bool) {
		for _, m := range slices.Backward(model.Models()) {
			for _, c := range m.Configurations {
				takesPart := slices.Contains(sides, "client") && c.Has(model.Client) ||
					slices.Contains(sides, "server") && c.Has(model.Server)
				if takesPart && !yield(c.Model+"/"+c.Name, c) {
					return
				}
			}
		}
	}
}

// notices reports how exploration tells the mutated tables from the real ones, if it does: by
// properties, or by the size of a space.
func notices(m fsm.Mutant, known map[string]model.Report) (property, size bool) {
	sides := []string{m.Side}
	if m.Side == "status" {
		sides = []string{"client", "server"}
	}
	for name, c := range configurations(sides...) {
		r, err := exploreMutant(c, explore.Options{})
		if err != nil || len(r.Violations) > 0 {
			return true, true
		}
		k := known[name]
		size = size || r.States != k.States || r.Steps != k.Steps || r.Depth != k.Depth ||
			!reflect.DeepEqual(r.Edges, k.Edges)
	}
	return false, size
}

// exploreMutant explores a configuration within small bounds. A panic is an error.
func exploreMutant(c model.Configuration, o explore.Options) (r model.Report, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	o.MaxStates = 100_000
	return c.Explore(mutantBounds, model.Fault{Unaided: true}, o)
}

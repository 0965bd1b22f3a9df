package explore

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// circling makes a small graph whose steps may go back.
func circling(random *rand.Rand) graph {
	n := 2 + random.IntN(10)
	g := graph{make([][]arc, n), make([]bool, n)}
	for s := range n {
		g.rest[s] = true
		for k := range random.IntN(4) {
			g.arcs[s] = append(g.arcs[s], arc{from: s, number: k, to: random.IntN(n), edge: -1,
				fair: random.IntN(4) > 0, spends: random.IntN(3) == 0})
		}
	}
	return g
}

// links tells which states lead to which, by one step or more that pass the test and do not stay,
// through states that do.
func (g graph) links(among func(int) bool, passes func(arc) bool) (to [][]bool) {
	to = make([][]bool, len(g.arcs))
	for s := range to {
		to[s] = make([]bool, len(g.arcs))
		for _, a := range g.arcs[s] {
			if among(s) && among(a.to) && a.to != s && passes(a) {
				to[s][a.to] = true
			}
		}
	}
	for via := range to {
		for s := range to {
			for end := range to {
				to[s][end] = to[s][end] || to[s][via] && to[via][end]
			}
		}
	}
	return to
}

// A promise is broken where a run never gets there: because it may stay somewhere, or because it
// may go in circles without using anything up. The explorer agrees with these words.
func TestExplore_LeadsTo(t *testing.T) {
	broken, stays := 0, 0
	for seed := range uint64(600) {
		random := rand.New(rand.NewPCG(seed, 7))
		g := circling(random)
		from, aim := random.IntN(3), random.IntN(2*len(g.arcs))
		p := Promise[int]{ID: "LEADS", From: func(n int) bool { return n%3 == from || n == 0 },
			To: func(n int) bool { return n == aim }}
		all := func(arc) bool { return true }
		outside := func(n int) bool { return !p.To(n) }
		reach := g.links(func(int) bool { return true }, all)
		onward := g.links(outside, all)
		free := g.links(outside, func(a arc) bool { return !a.spends })
		mayStay := func(n int) bool {
			for _, a := range g.arcs[n] {
				if a.fair && a.to != n {
					return false
				}
			}
			return true
		}
		never := func(n int) bool {
			for end := range g.arcs {
				if outside(n) && outside(end) && (end == n || onward[n][end]) &&
					(mayStay(end) || free[end][end]) {
					return true
				}
			}
			return false
		}
		want, staying := false, false
		for n := range g.arcs {
			if (n == 0 || reach[0][n]) && p.From(n) && never(n) {
				want, staying = true, staying || mayStay(n)
			}
		}
		for _, workers := range []int{1, 4} {
			r, err := Explore(g, Properties[int]{LeadsTo: []Promise[int]{p}}, Options{Workers: workers})
			require.NoError(t, err)
			require.Equal(t, !want, len(r.Violations) == 0, "seed %d", seed)
			if want {
				end := walked(t, g, r.Violations[0].Path)
				require.True(t, p.From(end) && never(end), "seed %d: %d", seed, end)
				require.Equal(t, staying, mayStay(end), "seed %d: a shorter story is told first", seed)
				broken++
				if staying {
					stays++
				}
			}
		}
	}
	require.Greater(t, broken, 100)
	require.Greater(t, broken-stays, 20)
}

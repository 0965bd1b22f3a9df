package explore

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// arc is one step of a graph.
type arc struct {
	from, number, to int // the number among those of its state
	edge             int
	fair, spends     bool
	broken, differs  string
}

func (a arc) String() string { return fmt.Sprint(a.from, " to ", a.to) }
func (a arc) Edge() int      { return a.edge }
func (a arc) Row() string    { return fmt.Sprint("row/", a.edge) }
func (a arc) Cell() string   { return "" }

// graph is a system at random: its states are numbers, from 0.
type graph struct {
	arcs [][]arc
	rest []bool
}

const graphEdges = 4

func (g graph) Start() int             { return 0 }
func (g graph) Size() int              { return 8 }
func (g graph) Encode(n int, b []byte) { binary.LittleEndian.PutUint64(b, uint64(n)) }
func (g graph) Decode(b []byte) int    { return int(binary.LittleEndian.Uint64(b)) }
func (g graph) AtRest(n int) bool      { return g.rest[n] }
func (g graph) Edges() int             { return graphEdges }
func (g graph) Steps(n int, yield func(*Step[int, arc])) {
	for _, a := range g.arcs[n] {
		yield(&Step[int, arc]{Action: a, Next: a.to, Fair: a.fair, Spends: a.spends, Broken: a.broken,
			Differs: a.differs})
	}
}

// randomGraph makes a graph without circles but those from a state to itself.
func randomGraph(random *rand.Rand) graph {
	n := 20 + random.IntN(300)
	g := graph{make([][]arc, n), make([]bool, n)}
	rarely := func(s string) string {
		if random.IntN(60) > 0 {
			return ""
		}
		return s + fmt.Sprint("-", random.IntN(2), ": wrong")
	}
	for s := range n {
		g.rest[s] = random.IntN(20) > 0
		for k := range random.IntN(5) {
			to := s // by chance
			if s+1 < n && random.IntN(10) > 0 {
				to = s + 1 + random.IntN(min(40, n-s-1))
			}
			g.arcs[s] = append(g.arcs[s], arc{s, k, to, random.IntN(graphEdges+1) - 1, random.IntN(3) > 0,
				random.IntN(5) == 0, rarely("STEP"), rarely("DIFFERS")})
		}
	}
	return g
}

// reference has the properties of a graph, found by the definitions.
type reference struct {
	dist         []int // steps from the start, -1 for states out of reach
	states       int
	steps, depth int
	edges        []int
	// steps of a shortest path to each violation, by kind and, where that counts, name
	nearest map[string]int
}

func refer(g graph, p Properties[int]) (r reference) {
	r.dist, r.edges, r.nearest = slices.Repeat([]int{-1}, len(g.arcs)),
		make([]int, graphEdges), map[string]int{}
	r.dist[0] = 0
	found := func(name string, steps int) {
		if old, ok := r.nearest[name]; !ok || steps < old {
			r.nearest[name] = steps
		}
	}
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		r.states++
		r.depth = max(r.depth, r.dist[s])
		for _, a := range g.arcs[s] {
			r.steps++
			if a.edge >= 0 {
				r.edges[a.edge]++
			}
			switch {
			case a.broken != "":
				found(AtStep+" "+a.broken[:len("STEP-0")], r.dist[s]+1)
				continue
			case a.differs != "":
				found(Compared, r.dist[s]+1)
			}
			if r.dist[a.to] < 0 {
				r.dist[a.to] = r.dist[s] + 1
				queue = append(queue, a.to)
			}
		}
		if len(g.arcs[s]) == 0 && !g.rest[s] {
			found(NoStuck, r.dist[s])
		}
		for _, a := range p.Always {
			if !a.Holds(s) {
				found(Always+" "+a.ID, r.dist[s])
			}
		}
	}
	for _, m := range p.Sometimes {
		if !r.some(m.Holds) {
			found(Sometimes+" "+m.ID, 0)
		}
	}
	return r
}

// some reports whether something holds in a state within reach.
func (r *reference) some(holds func(int) bool) bool {
	for s, d := range r.dist {
		if d >= 0 && holds(s) {
			return true
		}
	}
	return false
}

// comes reports whether every run from s comes to where a promise is fulfilled, as far as steps
// keep to the properties: one cannot stay where a fair step leads on.
func comes(g graph, s int, fulfilled func(int) bool) bool {
	kept := make([]bool, len(g.arcs)) // steps lead to larger numbers, or stay
	for at := len(g.arcs) - 1; at >= s; at-- {
		kept[at] = fulfilled(at)
		leaves, all := false, true
		for _, a := range g.arcs[at] {
			kept[at] = kept[at] || a.broken != ""
			if a.to != at {
				leaves, all = leaves || a.fair, all && kept[a.to]
			}
		}
		kept[at] = kept[at] || leaves && all
	}
	return kept[s]
}

// nameOf is how the reference calls a violation.
func nameOf(v Violation[arc]) string {
	if v.Kind == NoStuck || v.Kind == Compared {
		return v.Kind
	}
	return v.Kind + " " + v.ID
}

// walked returns where the path of a violation ends, and requires that it is one.
func walked(t *testing.T, g graph, path []arc) (end int) {
	t.Helper()
	for _, a := range path {
		require.Equal(t, a, g.arcs[end][a.number], "a step that there is")
		end = a.to
	}
	return end
}

// The explorer agrees with the definitions, in every way in which it can be run: with whole states
// or fingerprints, by any number of workers, in shards, and resumed at every level.
func TestExplore_Reference(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 2))
		g := randomGraph(random)
		bad, never, aim := random.IntN(len(g.arcs)), random.IntN(2*len(g.arcs)), random.IntN(len(g.arcs))
		begins := func(n int) bool { return n == 0 || seed%2 == 0 && n%3 == 1 }
		promise := Promise[int]{ID: "LEADS", From: begins,
			To: func(n int) bool { return n >= aim }}
		p := Properties[int]{
			Always: []Property[int]{{"ALWAYS-1", "", func(n int) bool { return n != bad }},
				{"ALWAYS-2", "", func(n int) bool { return n < len(g.arcs) }}},
			Sometimes: []Property[int]{{"SOMETIMES-1", "", func(n int) bool { return n == never }},
				{"SOMETIMES-2", "", func(n int) bool { return n == 0 }}},
		}
		want := refer(g, p)
		check := func(how string, r Report[arc], err error) {
			t.Helper()
			require.NoError(t, err, how)
			require.Equal(t, []int{want.states, want.steps, want.depth}, []int{r.States, r.Steps, r.Depth},
				"%s, seed %d", how, seed)
			require.Equal(t, want.edges, r.Edges, how)
			got := map[string]int{}
			for _, v := range r.Violations {
				if v.Kind == LeadsTo {
					s := walked(t, g, v.Path)
					require.True(t, promise.From(s) && !comes(g, s, promise.To), "%s, seed %d: %d", how, seed, s)
					continue
				}
				got[nameOf(v)] = len(v.Path)
				if v.Kind == Sometimes {
					continue
				}
				end := walked(t, g, v.Path)
				require.Equal(t, v.Kind == AtStep || v.Kind == Compared, v.Breaks, how)
				switch v.Kind {
				case Always:
					require.Equal(t, bad, end)
				case NoStuck:
					require.Empty(t, g.arcs[end])
				case AtStep:
					require.NotEmpty(t, v.Path[len(v.Path)-1].broken)
				case Compared:
					require.NotEmpty(t, v.Path[len(v.Path)-1].differs)
				}
			}
			require.Equal(t, want.nearest, got, "%s, seed %d", how, seed)
			for _, c := range r.Properties {
				broken := slices.ContainsFunc(r.Violations,
					func(v Violation[arc]) bool { return v.Kind == c.Kind && v.ID == c.ID })
				require.Equal(t, !broken, c.Held, "%s, seed %d: %s", how, seed, c.ID)
			}
		}
		var reports []Report[arc]
		for i := range 2 {
			r, err := Explore(g, p, Options{Shard: Shard{i, 2}})
			require.NoError(t, err)
			reports = append(reports, r)
		}
		r, err := Merge(graphEdges, reports...)
		check("shards", r, err)
		one, other := reports[0], reports[1]
		require.Equal(t, []int{max(one.Visited, other.Visited), max(one.Paths, other.Paths),
			max(one.Liveness, other.Liveness)}, []int{r.Visited, r.Paths, r.Liveness}, "seed %d", seed)
		require.True(t, r.Fingerprints)

		p.LeadsTo = []Promise[int]{promise}
		kept := true
		for s, d := range want.dist {
			kept = kept && (d < 0 || !promise.From(s) || comes(g, s, promise.To))
		}
		var snapshots []*bytes.Buffer
		for how, o := range map[string]Options{
			"plain": {}, "exact": {Exact: true}, "seeded": {Seed: 7}, "alone": {Workers: 1},
			"many": {Workers: 5},
			"watched": {Snapshot: func(s *Snapshot) {
				b := &bytes.Buffer{}
				require.NoError(t, gob.NewEncoder(b).Encode(s))
				snapshots = append(snapshots, b)
			}},
		} {
			r, err := Explore(g, p, o)
			check(how, r, err)
			require.Equal(t, how == "exact", !r.Fingerprints)
			require.Equal(t, kept, !slices.ContainsFunc(r.Violations,
				func(v Violation[arc]) bool { return v.Kind == LeadsTo }), "%s, seed %d", how, seed)
		}
		for i, b := range snapshots {
			var s Snapshot
			require.NoError(t, gob.NewDecoder(b).Decode(&s))
			r, err := Explore(g, p, Options{Resume: &s})
			check(fmt.Sprint("resumed at level ", i), r, err)
			require.Equal(t, kept, !slices.ContainsFunc(r.Violations,
				func(v Violation[arc]) bool { return v.Kind == LeadsTo }), "resumed, seed %d", seed)
		}
	}
}

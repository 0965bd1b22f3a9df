package explore

import (
	"context"
	"errors"
	"runtime"
)

// Options bound an exploration and configure its run. The zero value explores everything, up to ten
// million states, with a worker for each processor. The result depends only on MaxStates, MaxDepth,
// Seed, Shard and First, and on a Context that ends early.
type Options struct {
	MaxStates int // gives up beyond that; 0 is ten million
	// MaxDepth bounds the number of steps from the start; 0 is no bound.
	MaxDepth int
	Workers  int             // 0 is one for each processor
	Exact    bool            // keep whole states instead of fingerprints: more memory, no collisions
	Seed     uint64          // of the fingerprints
	Context  context.Context // nil: never ends early
	Progress func(Progress)  // called now and then, never twice at the same time
	// Snapshot is called with Progress. Its argument may be kept, and resumed from: see Resume.
	Snapshot func(*Snapshot)
	Resume   *Snapshot // goes on from there; it must stem from the same system, bounds and seed
	Shard    Shard     // explores a part of the space only
	First    bool      // goes no farther than to the nearest violation
}

// Progress tells how far an exploration is.
type Progress struct {
	States   int // found so far
	Steps    int // taken so far
	Depth    int // of the states being looked at
	Frontier int // states found and not yet looked at
}

// ErrInterrupted is the error of an exploration whose context ended.
var ErrInterrupted = errors.New("explore: interrupted")

// errTooManyStates is the error of an exploration that grew beyond its bound.
var errTooManyStates = errors.New("explore: too many states")

// exploration is one breadth-first search. A level is a row of windows, a window a row of chunks:
// chunks are expanded in parallel while the set of visited states does not change, then the parts
// of the set take up the results, in parallel too. Neither depends on which worker does which part,
// so results do not either.
type exploration[S comparable, A Action] struct {
	sys      System[S, A]
	interned Interned[S] // sys, if it is
	props    Properties[S]
	o        Options
	size     int
	visited  [parts]visited
	flags    [parts][]uint8 // where promises begin and are fulfilled, two bits each
	level    [parts][]byte  // encodings of the states being looked at, in order of discovery
	next     [parts][]byte  // and of those one step farther
	first    [parts]uint32  // place of the first state of level
	at       cursor         // where the next window begins
	depth    int
	spends   bool   // some step uses something up
	seen     uint64 // sometimes-properties that held, one bit each
	report   Report[A]
	hits     []hit
	trail    []trail // edges between states, for promises
	starts   []start
	chunks   []*chunk[S, A]

	records *Records // of a shard, else nil
	enough  int      // stop at a level of that many states, 0 never
}

// cursor is a position in a level.
type cursor struct{ Part, State int }

// Explore visits every reachable state of sys in breadth-first order and checks props. Of each
// broken property one shortest path is reported. It fails with an error if the space is too large,
// with [ErrInterrupted], and then the report holds the results so far.
func Explore[S comparable, A Action](
	sys System[S, A], props Properties[S], o Options,
) (Report[A], error) {
	if o.Shard.Count > 0 {
		return exploreShard(sys, props, o)
	}
	x := newExploration(sys, props, o)
	if o.Resume != nil {
		if err := x.restore(o.Resume); err != nil {
			return Report[A]{}, err
		}
	} else {
		x.begin(sys.Start(), nil)
	}
	return x.run()
}

func newExploration[S comparable, A Action](
	sys System[S, A], props Properties[S], o Options,
) *exploration[S, A] {
	if o.MaxStates == 0 {
		o.MaxStates = 10_000_000
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	x := &exploration[S, A]{sys: sys, props: props, o: o, size: sys.Size()}
	x.report.Properties, x.report.Edges = props.list(), make([]int, sys.Edges())
	x.interned, _ = sys.(Interned[S])
	if o.Exact {
		for i := range x.visited {
			x.visited[i].exact = map[string]uint32{}
		}
	}
	return x
}

// begin adds a state to start from, which way leads to.
func (x *exploration[S, A]) begin(s S, way []int) {
	encoded := make([]byte, x.size)
	x.sys.Encode(s, encoded)
	fp := x.fingerprint(s, encoded)
	part := partOf(fp)
	v := &x.visited[part]
	if _, ok := v.find(fp, encoded); ok {
		return
	}
	x.starts = append(x.starts, start{idOf(part, v.add(fp, encoded, noID)), way})
	x.flags[part] = append(x.flags[part], 0)
	x.level[part] = append(x.level[part], encoded...)
	x.report.States++
}

// run explores level after level.
func (x *exploration[S, A]) run() (Report[A], error) {
	for !x.bounded() {
		if err := x.exploreLevel(); err != nil {
			x.finish()
			return x.report, err
		}
		x.report.Frontier = max(x.report.Frontier, (x.frontier(x.level)+x.frontier(x.next))*x.size)
		if x.frontier(x.next) == 0 {
			break
		}
		if x.o.First && len(x.hits) > 0 {
			x.finish()
			x.report.Bounded = true
			return x.report, nil
		}
		x.depth++
		for p := range parts {
			x.first[p] += uint32(len(x.level[p]) / x.size)
			x.level[p], x.next[p] = x.next[p], x.level[p][:0]
		}
		x.at = cursor{}
	}
	x.eventually()
	x.finish()
	return x.report, nil
}

// bounded reports whether the level must not be looked at.
func (x *exploration[S, A]) bounded() bool {
	return x.o.MaxDepth > 0 && x.depth >= x.o.MaxDepth ||
		x.enough > 0 && x.frontier(x.level) >= x.enough
}

func (x *exploration[S, A]) frontier(level [parts][]byte) int {
	n := 0
	for _, l := range level {
		n += len(l) / x.size
	}
	return n
}

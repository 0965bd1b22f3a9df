package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Options bound an exploration and say how it is run. The zero value explores everything, up to ten million states, with a worker for each processor. Nothing but
// MaxStates, MaxDepth, Seed and Shard changes what comes out, and a Context that ends early.
type Options struct {
	MaxStates int             // gives up beyond that; 0 is ten million
	MaxDepth  int             // does not go on from states that many steps from the start; 0 is no bound
	Workers   int             // 0 is one for each processor
	Exact     bool            // keep whole states instead of fingerprints: more memory, no collisions
	Seed      uint64          // of the fingerprints
	Context   context.Context // nil: never ends early
	Progress  func(Progress)  // called now and then, never twice at the same time
	Snapshot  func(*Snapshot) // called with Progress: its argument can be kept and explored on from; see [Options].Resume
	Resume    *Snapshot       // goes on from there; it must stem from the same system, bounds and seed
	Shard     Shard           // explores a part of the space only
}

// Progress tells how far an exploration is.
type Progress struct {
	States   int // found so far
	Steps    int // taken so far
	Depth    int // of the states being looked at
	Frontier int // states found and not yet looked at
}

// ErrInterrupted is the error of an exploration whose context ended.
var ErrInterrupted = errors.New("sim: interrupted")

// ErrTooManyStates is the error of an exploration that grew beyond its bound.
var ErrTooManyStates = errors.New("sim: too many states")

// exploration is one breadth-first search. Levels are looked at in windows, a window in chunks: chunks are expanded in parallel while the set of visited states
// stands still, then the parts of the set take up what was found, in parallel too. Neither depends on which worker does what, so results do not either.
type exploration[S comparable] struct {
	sys     System[S]
	props   Properties[S]
	o       Options
	size    int
	visited [parts]visited
	flags   [parts][]uint8 // where promises begin and are fulfilled, two bits each
	level   [parts][]byte  // encodings of the states being looked at, in order of discovery
	next    [parts][]byte  // and of those one step farther
	first   [parts]uint32  // place of the first state of level
	at      cursor         // where the next window begins
	depth   int
	seen    uint64 // sometimes-properties that held, one bit each
	report  Report
	hits    []hit
	trail   []trail // edges between states, for promises
	starts  []start
	chunks  []*chunk[S]

	records   *Records    // of a shard, else nil
	enough    int         // stop at a level of that many states, 0 never
	inherited []Violation // found before this exploration began
}

// cursor is a position in a level.
type cursor struct{ Part, State int }

// Explore visits every reachable state of sys in breadth-first order and checks props. Of each broken property one shortest path is reported. It fails with
// [ErrTooManyStates] or [ErrInterrupted], and then the report holds what was found so far.
func Explore[S comparable](sys System[S], props Properties[S], o Options) (Report, error) {
	if o.Shard.Count > 0 {
		return exploreShard(sys, props, o)
	}
	x := newExploration(sys, props, o)
	if o.Resume != nil {
		if err := x.restore(o.Resume); err != nil {
			return Report{}, err
		}
	} else {
		b := make([]byte, x.size)
		sys.Encode(sys.Start(), b)
		x.begin(b, nil)
	}
	return x.run()
}

func newExploration[S comparable](sys System[S], props Properties[S], o Options) *exploration[S] {
	if o.MaxStates == 0 {
		o.MaxStates = 10_000_000
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	x := &exploration[S]{sys: sys, props: props, o: o, size: sys.Size()}
	x.report.Properties = props.list()
	if o.Exact {
		for i := range x.visited {
			x.visited[i].exact = map[string]uint32{}
		}
	}
	return x
}

// begin adds a state to start from, which path leads to.
func (x *exploration[S]) begin(encoded []byte, path []Taken) {
	fp := fingerprint(x.o.Seed, encoded)
	part := partOf(fp)
	v := &x.visited[part]
	if _, ok := v.find(fp, encoded); ok {
		return
	}
	x.starts = append(x.starts, start{idOf(part, v.add(fp, encoded, noID)), bytes.Clone(encoded), path})
	x.flags[part] = append(x.flags[part], 0)
	x.level[part] = append(x.level[part], encoded...)
	x.report.States++
}

// run explores level after level.
func (x *exploration[S]) run() (Report, error) {
	for !x.bounded() {
		if err := x.exploreLevel(); err != nil {
			x.finish()
			return x.report, err
		}
		if x.frontier(x.next) == 0 {
			break
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
func (x *exploration[S]) bounded() bool {
	return x.o.MaxDepth > 0 && x.depth >= x.o.MaxDepth || x.enough > 0 && x.frontier(x.level) >= x.enough
}

func (x *exploration[S]) frontier(level [parts][]byte) int {
	n := 0
	for _, l := range level {
		n += len(l) / x.size
	}
	return n
}

// Sizes of the pieces of work. They are part of the definition of the order only through the order of chunks, so they can be changed.
const (
	chunkStates  = 256
	windowChunks = 64
)

// exploreLevel looks at all states of the level, window by window.
func (x *exploration[S]) exploreLevel() error {
	for {
		n := 0
		for n < windowChunks && x.cut(n) {
			n++
		}
		chunks := x.chunks
		if n == 0 {
			return nil
		}
		x.parallel(n, func(i int) { chunks[i].expand() })
		x.parallel(parts, func(p int) { x.takeUp(p, chunks[:n]) })
		for _, c := range chunks[:n] {
			x.merge(c)
		}
		if err := x.pause(); err != nil {
			return err
		}
	}
}

// cut gives chunk number i the next states of the level; false if there are none.
func (x *exploration[S]) cut(i int) bool {
	for ; x.at.Part < parts; x.at = (cursor{x.at.Part + 1, 0}) {
		left := len(x.level[x.at.Part])/x.size - x.at.State
		if left == 0 {
			continue
		}
		if i == len(x.chunks) {
			x.chunks = append(x.chunks, &chunk[S]{x: x})
		}
		n := min(left, chunkStates)
		x.chunks[i].reset(x.at.Part, x.first[x.at.Part]+uint32(x.at.State), x.level[x.at.Part][x.at.State*x.size:(x.at.State+n)*x.size])
		x.at.State += n
		return true
	}
	return false
}

// parallel calls f(0) to f(n-1), on several workers. A panic of one of them is the caller's.
func (x *exploration[S]) parallel(n int, f func(int)) {
	var wg sync.WaitGroup
	var turn atomic.Int64
	var failed atomic.Value
	for range min(x.o.Workers, n) {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					failed.Store(fmt.Sprint(v))
				}
			}()
			for i := int(turn.Add(1)) - 1; i < n; i = int(turn.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
	if v := failed.Load(); v != nil {
		panic(v)
	}
}

// pause lets others look between two windows, and ends what has grown too large or is not wanted any more.
func (x *exploration[S]) pause() error {
	err := x.ends()
	if x.o.Progress != nil {
		x.o.Progress(Progress{x.report.States, x.report.Steps, x.depth, x.frontier(x.level) + x.frontier(x.next) - x.lookedAt()})
	}
	if x.o.Snapshot != nil {
		s := x.snapshot()
		s.Last = err != nil
		x.o.Snapshot(s)
	}
	return err
}

func (x *exploration[S]) ends() error {
	for p := range x.visited {
		if len(x.visited[p].prints) >= maxPerPart-windowChunks*chunkStates*1000 {
			return fmt.Errorf("%w: no identifiers left; explore it in shards", ErrTooManyStates)
		}
	}
	switch {
	case x.report.States > x.o.MaxStates:
		return fmt.Errorf("%w: more than %d; raise the bound or lower those of the model", ErrTooManyStates, x.o.MaxStates)
	case x.o.Context.Err() != nil:
		return ErrInterrupted
	}
	return nil
}

// lookedAt is how many states of the level are done.
func (x *exploration[S]) lookedAt() int {
	n := x.at.State
	for p := range min(x.at.Part, parts) {
		n += len(x.level[p]) / x.size
	}
	return n
}

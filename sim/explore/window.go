package explore

import (
	"fmt"

	"example.com/khp/internal/parallel"
)

// Sizes of the pieces of work. They are part of the definition of the order only through the order
// of chunks, so they can be changed.
const (
	chunkStates  = 256
	windowChunks = 64
)

// exploreLevel looks at all states of the level, window by window.
func (x *exploration[S, A]) exploreLevel() error {
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
func (x *exploration[S, A]) cut(i int) bool {
	for ; x.at.Part < parts; x.at = (cursor{x.at.Part + 1, 0}) {
		left := len(x.level[x.at.Part])/x.size - x.at.State
		if left == 0 {
			continue
		}
		if i == len(x.chunks) {
			x.chunks = append(x.chunks, &chunk[S, A]{x: x, taken: make([]int, len(x.report.Edges))})
		}
		n := min(left, chunkStates)
		x.chunks[i].reset(x.at.Part, x.first[x.at.Part]+uint32(x.at.State),
			x.level[x.at.Part][x.at.State*x.size:(x.at.State+n)*x.size])
		x.at.State += n
		return true
	}
	return false
}

// parallel calls f(0) to f(n-1), on several workers. A panic of one of them is the caller's.
func (x *exploration[S, A]) parallel(n int, f func(int)) {
	err := parallel.Do(n, x.o.Workers, func(i int) (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("%v", v)
			}
		}()
		f(i)
		return nil
	})
	if err != nil {
		panic(err.Error())
	}
}

// pause reports progress between two windows, and ends an exploration that has grown too large or
// is not wanted any more.
func (x *exploration[S, A]) pause() error {
	err := x.ends()
	if x.o.Progress != nil {
		x.o.Progress(Progress{x.report.States, x.report.Steps, x.depth,
			x.frontier(x.level) + x.frontier(x.next) - x.lookedAt()})
	}
	if x.o.Snapshot != nil {
		s := x.snapshot()
		s.Last = err != nil
		x.o.Snapshot(s)
	}
	return err
}

func (x *exploration[S, A]) ends() error {
	for p := range x.visited {
		if len(x.visited[p].prints) >= maxPerPart-windowChunks*chunkStates*1000 {
			return fmt.Errorf("%w: no identifiers left; explore it in shards", errTooManyStates)
		}
	}
	switch {
	case x.report.States > x.o.MaxStates:
		return fmt.Errorf("%w: more than %d; raise the bound or lower those of the model",
			errTooManyStates, x.o.MaxStates)
	case x.o.Context.Err() != nil:
		return ErrInterrupted
	}
	return nil
}

// lookedAt is how many states of the level are done.
func (x *exploration[S, A]) lookedAt() int {
	n := x.at.State
	for p := range min(x.at.Part, parts) {
		n += len(x.level[p]) / x.size
	}
	return n
}

package main

import (
	"runtime"
	"testing"
	"time"

	"example.com/khp/bench/table"
	"golang.org/x/perf/benchmath"
)

// task is one cell of a table.
type task struct {
	job func() error
	n   int       // jobs in one turn
	ns  []float64 // for one job, one value for each round

	allocs int64
}

// times is the median of the rounds, and its confidence interval.
func (t *task) times() benchmath.Summary { return table.Summary(t.ns) }

// run takes the time of n jobs.
func (t *task) run(n int) (time.Duration, error) {
	start := clock()
	for range n {
		if err := t.job(); err != nil {
			return 0, err
		}
	}
	return clock() - start, nil
}

// prepare finds how many jobs fill a turn, and counts allocations.
func (t *task) prepare(turn time.Duration) error {
	for t.n = 1; ; t.n *= 2 {
		d, err := t.run(t.n)
		if err != nil {
			return err
		}
		if d > turn/4 {
			t.n = max(1, int(float64(t.n)*float64(turn)/float64(d)))
			break
		}
	}
	t.allocs = int64(testing.AllocsPerRun(100, func() { _ = t.job() }))
	return nil
}

// measure lets all tasks take turns on one thread.
func measure(tasks []*task, rounds int, turn time.Duration) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, t := range tasks {
		if err := t.prepare(turn); err != nil {
			return err
		}
	}
	for range rounds {
		for _, t := range tasks {
			d, err := t.run(t.n)
			if err != nil {
				return err
			}
			t.ns = append(t.ns, float64(d.Nanoseconds())/float64(t.n))
		}
	}
	return nil
}

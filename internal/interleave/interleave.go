// Package interleave runs concurrent code under every schedule, as Loom, Shuttle and Coyote do: one
// thread at a time, and at each operation on something shared it decides who goes on. It is for
// tests. [Mutex], [Once] and [Bool] stand in for those of package sync, which a build with -overlay
// puts into the code under test: so production pays nothing.
package interleave

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// current is the run in progress, nil if there is none.
var current atomic.Pointer[Run]

// woven says that the code under test was built with [Mutex] and [Bool].
var woven atomic.Bool

// Weave is called by code under test that was built for this package.
func Weave() { woven.Store(true) }

// Woven reports whether Weave was called.
func Woven() bool { return woven.Load() }

// Seed is the environment variable that names the fault which a run has, by its number.
const Seed = "KHP_INTERLEAVE_SEED"

var seed, seedErr = strconv.Atoi(os.Getenv(Seed))

// Seeded reports whether this run has the fault of that number.
func Seeded(fault int) bool { return seedErr == nil && seed == fault }

// Run is one schedule.
type Run struct {
	mu      sync.Mutex
	parked  []*parked
	going   int // threads that Go has started and that are not over
	arrived chan struct{}
	trace   []string
	last    string
}

// parked is a thread that waits to be let on.
type parked struct {
	name, site string
	ready      func() bool // nil is always
	on         chan struct{}
}

// Go starts a thread.
func (r *Run) Go(name string, f func()) {
	r.going++
	go func() {
		defer mark(name)()
		r.yield("begin", nil)
		f()
		r.mu.Lock()
		r.going--
		r.mu.Unlock()
		r.signal()
	}()
}

func (r *Run) signal() {
	select {
	case r.arrived <- struct{}{}:
	default:
	}
}

// Yield lets other threads go first, before the caller does something shared.
func Yield(site string) {
	if r := current.Load(); r != nil {
		r.yield(site, nil)
	}
}

func (r *Run) yield(site string, ready func() bool) {
	p := &parked{name: caller(), site: site, ready: ready, on: make(chan struct{})}
	r.mu.Lock()
	r.parked = append(r.parked, p)
	r.mu.Unlock()
	r.signal()
	<-p.on
}

// choice is a decision that was made.
type choice struct {
	taken, of int
	free      bool // the thread that ran last cannot go on: to take another is no preemption
}

// play runs f under the schedule that begins with the choices of prefix.
func play(f func(r *Run), prefix []choice) (made []choice, trace []string, stuck bool) {
	r := &Run{arrived: make(chan struct{}, 1)}
	f(r) // which is no thread
	current.Store(r)
	defer current.Store(nil)
	for {
		synctest.Wait()
		options, free := r.options()
		switch {
		case len(options) > 0:
		case r.over():
			return made, r.trace, false
		default: // time goes on, or nothing ever happens
			select {
			case <-r.arrived:
				continue
			case <-time.After(24 * time.Hour):
				return made, r.trace, true
			}
		}
		c := choice{of: len(options), free: free}
		if len(made) < len(prefix) {
			// Which of several ready channels a select takes is not ours to decide.
			c.taken = min(prefix[len(made)].taken, c.of-1)
		}
		made = append(made, c)
		r.let(options[c.taken])
	}
}

func (r *Run) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.going == 0 && len(r.parked) == 0
}

// options returns the threads that may go on, the one that ran last first.
func (r *Run) options() (options []*parked, free bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.parked {
		if p.ready == nil || p.ready() {
			options = append(options, p)
		}
	}
	slices.SortStableFunc(options, func(a, b *parked) int {
		if (a.name == r.last) != (b.name == r.last) {
			if a.name == r.last {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return options, len(options) == 0 || options[0].name != r.last
}

func (r *Run) let(p *parked) {
	r.mu.Lock()
	r.parked = slices.DeleteFunc(r.parked, func(q *parked) bool { return p == q })
	r.last = p.name
	r.trace = append(r.trace, p.name+": "+p.site)
	r.mu.Unlock()
	close(p.on)
}

// next returns the schedule behind that of made, in which at most bound threads are interrupted;
// nil if that was the last.
func next(made []choice, bound int) []choice {
	for i := len(made) - 1; i >= 0; i-- {
		c := made[i]
		if c.taken++; c.taken == c.of {
			continue
		}
		spent := 0
		for _, before := range made[:i] {
			if before.taken > 0 && !before.free {
				spent++
			}
		}
		if !c.free {
			spent++
		}
		if spent <= bound {
			return append(slices.Clone(made[:i]), c)
		}
	}
	return nil
}

// Explore runs each schedule of the threads that begin starts, with at most bound preemptions, in a
// bubble of virtual time of its own. begin returns the check for the time when all threads are
// over; its error, or threads that wait for ever, end the exploration. Explore returns the number
// of schedules, and the error.
func Explore(
	t *testing.T, bound int, begin func(r *Run) (check func() error),
) (schedules int, err error) {
	for prefix := []choice{}; prefix != nil && err == nil; schedules++ {
		var made []choice
		synctest.Test(t, func(*testing.T) {
			var check func() error
			var trace []string
			var stuck bool
			made, trace, stuck = play(func(r *Run) { check = begin(r) }, prefix)
			if err = check(); stuck && err == nil {
				err = fmt.Errorf("some thread waits for ever")
			}
			if err != nil {
				err = fmt.Errorf("schedule %d: %w\n%s", schedules+1, err, strings.Join(trace, "\n"))
			}
		})
		prefix = next(made, bound)
	}
	return schedules, err
}

// Mutex is a [sync.Mutex] whose holders are scheduled.
type Mutex struct{ held atomic.Bool }

// Lock waits for the turn of the caller.
func (m *Mutex) Lock() {
	if r := current.Load(); r != nil {
		r.yield("lock", func() bool { return !m.held.Load() })
	}
	m.held.Store(true)
}

// Unlock ends it.
func (m *Mutex) Unlock() { m.held.Store(false) }

// Bool is an [atomic.Bool] whose users are scheduled.
type Bool struct{ b atomic.Bool }

// Load is that of an atomic.Bool.
func (x *Bool) Load() bool { Yield("load"); return x.b.Load() }

// Store is that of an atomic.Bool.
func (x *Bool) Store(v bool) { Yield("store"); x.b.Store(v) }

// Swap is that of an atomic.Bool.
func (x *Bool) Swap(v bool) bool { Yield("swap"); return x.b.Swap(v) }

// Once is a [sync.Once] whose users are scheduled.
type Once struct {
	mu   Mutex
	done bool
}

// Do calls f unless an earlier call has.
func (o *Once) Do(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.done {
		defer func() { o.done = true }()
		f()
	}
}

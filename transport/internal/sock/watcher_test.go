package sock

import (
	"context"
	"math/rand/v2"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// clock is a connection that knows its deadlines.
type clock struct {
	net.Conn
	read, write time.Time
}

func (c *clock) SetReadDeadline(t time.Time) error  { c.read = t; return nil }
func (c *clock) SetWriteDeadline(t time.Time) error { c.write = t; return nil }

// A call is broken off by the end of its own context and by nothing else, whatever contexts there
// were before and whenever they end; afterwards the socket has the deadline that it had, or none.
func TestWatcher_Model(t *testing.T) {
	for seed := range uint64(150) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			nc := &clock{}
			type context_ struct {
				context.Context
				cancel context.CancelFunc
			}
			open := func() context_ {
				ctx, cancel := context.WithCancel(context.Background())
				return context_{ctx, cancel}
			}
			home := open()
			all := []context_{open(), open(), home}
			defer func() {
				for _, c := range all {
					c.cancel()
				}
			}()
			var w Watcher
			direction, deadline, other := Read, &nc.read, &nc.write
			if seed%2 == 1 {
				direction, deadline, other = Write, &nc.write, &nc.read
			}
			w.Init(nc, direction, home.Context)
			var homeOver bool
			var present context.Context // nil without a call
			var due time.Time           // the expected deadline
			fired := false
			ended := func(ctx context.Context) bool {
				if ctx == home.Context {
					return homeOver
				}
				return ctx.Err() != nil
			}
			for range 40 {
				switch random.IntN(7) {
				case 0, 1, 2:
					if present != nil {
						w.Stop()
						if fired {
							due = time.Time{}
						}
						present, fired = nil, false
						break
					}
					present = all[random.IntN(len(all))].Context
					if random.IntN(8) == 0 {
						present = context.Background() // never ends
					}
					w.Start(present)
				case 3:
					i := random.IntN(len(all))
					all[i].cancel()
					if all[i].Context == home.Context {
						w.HomeEnds()
						homeOver = true
					} else if random.IntN(2) == 0 && all[i].Context != present {
						all[i] = open()
					}
				case 4:
					at, moved := time.Now().Add(time.Duration(random.IntN(100))*time.Minute+time.Hour),
						random.IntN(2) == 0
					before := due
					require.Equal(t, !fired, w.Arm(at, moved))
					if !fired && (moved || before.IsZero()) {
						due = at
					}
				case 5:
					require.Equal(t, !fired, w.Disarm())
					if !fired {
						due = time.Time{}
					}
				case 6:
					if random.IntN(10) == 0 {
						w.Close()
					}
				}
				synctest.Wait()
				if present != nil && ended(present) {
					due, fired = LongAgo, true
				}
				require.Equal(t, due, *deadline, "seed %d", seed)
				require.True(t, other.IsZero(), "seed %d: the other direction is not its business", seed)
			}
		})
	}
}

// counted is a context that counts how often its end was asked to be told.
type counted struct {
	context.Context
	watched, forgotten int
}

// Value hides the context below from package context, which looks for AfterFunc then.
func (c *counted) Value(any) any { return nil }

// AfterFunc is the method that package context looks for.
func (c *counted) AfterFunc(f func()) (stop func() bool) {
	c.watched++
	end := context.AfterFunc(c.Context, f)
	return func() bool {
		c.forgotten++
		return end()
	}
}

// A context that comes twice in a row stays watched until another one comes, or the connection
// ends.
func TestWatcher_KeepsContext(t *testing.T) {
	open, cancel := context.WithCancel(t.Context())
	defer cancel()
	one, two := &counted{Context: open}, &counted{Context: open}
	two.Context, cancel = context.WithCancel(t.Context())
	defer cancel()
	var w Watcher
	w.Init(&clock{}, Read, nil)
	call := func(ctx context.Context) {
		w.Start(ctx)
		w.Stop()
	}
	call(one)
	require.Equal(t, []int{1, 1}, []int{one.watched, one.forgotten}, "the first time")
	for range 10 {
		call(one)
	}
	require.Equal(t, []int{2, 1}, []int{one.watched, one.forgotten}, "and again")
	call(two)
	require.Equal(t, []int{2, 2, 1, 1}, []int{one.watched, one.forgotten, two.watched, two.forgotten})
	call(two)
	w.Close()
	require.Equal(t, []int{2, 2}, []int{two.watched, two.forgotten})
	call(two)
	call(two)
	require.Equal(t, two.watched, two.forgotten, "nothing is kept of a connection that is over")
	w.Start(two)
	w.Close()
	require.Equal(t, two.watched, two.forgotten+1, "a call that goes on hears of its end")
	w.Stop()
	require.Equal(t, two.watched, two.forgotten)
}

// HomeEnds reports the end of home, before a call and during one.
func TestWatcher_Home(t *testing.T) {
	nc := &clock{}
	var w Watcher
	home := t.Context()
	w.Init(nc, Read, home)
	w.Start(home)
	w.HomeEnds()
	require.Equal(t, LongAgo, nc.read)
	w.Stop()
	require.Zero(t, nc.read)
	w.Start(home)
	require.Equal(t, LongAgo, nc.read)
	w.Stop()
	w.Start(context.Background())
	require.Zero(t, nc.read, "not of other contexts")
}

// A context that was kept is forgotten with the call in which the watcher is closed.
func TestWatcher_ClosedDuringCall(t *testing.T) {
	open, cancel := context.WithCancel(t.Context())
	defer cancel()
	ctx := &counted{Context: open}
	var w Watcher
	w.Init(&clock{}, Read, nil)
	for range 3 {
		w.Start(ctx)
		w.Stop()
	}
	w.Start(ctx)
	w.Close()
	require.Equal(t, 1, ctx.watched-ctx.forgotten)
	w.Stop()
	require.Zero(t, ctx.watched-ctx.forgotten)
}

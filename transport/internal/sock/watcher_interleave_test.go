package sock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"example.com/khp/internal/interleave"
	"example.com/khp/internal/interleave/weave"
	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

var watcherFaults = []weave.Fault{
	{Name: "an earlier context ends the call", Before: "if end == w.present {",
		After: "if seeded || end == w.present {"},
	{Name: "a context that has ended before is not looked at", Before: "w.present = end; " +
		"ctx.Err() != nil", After: "w.present = end; !seeded && ctx.Err() != nil"},
	{Name: "the call is known after its end", Before: "\tw.watch(ctx, end)\n",
		After: "\tif over := ctx.Err() != nil; seeded {\n w.watch(ctx, end); w.mu.Unlock(); " +
			"w.mu.Lock(); if w.present = end; over { w.fire() }; return\n}\nw.watch(ctx, end)\n"},
	{Name: "the deadline of an end is left", Before: "\tif w.fired {\n\t\tw.d.set",
		After: "\tif !seeded && w.fired {\n\t\tw.d.set"},
	{Name: "a deadline of silence hides the end", Before: "if !w.fired && (moved || !w.armed) {",
		After: "if (seeded || !w.fired) && (moved || !w.armed) {"},
	{Name: "silence is over although the call is", Before: "if !w.fired && w.armed {",
		After: "if (seeded || !w.fired) && w.armed {"},
	{Name: "the end of home is not told to the call", Before: "if w.present == atHome {",
		After: "if !seeded && w.present == atHome {"},
	{Name: "home has ended before the call", Before: "w.present = atHome; w.over {",
		After: "w.present = atHome; !seeded && w.over {"},
	{Name: "a call after the end of home is one at home", Before: "\tw.present, " +
		"w.fired = nil, false\n", After: "\tif w.fired = false; !seeded { w.present = nil }\n"},
}

// A call is broken off by the end of its own context, at once, and by no other; whatever happens
// between the calls. All schedules with up to two preemptions are tried.
func TestWatcher_Interleavings(t *testing.T) {
	weave.Explore(t, []string{"."}, watcherFaults, func(t *testing.T) {
		for _, s := range watcherScenes {
			count, err := interleave.Explore(t, 2, func(r *interleave.Run) func() error {
				peer, end := tcptest.Pair(tcptest.Options{})
				s := &watched{nc: &interleave.Conn{Conn: end}, peer: peer, begin: time.Now(), scene: s.run}
				s.scene(r, s)
				return func() error {
					if took := time.Since(s.begin); s.err == nil && took > 0 && took < 24*time.Hour {
						s.err = fmt.Errorf("it took %v", took)
					}
					_ = peer.Close()
					return s.err
				}
			})
			require.NoError(t, err, s.name)
			t.Logf("%s: %d schedules", s.name, count)
		}
	})
}

// watched is a connection whose reads are watched.
type watched struct {
	w     Watcher
	nc    *interleave.Conn
	peer  *tcptest.Conn
	begin time.Time
	err   error
	scene func(r *interleave.Run, s *watched)
}

// read is one call. It must get a byte, or end because its context has.
func (s *watched) read(ctx context.Context, over func() bool) (ended bool) {
	s.w.Start(ctx)
	var p [1]byte
	_, err := s.nc.Read(p[:])
	s.w.Stop()
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	if s.err == nil && !over() {
		s.err = errors.New("a call was broken off whose context goes on")
	}
	return true
}

func (s *watched) readUnder(ctx context.Context) bool {
	return s.read(ctx, func() bool { return ctx.Err() != nil })
}

func (s *watched) send(r *interleave.Run, n int) {
	r.Go("peer", func() {
		for range n {
			interleave.Yield("send")
			_, _ = s.peer.Write([]byte("x"))
		}
	})
}

var watcherScenes = []struct {
	name string
	run  func(r *interleave.Run, s *watched)
}{
	{"the context ends", func(r *interleave.Run, s *watched) {
		s.w.Init(s.nc, Read, nil)
		ctx, cancel := context.WithCancel(context.Background())
		r.Go("cancel", cancel)
		r.Go("reader", func() { s.readUnder(ctx) })
	}},
	{"the context ends and a byte comes", func(r *interleave.Run, s *watched) {
		s.w.Init(s.nc, Read, nil)
		ctx, cancel := context.WithCancel(context.Background())
		r.Go("cancel", cancel)
		s.send(r, 1)
		r.Go("reader", func() {
			if s.readUnder(ctx) {
				s.readUnder(context.Background())
			}
		})
	}},
	{"the same context again", func(r *interleave.Run, s *watched) {
		s.w.Init(s.nc, Read, nil)
		ctx, cancel := context.WithCancel(context.Background())
		other, stop := context.WithCancel(context.Background())
		r.Go("cancel", cancel)
		s.send(r, 2)
		r.Go("reader", func() {
			defer stop()
			for range 2 {
				s.readUnder(ctx)
			}
			s.readUnder(ctx) // there is no byte for it: it ends with the context
			_, _ = s.peer.Write([]byte("x"))
			s.readUnder(other)
		})
	}},
	{"home ends", func(r *interleave.Run, s *watched) {
		home, cancel := context.WithCancel(context.Background())
		s.w.Init(s.nc, Read, home)
		over := false
		r.Go("end", func() {
			over = true
			cancel()
			s.w.HomeEnds()
		})
		r.Go("reader", func() {
			s.read(home, func() bool { return over })
			s.read(home, func() bool { return over })
			_, _ = s.peer.Write([]byte("x"))
			s.readUnder(context.Background())
		})
	}},
	{"home ends during another call", func(r *interleave.Run, s *watched) {
		home, cancel := context.WithCancel(context.Background())
		s.w.Init(s.nc, Read, home)
		s.send(r, 2)
		over := false
		r.Go("end", func() {
			over = true
			cancel()
			s.w.HomeEnds()
		})
		r.Go("reader", func() {
			if s.read(home, func() bool { return over }) {
				_ = over
			}
			s.readUnder(context.Background())
		})
	}},
	{"silence", func(r *interleave.Run, s *watched) {
		s.w.Init(s.nc, Read, nil)
		ctx, cancel := context.WithCancel(context.Background())
		r.Go("cancel", cancel)
		r.Go("reader", func() {
			s.w.Start(ctx)
			if s.w.Arm(s.begin.Add(time.Hour), true) {
				var p [1]byte
				_, _ = s.nc.Read(p[:])
			}
			s.w.Disarm()
			var p [1]byte
			_, _ = s.nc.Read(p[:]) // in the same call: its context has ended
			s.w.Stop()
			_, _ = s.peer.Write([]byte("x"))
			s.readUnder(context.Background())
		})
	}},
}

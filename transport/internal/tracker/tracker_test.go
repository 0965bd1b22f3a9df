package tracker

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

// Shutdown succeeds if no connection is left, whether or not its context has ended by then.
func TestShutdown_NothingLeft(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, wait := range map[string]time.Duration{"at once": 0, "one after another": time.Hour} {
		t.Run(name, func(t *testing.T) {
			for range 50 { // a choice at random is wrong in one of them
				var nothing Tracker
				require.NoError(t, nothing.Shutdown(over, wait))

				var one Tracker
				e := &Entry{}
				e.Begin(t.Context())
				require.True(t, one.Add(e))
				e.EndBy(ender(func() { go one.Remove(e) }))
				require.NoError(t, one.Shutdown(t.Context(), 0))
				require.NoError(t, one.Shutdown(over, wait), "a second call finds all ended")
			}
		})
	}
}

// Shutdown drops the remaining connections when its context ends, and says so.
func TestShutdown_TooLong(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, wait := range []time.Duration{0, time.Hour} {
		var tr Tracker
		e := &Entry{}
		e.Begin(t.Context())
		require.True(t, tr.Add(e))
		asked := 0
		e.EndBy(ender(func() { asked++ }))
		require.ErrorIs(t, tr.Shutdown(over, wait), context.Canceled)
		require.Equal(t, wait == 0, asked == 1, "without time between them all are asked first")
		require.True(t, e.dropped)
		require.False(t, tr.Add(&Entry{}), "no connection comes after that")
	}
}

// ender is an Ender.
type ender func()

func (f ender) Interrupt() { f() }

// entry is one that notes its calls.
type entry struct {
	Entry
	ctx         context.Context
	interrupted int
	server      *tcptest.Conn
}

func (e *entry) Interrupt() { e.interrupted++ }

// closed reports whether a connection was closed on this side.
func closed(nc net.Conn) bool {
	_, err := nc.Write([]byte("x"))
	return errors.Is(err, net.ErrClosed)
}

// begun returns an entry with a connection whose client is unheard of, or not.
func begun(ctx context.Context, unheard bool) *entry {
	e := &entry{}
	_, e.server = tcptest.Pair(tcptest.Options{})
	e.ctx = e.Begin(ctx)
	e.Connected(e.server, unheard)
	return e
}

// The end of a connection depends on its state: reading for a first word is broken off, a handshake
// and an open connection hear of it, once. Connections that are no longer waited for are dropped.
func TestEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent, heard, open, late := begun(t.Context(), true), begun(t.Context(), true),
			begun(t.Context(), false), begun(t.Context(), false)
		heard.Heard()
		open.EndBy(open)
		require.Equal(t, []bool{true, false}, []bool{silent.silent(), heard.silent()})
		for _, e := range []*entry{silent, heard, open, late} {
			e.end()
			e.end()
			require.ErrorIs(t, context.Cause(e.ctx), http.ErrServerClosed)
			require.Equal(t, e == silent, closed(e.server))
		}
		require.Equal(t, 1, open.interrupted)
		late.EndBy(nil)
		require.Zero(t, late.interrupted)
		late.EndBy(late)
		require.Equal(t, 1, late.interrupted, "it hears of what was before")
		heard.drop()
		require.True(t, closed(heard.server))

		var unconnected Entry
		ctx := unconnected.Begin(t.Context())
		unconnected.end()
		require.Error(t, ctx.Err())
		for _, unheard := range []bool{true, false} {
			_, server := tcptest.Pair(tcptest.Options{})
			unconnected.Connected(server, unheard)
			require.Equal(t, unheard, closed(server),
				"a server that ends takes what was asked for, and waits for nobody")
		}
		unconnected.drop()
		_, server := tcptest.Pair(tcptest.Options{})
		unconnected.Connected(server, false)
		require.True(t, closed(server))
		require.NotNil(t, unconnected.CancelFunc())
	})
}

// Shutdown ends silent clients at once and the others evenly over its time, and waits for all. None
// that has ended by itself is ended again.
func TestShutdown_OverTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr Tracker
		begin := time.Now()
		ended := map[time.Duration]int{}
		add := func(unheard bool) *entry {
			e := begun(t.Context(), unheard)
			require.True(t, tr.Add(&e.Entry))
			context.AfterFunc(e.ctx, func() {
				if context.Cause(e.ctx) == http.ErrServerClosed {
					ended[time.Since(begin)]++
					time.Sleep(time.Second)
					tr.Remove(&e.Entry)
				}
			})
			return e
		}
		silent := add(true)
		for range 4 {
			add(false)
		}
		require.Equal(t, 5, tr.Count())
		var other Tracker
		other.Remove(&silent.Entry) // it does not know it
		require.Equal(t, 5, tr.Count())
		gone := add(false)
		tr.Remove(&gone.Entry)
		require.ErrorIs(t, gone.ctx.Err(), context.Canceled)
		tr.Remove(&gone.Entry)
		time.AfterFunc(time.Second, func() { tr.Remove(&silent.Entry) })
		require.NoError(t, tr.Shutdown(t.Context(), 8*time.Second))
		require.Equal(t, map[time.Duration]int{0: 1, 2 * time.Second: 1, 4 * time.Second: 1,
			6 * time.Second: 1}, ended)
		require.Equal(t, 7*time.Second, time.Since(begin))
		require.Zero(t, tr.Count())
		require.False(t, tr.Add(&begun(t.Context(), false).Entry))
		var none *Tracker
		require.True(t, none.Add(&gone.Entry))
		none.Remove(&gone.Entry)
	})
}

// A connection that ends by itself before its turn is not asked to, and once none is left nothing
// is waited for.
func TestShutdown_EndsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr Tracker
		var all []*entry
		for range 10 {
			e := begun(t.Context(), false)
			e.EndBy(e)
			require.True(t, tr.Add(&e.Entry))
			all = append(all, e)
		}
		time.AfterFunc(time.Minute, func() {
			for _, e := range all {
				tr.Remove(&e.Entry)
			}
		})
		begin := time.Now()
		require.NoError(t, tr.Shutdown(t.Context(), time.Hour))
		require.Equal(t, time.Minute, time.Since(begin))
		interrupted := 0
		for _, e := range all {
			interrupted += e.interrupted
		}
		require.Equal(t, 1, interrupted, "the first one, at once")
	})
}

// The end of the context ends the wait for the next turn, too, and drops the connections.
func TestShutdown_ContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr Tracker
		for range 2 {
			require.True(t, tr.Add(&begun(t.Context(), false).Entry))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		require.ErrorIs(t, tr.Shutdown(ctx, time.Hour), context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(begin))
	})
}

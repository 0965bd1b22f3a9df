package tracker

import (
	"context"
	"testing"
	"time"

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

// Shutdown drops what is left when its context ends, and says so.
func TestShutdown_TooLong(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, wait := range []time.Duration{0, time.Hour} {
		var tr Tracker
		e := &Entry{}
		e.Begin(t.Context())
		require.True(t, tr.Add(e))
		require.ErrorIs(t, tr.Shutdown(over, wait), context.Canceled)
		require.True(t, e.dropped)
		require.False(t, tr.Add(&Entry{}), "no connection comes after that")
	}
}

// ender is an Ender.
type ender func()

func (f ender) Interrupt() { f() }

package adapter

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

// due is a driver that waits until a time.
type due struct {
	clocked
	at time.Time
}

func (d due) Deadline() time.Time { return d.at }

// A write has as much time as there is for an answer, and no more than the handshake has; last
// words of a handshake that was given up, or to a peer that did not read, are mere attempts, and
// are said although the context is over.
func TestLoop_Write_Time(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d := &loop{ctx: ctx, timeouts: &endpoint.Timeouts{Response: 7 * time.Second}, conn: &mute{}}
		takes := func(f func(context.Context) error) (left time.Duration) {
			d.write(func(ctx context.Context) error {
				end, ok := ctx.Deadline()
				require.True(t, ok)
				left = time.Until(end)
				require.NoError(t, ctx.Err())
				if f != nil {
					return f(ctx)
				}
				return nil
			})
			return left
		}
		d.driver = due{}
		require.Equal(t, 7*time.Second, takes(nil), "the timer for a response")
		d.driver = due{at: time.Now().Add(8 * time.Second)}
		require.Equal(t, 7*time.Second, takes(nil))
		d.driver = due{at: time.Now().Add(3 * time.Second)}
		require.Equal(t, 3*time.Second, takes(nil), "the deadline of the handshake comes first")
		d.driver = due{at: time.Now().Add(-time.Second)}
		require.Equal(t, attemptTimeout, takes(nil), "a deadline that was not told yet")

		d.driver = due{}
		takes(func(context.Context) error { return context.Canceled })
		require.Equal(t, 7*time.Second, takes(nil), "an error before the time was over")
		takes(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		require.Equal(t, attemptTimeout, takes(nil), "the peer did not take a message in time")
		d.stuck = false

		cancel()
		d.gaveUp = true
		require.Equal(t, attemptTimeout, takes(nil), "last words")
		d.conn = nil
		d.write(func(context.Context) error { t.Error("there is no connection"); return nil })
	})
}

// mute is a connection on which nothing happens.
type mute struct{ Conn }

package dial

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// deafError reports a server that does not answer a Ping.
type deafError struct{ within time.Duration }

// Error implements error.
func (e *deafError) Error() string {
	return fmt.Sprintf("no answer to a Ping within %s", e.within)
}

// pings sends a Ping at each interval, and drops the connection if one is not answered in the time
// of an answer.
func (t *talk) pings(ctx context.Context) {
	ticks := time.NewTicker(t.ping)
	defer ticks.Stop()
	within := t.wait
	if within == 0 || t.forever {
		within = defaultWait
	}
	for {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		begin := time.Now()
		timed, cancel := context.WithTimeout(ctx, within)
		err := t.conn.Ping(timed)
		// The end of ctx is the end of the connection, not a late Pong.
		late := errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
		cancel()
		switch {
		case err == nil && t.ponged != nil:
			t.ponged(time.Since(begin))
		case err == nil:
		case late:
			t.deaf.Store(&deafError{within})
			_ = t.conn.CloseNow()
			return
		default: // the connection has ended, and the reader says why
			return
		}
	}
}

package transport

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"example.com/khp/fsm"
)

// Retry says how often and how patiently [Dial] tries again, each time from the start. Without If, only what [HandshakeError.Temporary] says is tried again,
// and of refusals by a 4xx status only 408 and 429: not what is wrong with the request, and never refused credentials.
//
// The wait before the second try is between half of MinBackoff and all of it, and doubles from try to try up to MaxBackoff. It is never shorter than
// Retry-After; if the server asks for more than MaxBackoff, that is the end unless Attempts is negative. The context of Dial ends all.
type Retry struct {
	Attempts   int           // tries, the first included; 0 is 3, negative is no limit: until the context ends
	MinBackoff time.Duration // 0 is half a second
	MaxBackoff time.Duration // 0 is 30 seconds
	// Jitter returns a number from 0 up to but not including 1, as rand.Float64, which nil is, does: it picks the wait within its range, so that
	// clients that were refused together do not come back together.
	Jitter func() float64
	// If reports whether a failure is worth another try, in place of the rule above, which nil is; it may begin with [HandshakeError.Temporary]. It is not asked about
	// the last of the Attempts, nor once the context has ended.
	If func(*HandshakeError) bool
}

// retryable is the rule of a Retry without If.
func retryable(e *HandshakeError) bool {
	mistaken := e.Failure == fsm.FailureStatus && e.Status/100 == 4 && !busy(e.Status)
	return e.Temporary() && !mistaken
}

// dial tries until one try comes to an end that is none of those worth another.
func (p Retry) dial(ctx context.Context, url string, opts *DialOptions) (*Conn, error) {
	p = p.orDefault()
	for try := 1; ; try++ {
		conn, err := dialOnce(ctx, url, opts)
		var failed *HandshakeError
		if err == nil || !errors.As(err, &failed) {
			return conn, err
		}
		failed.Tries = try
		if try > 1 {
			failed.text += fmt.Sprintf("; after %d tries", try)
		}
		if ctx.Err() != nil || p.last(try, failed) || !p.If(failed) {
			return nil, failed
		}
		if err := sleep(ctx, max(p.backoff(try), failed.RetryAfter)); err != nil {
			failed.Cause = errors.Join(err, failed.Cause)
			return nil, failed
		}
	}
}

// last reports whether no try follows this one, whatever its failure was.
func (p Retry) last(try int, e *HandshakeError) bool {
	return p.Attempts > 0 && (try >= p.Attempts || e.RetryAfter > p.MaxBackoff)
}

func (p Retry) orDefault() Retry {
	if p.Attempts == 0 {
		p.Attempts = 3
	}
	if p.If == nil {
		p.If = retryable
	}
	if p.MinBackoff <= 0 {
		p.MinBackoff = 500 * time.Millisecond
	}
	if p.MaxBackoff <= 0 {
		p.MaxBackoff = 30 * time.Second
	}
	if p.Jitter == nil {
		p.Jitter = rand.Float64
	}
	return p
}

// backoff returns how long to wait after the given try.
func (p Retry) backoff(try int) time.Duration {
	d := min(p.MinBackoff, p.MaxBackoff)
	for ; try > 1 && d < p.MaxBackoff; try-- {
		d += min(d, p.MaxBackoff-d)
	}
	return d/2 + time.Duration(p.Jitter()*float64(d-d/2))
}

// sleep waits for d, or returns why ctx ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

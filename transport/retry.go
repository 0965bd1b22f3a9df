package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"syscall"
	"time"

	"example.com/khp/fsm"
)

// Retry says how often and how patiently [Dial] tries again, each time from the start. Without If,
// only what [HandshakeError.Temporary] says is tried again, and of refusals by a 4xx status only
// 408 and 429: not what is wrong with the request, and never refused credentials.
//
// The wait before the second try is between half of MinBackoff and all of it, and doubles from try
// to try up to MaxBackoff. It is never shorter than Retry-After; if the server asks for more than
// MaxBackoff, that is the end unless Attempts is negative. The context of Dial ends all.
type Retry struct {
	Attempts   int           // tries, the first included; 0 is 3, negative is no limit: until the context ends
	MinBackoff time.Duration // 0 is half a second
	MaxBackoff time.Duration // 0 is 30 seconds
	// Jitter returns a number from 0 up to but not including 1, as rand.Float64, which nil is,
	// does: it picks the wait within its range, so that clients that were refused together do not
	// come back together.
	Jitter func() float64
	// If reports whether a failure is worth another try, in place of the rule above, which nil is;
	// it may begin with [HandshakeError.Temporary]. It is not asked about the last of the Attempts,
	// nor once the context has ended.
	If func(*HandshakeError) bool
}

// retryable is the rule of a Retry without If.
//
//khp:impl KHP-STATUS-408-02 RFC2068-408-02
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
//
//khp:impl WSP-CLOSE-05
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
	case <-timer.C:
	}
	return ctx.Err() // of both at the same moment, too: another try would hide why this one failed
}

// Temporary reports whether the same call may succeed later without any change: because the server
// or the proxy said so, with 408, 429, 502, 503 or 504, with Retry-After, or with a Close of 1001,
// 1012 or 1013; because something took too long; or because of what happens while a server is
// restarted: its address cannot be reached, or it refuses, resets or drops the connection before
// the handshake is complete. What is gone (410) is gone, whatever else the response says; and an
// unknown host name, a refused certificate or an invalid address do not pass by themselves.
// [AMB-47, AMB-48]
//
//khp:impl RFC2068-410-02
func (e *HandshakeError) Temporary() bool {
	//exhaustive:ignore
	switch e.Failure {
	case fsm.FailureTimeout, fsm.FailureAcceptedOnly, fsm.FailureConnectionLost:
		return true
	case fsm.FailureStatus:
		return busy(e.Status) || e.RetryAfter > 0 && e.Status != 410
	case fsm.FailurePeerClosed, fsm.FailureMissingTerminator:
		return e.Close == CloseGoingAway || e.Close == CloseServiceRestart || e.Close == CloseTryAgainLater
	case fsm.FailureConnect:
		return mayPass(e.Cause)
	case 0:
		return errors.Is(e.Cause, context.DeadlineExceeded)
	}
	return false
}

// busy reports whether a status says that only the moment is wrong.
func busy(status int) bool {
	switch status {
	case 408, 429, 502, 503, 504:
		return true
	}
	return false
}

// mayPass reports whether the reason why there is no connection may be gone the next time. The
// system's errors for that are many; those that stay are few.
func mayPass(err error) bool {
	if proxy := proxyErrorOf(err); proxy != nil && proxy.Status != 0 {
		return busy(proxy.Status)
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		return name.Temporary()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) {
		return true
	}
	var op *net.OpError
	var address *net.AddrError
	var network net.UnknownNetworkError
	if !errors.As(err, &op) || errors.As(err, &address) || errors.As(err, &network) || errors.Is(err, fs.ErrPermission) {
		return false
	}
	return op.Op == "dial" || op.Op == "read" || op.Op == "write" // and not an alert of TLS, which is an OpError too
}

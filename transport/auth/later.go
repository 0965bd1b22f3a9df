package auth

import (
	"context"
	"sync/atomic"
	"time"
)

type laterKey struct{}

// TryLater reports that a [PasswordCheck] or [TokenCheck] could not be made, because too many are
// asked for at once or because a service that it needs cannot be reached. The check calls it with
// its own context and returns false. The client then gets 503 with Retry-After, in seconds, instead
// of being told that its credentials are wrong.
func TryLater(ctx context.Context, after time.Duration) {
	if to, ok := ctx.Value(laterKey{}).(*later); ok {
		to.after.Store(int64(max(after, time.Second)))
	}
}

// later is where TryLater leaves its word.
type later struct{ after atomic.Int64 }

// withLater returns the context for one check.
func withLater(ctx context.Context) (context.Context, *later) {
	l := &later{}
	return context.WithValue(ctx, laterKey{}, l), l
}

// verdict judges credentials that the check did not find right.
func (l *later) verdict(challenge, user string) Verdict {
	if after := time.Duration(l.after.Load()); after > 0 {
		return Verdict{RetryAfter: after, Body: []byte(
			"the credentials cannot be checked now; try again later\n")}
	}
	return notAccepted(challenge, user)
}

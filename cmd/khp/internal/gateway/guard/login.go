package guard

import (
	"fmt"
	"time"

	"example.com/khp/transport/auth"
)

// Login is the user that was let in: the principal of a request that the [Guard] has allowed.
type Login struct {
	User    string    // "" is nobody in particular
	Until   time.Time // when the connection has to end; the zero time is never
	Carried Carriers  // where the path takes credentials from, which are not for back ends
}

// String is the name of the user.
func (l Login) String() string { return l.User }

// login makes the principal of a verdict that allows.
func (z *area) login(v auth.Verdict) Login {
	l, ok := v.Principal.(Login)
	if !ok && v.Principal != nil {
		l.User = fmt.Sprint(v.Principal)
	}
	l.Carried = z.carriers
	if z.lifetime > 0 {
		if end := time.Now().Add(z.lifetime); l.Until.IsZero() || end.Before(l.Until) {
			l.Until = end
		}
	}
	return l
}

package guard

import (
	"fmt"
	"slices"
	"time"

	"example.com/khp/transport/auth"
)

// Login is the user that was let in: the principal of a request that the [Guard] has allowed.
type Login struct {
	User    string     // "" is nobody in particular
	Until   time.Time  // when the connection has to end; the zero time is never
	Carried []Carriers // where the path takes credentials from, which are not for back ends
}

// String is the name of the user.
func (l Login) String() string { return l.User }

// login makes the principal of a verdict that allows.
func (z *area) login(v auth.Verdict) Login {
	l, ok := v.Principal.(Login)
	if !ok && v.Principal != nil {
		l.User = fmt.Sprint(v.Principal)
	}
	l.Carried = []Carriers{z.carriers}
	if z.lifetime > 0 {
		l.endBy(time.Now().Add(z.lifetime))
	}
	return l
}

// endBy has the connection end at a time, if it has not to end earlier; the zero time is never.
func (l *Login) endBy(end time.Time) {
	if l.Until.IsZero() || !end.IsZero() && end.Before(l.Until) {
		l.Until = end
	}
}

// Carries reports whether is holds for any of the places where the path takes credentials from.
func (l Login) Carries(is func(Carriers) bool) bool { return slices.ContainsFunc(l.Carried, is) }

// and is the login of a client that was let in at further areas, too: what any of them demands
// holds, and the first one says who it is.
func (l Login) and(further Login) Login {
	l.endBy(further.Until)
	l.Carried = slices.Concat(l.Carried, further.Carried)
	return l
}

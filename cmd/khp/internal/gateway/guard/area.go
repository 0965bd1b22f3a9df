package guard

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/guard/callout"
	"example.com/khp/cmd/khp/internal/gateway/guard/jwtkeys"
	"example.com/khp/cmd/khp/internal/gateway/guard/throttle"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/auth/htpasswd"
	"example.com/khp/wire/credentials"
)

// Env is the part of the server that a Guard uses. All of it may be nil.
type Env struct {
	Log     *slog.Logger
	Metrics *metrics.Metrics
	Slow    *throttle.Throttle // of failed logins, which a reload does not forget
	Dial    callout.Dial       // reaches the server of url
}

// area is the part of the server below one path, and who may enter it.
type area struct {
	env      *Env
	path     string
	realm    string
	scheme   string // basic, digest, token or bearer
	users    map[string]string
	file     *htpasswd.File   // nil if there is none
	ask      *callout.Server  // nil if there is none
	askURL   string           // without its secrets
	keys     *jwtkeys.Checker // nil if there is none
	carriers Carriers
	lifetime time.Duration // of a connection, 0 for ever
	gate     auth.Authenticator
}

// holds reports whether path is in the area: the same path, or anything below it. A route covers
// less by default; guarding too much is the safer mistake.
func (z *area) holds(path string) bool {
	return path == z.path || paths.Covers(strings.TrimSuffix(z.path, "/")+"/", path)
}

// enter judges one request. Credentials that might be guessed are checked after as long a wait as
// failed logins of the client's network, and at the user's name, have earned.
func (z *area) enter(ctx context.Context, r *transport.Request) (auth.Verdict, error) {
	q := z.withCredentials(r)
	if z.keys != nil || q.Authorization == "" { // signatures cannot be guessed
		v, err := z.gate.Authenticate(ctx, q)
		return z.told(v), err
	}
	user := userOf(q)
	attempt, err := z.env.Slow.Begin(ctx, auth.ClientNetwork(ctx), user, q.Authorization)
	switch {
	case errors.Is(err, throttle.ErrBusy):
		return z.told(auth.Verdict{RetryAfter: throttle.Retry, User: user, Reason: err.Error(),
			Body: []byte("too many failed logins; try again later\n")}), nil
	case err != nil:
		return auth.Verdict{}, err
	}
	v, err := z.gate.Authenticate(ctx, q)
	switch {
	case err == nil && v.LetsIn():
		attempt.Right()
	case v.Reason != "":
		attempt.Wrong()
		if v.User == "" {
			v.User = user
		}
	default:
		attempt.Unknown()
	}
	return z.told(v), err
}

// told counts a verdict that refuses, and makes the principal of one that allows.
func (z *area) told(v auth.Verdict) auth.Verdict {
	switch {
	case v.LetsIn():
		v.Principal = z.login(v)
	case v.RetryAfter > 0 && v.Reason != "":
		z.env.Metrics.LoginFailed(z.path, metrics.LoginSlowed)
	case v.RetryAfter > 0:
		z.env.Metrics.LoginFailed(z.path, metrics.LoginUnchecked)
	case v.Reason != "":
		z.env.Metrics.LoginFailed(z.path, metrics.LoginWrong)
	}
	return v
}

// withCredentials is a request whose Authorization has the credentials that the client has sent,
// wherever, and whose query has none.
func (z *area) withCredentials(r *transport.Request) *transport.Request {
	q := *r
	if q.Plain && q.Authorization == "" { // all there is of its request is the opening one
		if list := values(r, "Authorization"); len(list) == 1 {
			q.Authorization = list[0]
		}
	}
	if !z.carriers.any() {
		return &q
	}
	if token := z.carriers.token(r); q.Authorization == "" && token != "" {
		q.Authorization = schemeNames[z.scheme] + " " + token
	}
	q.Target = z.carriers.Target(q.Target)
	return &q
}

// trouble logs that a server gives no answer about logins.
func (z *area) trouble(ctx context.Context, why string) {
	if z.env.Log != nil {
		z.env.Log.WarnContext(ctx, "nobody gets in: the server that auth asks gives no answer", "server",
			z.askURL, "error", why)
	}
}

// userOf returns the name that credentials give, "" if they give none.
func userOf(r *transport.Request) string {
	scheme, value := r.Credentials()
	switch {
	case strings.EqualFold(scheme, "Basic"):
		user, _, _ := credentials.DecodeBasic([]byte(value))
		return user
	case strings.EqualFold(scheme, "Digest"):
		d, _ := credentials.ParseDigest([]byte(value))
		return d.User
	}
	return ""
}

package guard

import (
	"context"
	"time"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
)

// schemeNames are the schemes as challenges have them.
var schemeNames = map[string]string{"basic": "Basic", "digest": "Digest", "token": "Token",
	"bearer": "Bearer"}

// opener makes the gate that lets people into an area.
func (z *area) opener() auth.Authenticator {
	switch {
	case z.ask != nil:
		return z.ask
	case z.keys != nil:
		return auth.AuthenticatorFunc(z.checkToken)
	}
	switch z.scheme {
	case "digest":
		return &auth.DigestAuth{Realm: z.realm, HA1: auth.DigestUsers(z.realm, 0, z.users)}
	case "token", "bearer":
		principals := make(map[string]any, len(z.users))
		for user, token := range z.users {
			principals[token] = user
		}
		return auth.TokenAuth{Scheme: schemeNames[z.scheme], Realm: z.challengeRealm(),
			Check: auth.Tokens(principals)}
	}
	check := auth.Users(z.users)
	if z.file == nil {
		return auth.BasicAuth{Realm: z.realm, Check: check}
	}
	return auth.BasicAuth{
		Realm: z.realm, Check: func(ctx context.Context, user, password string) bool {
			return check(ctx, user, password) || z.file.Check(ctx, user, password)
		}}
}

// challengeRealm is the realm of challenges for tokens: Kaazing's own have none.
func (z *area) challengeRealm() string {
	if z.scheme == "token" {
		return ""
	}
	return z.realm
}

// checkToken judges a request by its signed token.
func (z *area) checkToken(_ context.Context, r *transport.Request) (auth.Verdict, error) {
	gate := auth.TokenAuth{Scheme: schemeNames[z.scheme], Realm: z.challengeRealm()}
	var user, reason string
	gate.Check = func(_ context.Context, token string) (any, bool) {
		name, until, err := z.keys.Check(token, time.Now())
		if err != nil {
			user, reason = name, err.Error()
			return nil, false
		}
		return Login{User: name, Until: until}, true
	}
	v, err := gate.Authenticate(context.Background(), r)
	if reason != "" {
		v.User, v.Reason = user, reason
	}
	return v, err
}

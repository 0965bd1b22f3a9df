package auth

import (
	"context"
	"testing"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

// A field that is not set is refused by name, before anything is served and again when it is asked;
// nothing panics.
func TestAuthenticators_Validate(t *testing.T) {
	check := func(context.Context, string, string) bool { return true }
	for want, a := range map[string]Authenticator{
		"BasicAuth.Check is nil":      BasicAuth{Realm: "r"},
		"BasicAuth.Realm is empty":    BasicAuth{Check: check},
		"BasicAuth.Realm \"a\\nb\"":   BasicAuth{Check: check, Realm: "a\nb"},
		"TokenAuth.Check is nil":      TokenAuth{},
		"TokenAuth.Scheme \"a b\"":    TokenAuth{Scheme: "a b", Check: Tokens(nil)},
		"TokenAuth.Realm":             TokenAuth{Realm: " r", Check: Tokens(nil)},
		"DigestAuth.HA1 is nil":       &DigestAuth{Realm: "r"},
		"HA1 is nil; use DigestUsers": (*DigestAuth)(nil),
		"DigestAuth.Algorithm is 77": &DigestAuth{Realm: "r", HA1: DigestUsers("r", 0,
			nil), Algorithm: 77},
		"DigestAuth.Realm \"a\\rb\"":      &DigestAuth{Realm: "a\rb", HA1: DigestUsers("r", 0, nil)},
		"AuthenticatorFunc is nil; there": AuthenticatorFunc(nil),
	} {
		require.ErrorContains(t, a.(interface{ Validate() error }).Validate(), want)
		for _, credentials := range []string{"", "Basic am9lOndlbGNvbWU=", "Token x", "Digest x"} {
			v, err := a.Authenticate(t.Context(), &endpoint.Request{Authorization: credentials})
			require.ErrorContains(t, err, want)
			require.False(t, v.LetsIn())
		}
	}
	for _, a := range []interface{ Validate() error }{BasicAuth{Realm: "r", Check: check},
		TokenAuth{Check: Tokens(nil)}, &DigestAuth{HA1: DigestUsers("", 0, nil)}} {
		require.NoError(t, a.Validate())
	}
	_, err := FirstOf(nil, CredentialsFunc(nil)).Credentials(t.Context(),
		&CredentialsRequest{Challenges: []Challenge{{Scheme: "Basic"}}})
	require.ErrorIs(t, err, ErrNoCredentials)
}

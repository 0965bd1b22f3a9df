package auth

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Of several challenges the strongest is answered, also when providers for all of them are there.
func TestFirstOf(t *testing.T) {
	ctx := t.Context()
	ask := func(p CredentialsProvider, values ...string) (string, error) {
		r := &CredentialsRequest{Method: "GET", Target: "/"}
		for _, v := range values {
			parsed, err := ParseChallenges(v)
			require.NoError(t, err)
			r.Challenges = append(r.Challenges, parsed...)
		}
		return p.Credentials(ctx, r)
	}
	digests := func(names ...string) (list []string) {
		for _, n := range names {
			list = append(list, fmt.Sprintf("Digest realm=r, nonce=n, algorithm=%s, qop=auth", n))
		}
		return list
	}
	everything := FirstOf(Basic("joe", "welcome"), Token("abc"), Digest("joe", "welcome"))
	for want, values := range map[string][]string{
		"algorithm=SHA-512-256,": append([]string{`Basic realm="x", Token`},
			digests("MD5", "SHA-512-256", "SHA-256", "unknown")...),
		"algorithm=MD5,": append(digests("unknown"),
			append([]string{"Basic", "Token"}, digests("MD5")...)...),
		"Token abc":                   append(digests("unknown"), "Basic, Application Token"),
		"Basic am9lOndlbGNvbWU=":      append(digests("unknown"), "Negotiate, Basic"),
		"algorithm=SHA-512-256-sess,": digests("SHA-512-256", "SHA-512-256-sess"),
	} {
		got, err := ask(everything, values...)
		require.NoError(t, err)
		require.Contains(t, got, want)
	}
	for _, p := range []CredentialsProvider{everything, FirstOf(), Digest("joe", "welcome")} {
		for _, values := range [][]string{{"Negotiate"}, digests("unknown"), nil} {
			_, err := ask(p, values...)
			require.ErrorIs(t, err, ErrNoCredentials)
		}
	}
	turnedDown := CredentialsFunc(func(context.Context, *CredentialsRequest) (string, error) {
		return "", context.Canceled
	})
	_, err := ask(FirstOf(Token("x"), turnedDown, Basic("joe", "welcome")), "Basic")
	require.ErrorIs(t, err, context.Canceled, "who turns a prompt down is not overruled")
}

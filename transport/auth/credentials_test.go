package auth

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProviders(t *testing.T) {
	ask := func(p CredentialsProvider, schemes ...string) (string, error) {
		r := &CredentialsRequest{}
		for _, s := range schemes {
			r.Challenges = append(r.Challenges, Challenge{Scheme: s})
		}
		return p.Credentials(context.Background(), r)
	}
	for _, c := range []struct {
		provider CredentialsProvider
		scheme   string
		want     string
	}{
		{Basic("joe", "welcome"), "basic", "Basic am9lOndlbGNvbWU="},
		{Token("abc"), "Token", "Token abc"},
		{Bearer("abc"), "BEARER", "Bearer abc"},
	} {
		got, err := ask(c.provider, "Other", c.scheme)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
		_, err = ask(c.provider, "Digest", "Other")
		require.ErrorContains(t, err, `the server asks for "Digest", "Other"`)
		require.NotContains(t, err.Error(), "welcome")
	}
	_, err := ask(Basic("jo:e", "welcome"), "Basic")
	require.Error(t, err, "a user name with a colon")
	require.NotContains(t, err.Error(), "welcome")
	_, err = ask(Bearer("line\r\nbreak"), "Bearer")
	require.Error(t, err)
}

package gateway

import (
	"testing"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

func TestAuthority_GuardsEveryForm(t *testing.T) {
	a, _, err := authority(t, config.Config{Auth: []string{"/e=joe:welcome", "/f=ann:sesame"}})
	require.NoError(t, err)
	joe, ann := basicField(t, "joe", "welcome"), basicField(t, "ann", "sesame")
	for path, want := range map[string][3]int{ // status for nobody, joe and ann; 0 is let in
		"/x": {0, 0, 0}, "/ex": {0, 0, 0}, "/e": {401, 0, 403}, "//e": {401, 0, 403},
		"/e//x": {401, 0, 403}, "/x//../e": {401, 0, 403}, "/x/..%2fe/y": {401, 0, 403},
		"/e/..%2ff": {401, 403, 403}, "/e/..%2fx": {401, 0, 403}, "/f%2fx": {401, 403, 0},
		"/e%2fx": {401, 0, 403},
	} {
		for i, field := range []string{"", joe, ann} {
			v, err := a.Authenticate(t.Context(), &transport.Request{
				OpeningRequest: transport.OpeningRequest{Target: path}, Authorization: field,
			})
			require.NoError(t, err)
			got := 0
			switch {
			case len(v.Body) > 0: // wrong ones
				got = 403
			case len(v.Challenges) > 0:
				got = 401
			}
			require.Equal(t, want[i], got, "%s, %d", path, i)
		}
	}
}

func basicField(t *testing.T, user, password string) string {
	t.Helper()
	value, err := auth.Basic(user, password).Credentials(t.Context(),
		&auth.CredentialsRequest{Challenges: []auth.Challenge{{Scheme: "Basic"}}})
	require.NoError(t, err)
	return value
}

// A value that cannot be split is not shown: it may be the password, and a reload writes the error
// into the log.
func TestParseAuthority_HidesPassword(t *testing.T) {
	for _, spec := range []string{"joe:sesame", "joe:se=same", "sesame", "=joe:sesame", "joe:sesame=",
		"/echo=sesame", "/echo=joe:sesame?=x", "/e?=joe:sesame", "/none=:sesame"} {
		_, _, err := authority(t, config.Config{Auth: []string{spec, spec}})
		require.ErrorContains(t, err, "--auth")
		require.NotContains(t, err.Error(), "same", spec)
	}
}

package transport

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// A check that could not be made is answered with 503 and Retry-After, and does not call the
// credentials wrong.
func TestTryLater(t *testing.T) {
	var seen netip.Prefix
	password := func(ctx context.Context, _, _ string) bool {
		seen = auth.ClientNetwork(ctx)
		auth.TryLater(ctx, 1500*time.Millisecond)
		return false
	}
	token := func(ctx context.Context, value string) (any, bool) {
		auth.TryLater(ctx, 0)
		return nil, value == "right"
	}
	for name, c := range map[string]struct {
		gate  auth.Authenticator
		with  auth.CredentialsProvider
		after time.Duration
	}{
		"password": {auth.BasicAuth{Realm: "r", Check: password}, auth.Basic("joe", "welcome"),
			2 * time.Second},
		"token": {auth.TokenAuth{Check: token}, auth.Token("1:joe:welcome"), time.Second},
	} {
		url := serveBy(t, &Server{Handler: &Handler{Authenticator: c.gate, Serve: echoServe}})
		for _, profile := range []Profile{Spec, Kaazing} {
			_, err := Dial(t.Context(), url, &DialOptions{Profile: profile, Credentials: c.with})
			var failed *HandshakeError
			require.ErrorAs(t, err, &failed, name)
			require.Equal(t, fsm.FailureStatus, failed.Failure, name)
			require.Equal(t, 503, failed.Status, name)
			require.Equal(t, c.after, failed.RetryAfter, name)
			require.True(t, failed.Temporary(), name)
			require.Contains(t, string(failed.Body), "cannot be checked now", name)
		}
	}
	require.Equal(t, netip.MustParsePrefix("127.0.0.1/32"), seen)
	auth.TryLater(t.Context(), time.Second) // nobody asks
	v, err := auth.TokenAuth{Check: token}.Authenticate(t.Context(),
		&Request{OpeningRequest: OpeningRequest{Target: "/echo"}, Authorization: "Token right"})
	require.NoError(t, err)
	require.True(t, v.Allow, "a check that succeeds counts")
}

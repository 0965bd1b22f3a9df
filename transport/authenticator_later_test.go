package transport

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// A check that could not be made is answered with 503 and Retry-After, and does not call the credentials wrong.
func TestTryLater(t *testing.T) {
	var seen netip.Prefix
	password := func(ctx context.Context, _, _ string) bool {
		seen = ClientNetwork(ctx)
		TryLater(ctx, 1500*time.Millisecond)
		return false
	}
	token := func(ctx context.Context, value string) (any, bool) {
		TryLater(ctx, 0)
		return nil, value == "right"
	}
	for name, c := range map[string]struct {
		gate  Authenticator
		with  CredentialsProvider
		after time.Duration
	}{
		"password": {BasicAuth{Realm: "r", Check: password}, Basic("joe", "welcome"), 2 * time.Second},
		"token":    {TokenAuth{Check: token}, Token("1:joe:welcome"), time.Second},
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
	TryLater(t.Context(), time.Second) // nobody asks
	v, err := TokenAuth{Check: token}.Authenticate(t.Context(), authRequest("Token right", false))
	require.NoError(t, err)
	require.True(t, v.Allow, "a check that succeeds counts")
}

func TestClientNetwork(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1": "fe80::/64",
	} {
		ctx := WithClientNetwork(t.Context(), &net.TCPAddr{IP: net.ParseIP(ip), Port: 7, Zone: map[bool]string{true: "eth0"}[ip == "fe80::1"]})
		require.Equal(t, netip.MustParsePrefix(want), ClientNetwork(ctx))
	}
	require.Zero(t, ClientNetwork(t.Context()))
	require.Zero(t, ClientNetwork(WithClientNetwork(t.Context(), &net.UnixAddr{Name: "socket"})))
	require.Zero(t, ClientNetwork(WithClientNetwork(t.Context(), nil)))
	require.Zero(t, ClientNetwork(WithClientNetwork(t.Context(), &net.TCPAddr{})))
}

package auth

import (
	"context"
	"net/http"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

func TestPrepareCredentials(t *testing.T) {
	client, err := endpoint.NewClient("ws://one.example/echo",
		endpoint.ClientConfig{HasCredentials: true})
	require.NoError(t, err)
	client.Connect(time.Now())
	client.Connected(time.Now(), [16]byte{})
	client.OpeningRefused(time.Now(), http.StatusUnauthorized,
		[]endpoint.HeaderField{{Name: "WWW-Authenticate", Value: `Basic realm="r"`}}, nil)
	var got *CredentialsRequest
	ask := PrepareCredentials(client, "",
		CredentialsFunc(func(ctx context.Context, r *CredentialsRequest) (string, error) {
			got = r
			return Basic("joe", "welcome").Credentials(ctx, r)
		}))
	client.NoCredentials(time.Now(), "") // the challenges are copied
	value, err := ask(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Basic am9lOndlbGNvbWU=", value)
	require.Equal(t, "ws://one.example/echo", got.URL)
	require.Equal(t, "r", got.Challenges[0].Realm)
	require.Equal(t, http.MethodGet, got.Method)
}

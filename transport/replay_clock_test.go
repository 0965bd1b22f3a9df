package transport

import (
	"context"
	"net"
	"testing"
	"time"

	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// A person who looks for a password three times, each time a little less long than a server waits
// for it, is not told that time is up: the overall clock of the handshake stands still meanwhile,
// on both sides.
func TestServer_SlowUser(t *testing.T) { eachNetwork(t, testSlowUser) }

func testSlowUser(t *testing.T) {
	h := &Handler{Serve: echoServe, Decide: func(_ context.Context, r *Request) (Decision, error) {
		if r.Authorization == "Token right" {
			return Decision{}, nil
		}
		return Decision{Status: 401, Challenges: []string{"Token"}}, nil
	}}
	serveVirtual(t, "three times 25 s", &Server{Handler: h}, func(t *testing.T, l *pipeListener) {
		t.Attr("req", "KHP-STATUS-401-03")
		asked := 0
		provider := func(context.Context, *auth.CredentialsRequest) (string, error) {
			asked++
			time.Sleep(25 * time.Second)
			return "Token " + []string{"one", "two", "right"}[asked-1], nil
		}
		c, err := Dial(t.Context(), "ws://h/", &DialOptions{Credentials: auth.CredentialsFunc(provider),
			NetDial: func(context.Context, string, string) (net.Conn, error) {
				client, server := connection(t)
				l.queue <- server
				return client, nil
			}})
		require.NoError(t, err)
		require.Equal(t, 3, asked)
		require.NoError(t, c.Close(CloseNormal, ""))
	})
}

package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// A host whose WebSocket layer writes the opening request gets its fields: everything on the first
// connection, with a login once there is one, and nothing sensitive elsewhere.
func TestClient_OpeningFields(t *testing.T) {
	c, err := NewClient("ws://one.example/", ClientConfig{
		Subprotocols: []string{"amqp"}, HasCredentials: true, Sensitive: []string{"X-Key"},
		OpeningHeader: []HeaderField{{"Origin", "http://one.example"}, {"X-Key", "secret"},
			{"Cookie", "a=b"}},
	})
	require.NoError(t, err)
	require.Empty(t, c.OpeningFields())
	c.Connect(t0)
	first := []HeaderField{{"Origin", "http://one.example"}, {"X-Key", "secret"}, {"Cookie", "a=b"}}
	require.Equal(t, first, c.OpeningFields())
	c.Connected(t0, [16]byte{})
	c.OpeningRefused(t0, 401, []HeaderField{{"WWW-Authenticate", "Basic"}}, nil)
	c.Credentials(t0, "Basic am9lOndlbGNvbWU=")
	require.Equal(t, fsm.ClientConnecting, c.Phase())
	require.Equal(t, append([]HeaderField{{"Authorization", "Basic am9lOndlbGNvbWU="}}, first...),
		c.OpeningFields())
	c.Connected(t0, [16]byte{})
	c.OpeningRefused(t0, 302, []HeaderField{{"Location", "ws://two.example/"}}, nil)
	require.Equal(t, "two.example", c.URL().Host)
	require.Equal(t, first[:1], c.OpeningFields())
}

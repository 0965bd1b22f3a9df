// Package embedtest tries servers that embed khp, those of docs/examples and of transport/adapter:
// with the conformance cases of khp, and with clients that mean harm.
package embedtest

import (
	"context"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/conform"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/conformtest"
	"github.com/stretchr/testify/require"
)

// Decide is the decision function of a server under test: it serves the cases of khp, and answers
// at /slow once Release is called.
func (s *Slow) Decide(ctx context.Context, r *endpoint.Request) (endpoint.Decision, error) {
	if r.Path() == "/slow" {
		s.asked <- struct{}{}
		<-s.release
	}
	return conform.Decide(ctx, r)
}

// Slow holds decisions back.
type Slow struct {
	asked   chan struct{}
	release chan struct{}
}

// NewSlow returns a Slow that holds back.
func NewSlow() *Slow { return &Slow{make(chan struct{}, 1024), make(chan struct{})} }

// Conform runs conformance cases against the server at url, ws://host:port.
func Conform(t *testing.T, url string, patterns ...string) {
	conformtest.Server(t, url+"/echo", &conformtest.Options{Run: patterns, Patience: time.Minute,
		Resources: map[string]string{"challenge": "/members", "redirect": "/old", "refuse": "/gone"}})
}

// Account has clients of both profiles log in at /account as joe:welcome, and others fail.
func Account(t *testing.T, url string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
		c, err := transport.Dial(ctx, url+"/account",
			&transport.DialOptions{Profile: profile, Credentials: auth.Basic("joe", "welcome")})
		require.NoError(t, err)
		require.NoError(t, c.Write(ctx, transport.Text, []byte("hello")))
		_, p, err := c.Read(ctx)
		require.NoError(t, err)
		require.Equal(t, "hello", string(p))
		require.NoError(t, c.Close(0, ""))
		for _, credentials := range []auth.CredentialsProvider{nil, auth.Basic("joe", "guess")} {
			_, err = transport.Dial(ctx, url+"/account",
				&transport.DialOptions{Profile: profile, Credentials: credentials})
			var failure fsm.Failure
			require.ErrorAs(t, err, &failure)
		}
	}
}

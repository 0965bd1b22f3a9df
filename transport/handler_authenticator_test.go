package transport

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

var joeAndAnn = auth.Users(map[string]string{"joe": "welcome", "ann": "sesame"})

// The application learns who its client is, in Decide and on the connection; nobody else gets as
// far as Decide.
func TestHandler_Principal(t *testing.T) {
	var decided atomic.Int32
	h := &Handler{
		Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn},
		Decide: func(_ context.Context, r *Request) (Decision, error) {
			decided.Add(1)
			return Decision{Header: []HeaderField{{Name: "X-User", Value: r.Principal.(string)}}}, nil
		},
		Serve: func(ctx context.Context, c *Conn) error {
			return c.Write(ctx, Text, []byte(c.Principal().(string)+c.Request().Principal.(string)))
		},
	}
	url := serveBy(t, &Server{Handler: h})
	for _, profile := range []Profile{Spec, Kaazing} {
		_, err := Dial(t.Context(), url, &DialOptions{Profile: profile})
		require.ErrorIs(t, err, fsm.FailureAuthRequired)
		_, err = Dial(t.Context(), url, &DialOptions{Profile: profile, Credentials: auth.Basic("joe", "sesame")})
		require.ErrorIs(t, err, fsm.FailureCredentialsRefused)
		require.Zero(t, decided.Swap(0))
		c, err := Dial(t.Context(), url, &DialOptions{Profile: profile, Credentials: auth.Basic("ann", "sesame")})
		require.NoError(t, err)
		require.Equal(t, "ann", c.Header().Get("X-User"))
		require.Nil(t, c.Principal())
		wantMessage(t, c, Text, "annann")
		require.EqualValues(t, 1, decided.Swap(0))
		_ = c.CloseNow()
	}
}

// A request that was let in stays so while the application takes its time, and is not authenticated
// once more: credentials may be good for one use only.
func TestHandler_AuthenticatesOnce(t *testing.T) {
	var asked, decided atomic.Int32
	h := &Handler{
		Authenticator: auth.AuthenticatorFunc(func(context.Context, *Request) (auth.Verdict, error) {
			return auth.Verdict{Allow: asked.Add(1) == 1, Principal: "joe"}, nil
		}),
		Decide: func(_ context.Context, r *Request) (Decision, error) {
			if r.Principal != "joe" {
				return Decision{}, errors.New("nobody")
			}
			if decided.Add(1) < 3 {
				return Decision{Status: 202}, nil
			}
			return Decision{}, nil
		},
	}
	c, err := Dial(t.Context(), serve(t, h), nil)
	require.NoError(t, err)
	require.EqualValues(t, 3, decided.Load())
	_ = c.CloseNow()
}

// Without a verdict nobody gets in, and the client is not told why.
func TestHandler_AuthenticatorFails(t *testing.T) {
	for name, a := range map[string]auth.AuthenticatorFunc{
		"error": func(context.Context, *Request) (auth.Verdict, error) {
			return auth.Verdict{Allow: true}, errors.New("no directory")
		},
		"panic": func(context.Context, *Request) (auth.Verdict, error) { panic("no directory") },
		"both": func(context.Context, *Request) (auth.Verdict, error) {
			return auth.Verdict{Allow: true, Challenges: []string{"Basic"}}, nil
		},
		"zero": func(context.Context, *Request) (auth.Verdict, error) { return auth.Verdict{}, nil },
	} {
		var log syncBuffer
		url := serve(t, &Handler{Authenticator: a, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		_, err := Dial(t.Context(), url, nil)
		var e *HandshakeError
		require.ErrorAs(t, err, &e)
		require.Equal(t, map[string]int{"error": 500, "panic": 500, "both": 500, "zero": 403}[name], e.Status, name)
		require.False(t, bytes.Contains(e.Body, []byte("directory")))
		require.Equal(t, name == "error" || name == "panic", strings.Contains(log.String(), "no directory"))
		require.Equal(t, name == "both", strings.Contains(log.String(), "Challenges go with 401"))
	}
}

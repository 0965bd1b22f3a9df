package transport

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// serve starts h on a free loopback port and returns its ws URL.
func serve(t *testing.T, h *Handler) string {
	t.Helper()
	if h.Serve == nil {
		h.Serve = echoServe
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		_ = h.Shutdown(ctx)
		srv.Close()
	})
	return "ws" + strings.TrimPrefix(srv.URL, "http")
}

// echoServe sends every message back.
func echoServe(ctx context.Context, c *Conn) error {
	for {
		t, p, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if err := c.Write(ctx, t, p); err != nil {
			return err
		}
	}
}

func wantEcho(t *testing.T, c *Conn, text string) {
	t.Helper()
	require.NoError(t, c.Write(t.Context(), Text, []byte(text)))
	typ, p, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, Text, typ)
	require.Equal(t, text, string(p))
}

func TestDial_Echo(t *testing.T) {
	for _, profile := range []Profile{Spec, Kaazing, Auto} {
		t.Run(profile.String(), func(t *testing.T) {
			url := serve(t, &Handler{Subprotocols: []string{"amqp"}})
			c, err := Dial(t.Context(), url+"/echo",
				&DialOptions{Profile: profile, Subprotocols: []string{"mqtt", "amqp"}})
			require.NoError(t, err)
			require.Equal(t, "amqp", c.Subprotocol())
			require.Equal(t, 101, c.Status())
			wantEcho(t, c, "hello")
			require.NoError(t, c.Close(CloseNormal, "bye"))
		})
	}
}

func basicAuth(_ context.Context, r *Request) (Decision, error) {
	switch r.Authorization {
	case "":
		return Decision{Status: 401, Challenges: []string{`Basic realm="khp"`}}, nil
	case "Basic am9lOndlbGNvbWU=":
		return Decision{}, nil
	}
	return Decision{Status: 403}, nil
}

func TestDial_Credentials(t *testing.T) {
	url := serve(t, &Handler{Decide: basicAuth})
	c, err := Dial(t.Context(), url+"/a", &DialOptions{Credentials: auth.Basic("joe", "welcome")})
	require.NoError(t, err)
	wantEcho(t, c, "x")
	require.NoError(t, c.Close(CloseNormal, ""))

	_, err = Dial(t.Context(), url+"/a", &DialOptions{Credentials: auth.Basic("joe", "wrong")})
	var failed *HandshakeError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 403, failed.Status)
	_, err = Dial(t.Context(), url+"/a", nil)
	require.ErrorIs(t, err, fsm.FailureAuthRequired)
}

func TestDial_Redirect(t *testing.T) {
	target := serve(t, &Handler{})
	url := serve(t, &Handler{Decide: func(_ context.Context, r *Request) (Decision, error) {
		switch r.Path() {
		case "/away":
			return Decision{Status: 302, Location: target + "/echo"}, nil
		case "/loop":
			return Decision{Status: 302, Location: "/x/../loop"}, nil
		}
		return Decision{}, nil
	}})
	c, err := Dial(t.Context(), url+"/away", nil)
	require.NoError(t, err)
	require.Equal(t, target+"/echo", c.URL())
	wantEcho(t, c, "x")
	require.NoError(t, c.Close(CloseNormal, ""))
	_, err = Dial(t.Context(), url+"/loop", nil)
	require.ErrorIs(t, err, fsm.FailureRedirectLoop)
}

func TestDial_NothingListens(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	url := "ws" + strings.TrimPrefix(srv.URL, "http")
	srv.Close()
	_, err := Dial(t.Context(), url, nil)
	require.ErrorIs(t, err, fsm.FailureConnect)
}

func TestDial_NotKHP(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	_, err := Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/x", nil)
	var failed *HandshakeError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 404, failed.Status)
	require.Equal(t, "opening handshake", failed.Leg.String())
}

func TestDial_ContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, &Handler{Decide: func(ctx context.Context, _ *Request) (Decision, error) {
		cancel()
		<-ctx.Done()
		return Decision{}, ctx.Err()
	}})
	_, err := Dial(ctx, url, nil)
	require.ErrorIs(t, err, context.Canceled)
}

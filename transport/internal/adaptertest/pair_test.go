package adaptertest

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// Every client meets every server.
var pairScenarios = map[string]func(t *testing.T, client, server library){
	"echo":                 pairEcho,
	"kaazing":              pairKaazing,
	"kaazing, rerouted":    pairRerouted,
	"auto":                 pairAuto,
	"digest":               pairDigest,
	"big messages":         pairBig,
	"read limit":           pairReadLimit,
	"subprotocol":          pairSubprotocol,
	"login":                pairLogin,
	"wrong credentials":    pairWrongCredentials,
	"redirects":            pairRedirects,
	"redirect loop":        pairLoop,
	"credentials are kept": pairKeepsCredentials,
	"refusal":              pairRefusal,
	"time to decide":       pairTime,
	"server speaks first":  pairServerFirst,
	"many at once":         pairMany,
}

func TestPair(t *testing.T) {
	for _, client := range libraries {
		for _, server := range libraries {
			for name, scenario := range pairScenarios {
				t.Run(client.name+"/"+server.name+"/"+name,
					func(t *testing.T) { t.Parallel(); scenario(t, client, server) })
			}
		}
	}
}

// serve starts a server whose connections echo.
func serve(t *testing.T, l library, o *adapter.ServerOptions) (url string) {
	t.Helper()
	return serveWith(t, l, o, func(ctx context.Context, c conn, _ *adapter.Result) {
		for {
			kind, p, err := c.Read(ctx)
			if err != nil || c.Write(ctx, kind, p) != nil {
				return
			}
		}
	})
}

func serveWith(t *testing.T, l library, o *adapter.ServerOptions, use func(context.Context, conn,
	*adapter.Result)) (url string) {
	t.Helper()
	return serveHandler(t, l.handler(o, use))
}

func serveHandler(t *testing.T, h http.Handler) (url string) {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return "ws" + strings.TrimPrefix(srv.URL, "http")
}

// deciding are the options of a server that decides so.
func deciding(
	decide func(ctx context.Context, r *transport.Request) (transport.Decision, error),
) *adapter.ServerOptions {
	return &adapter.ServerOptions{Decide: decide}
}

func pairEcho(t *testing.T, client, server library) {
	url := serveWith(t, server, &adapter.ServerOptions{},
		func(ctx context.Context, c conn, r *adapter.Result) {
			kind, p, err := c.Read(ctx)
			if err != nil {
				return
			}
			_ = c.Write(ctx, kind, append([]byte(r.URL+" "+r.Header.Get("X-Who")+" "+r.Request.Path()+" "+
				r.Request.Subprotocols[0]+" "), p...))
		})
	o := none()
	o.Config.OpeningHeader = []transport.HeaderField{{Name: "X-Who", Value: "me"}}
	o.Config.Subprotocols = []string{"amqp"}
	c, result := opens(t, client, url+"/echo?a=b", o)
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("hello")))
	wantMessage(t, c, transport.Text, "/echo?a=b me /echo amqp hello")
	require.Equal(t, 101, result.Status)
	require.Empty(t, result.Subprotocol)
	_, _, err := c.Read(t.Context())
	require.Equal(t, transport.CloseNormal, transport.CloseCode(err))
}

func pairKaazing(t *testing.T, client, server library) {
	o := none()
	o.Profile = transport.Kaazing
	c, result := opens(t, client, serve(t, server, &adapter.ServerOptions{})+"/echo", o)
	require.True(t, strings.HasSuffix(result.URL, "/echo?.kl=Y"), result.URL)
	wantEcho(t, c, "hello")
}

func pairRerouted(t *testing.T, client, server library) {
	there := serve(t, server, &adapter.ServerOptions{})
	url := serve(t,
		server, deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Decision{Reroute: there + "/there"}, nil
		}))
	o := none()
	o.Profile = transport.Kaazing
	c, result := opens(t, client, url+"/here", o)
	require.Equal(t, there+"/there?.kl=Y", result.URL)
	wantEcho(t, c, "hello")
}

func pairAuto(t *testing.T, client, server library) {
	o := none()
	o.Profile = transport.Auto
	c, _ := opens(t, client, serve(t, server, &adapter.ServerOptions{})+"/echo", o)
	wantEcho(t, c, "hello")
}

// The credentials are for one method and one target.
func pairDigest(t *testing.T, client, server library) {
	url := serve(t,
		server, deciding(func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			if strings.HasPrefix(r.Authorization, "Digest ") &&
				strings.Contains(r.Authorization, `uri="/echo?a=b"`) {
				return transport.Decision{}, nil
			}
			return transport.Decision{Status: 401,
				Challenges: []string{`Digest realm="r", nonce="n", qop="auth"`}}, nil
		}))
	o := none()
	o.Credentials = auth.Digest("joe", "welcome")
	c, _ := opens(t, client, url+"/echo?a=b", o)
	wantEcho(t, c, "hello")
}

func pairBig(t *testing.T, client, server library) {
	c, _ := opens(t, client, serve(t, server, &adapter.ServerOptions{}), none())
	wantEcho(t, c, strings.Repeat("0123456789", 100_000))
	wantEcho(t, c, "")
}

func pairReadLimit(t *testing.T, client, server library) {
	url := serve(t, server, &adapter.ServerOptions{ReadLimit: 1000})
	c, _ := opens(t, client, url, none())
	wantEcho(t, c, strings.Repeat("x", 1000))
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte(strings.Repeat("x", 1001))))
	_, _, err := c.Read(t.Context())
	require.Equal(t, transport.CloseTooBig, transport.CloseCode(err))

	o := none()
	o.ReadLimit = 100
	c, _ = opens(t, client, url, o)
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte(strings.Repeat("x", 101))))
	_, _, err = c.Read(t.Context())
	require.Error(t, err)
}

func pairSubprotocol(t *testing.T, client, server library) {
	served := make(chan string, 1)
	url := serveWith(t, server, &adapter.ServerOptions{Subprotocols: []string{"stomp", "amqp"}},
		func(_ context.Context, _ conn, r *adapter.Result) { served <- r.Subprotocol })
	o := none()
	o.Config.Subprotocols = []string{"amqp", "stomp"}
	_, result := opens(t, client, url, o)
	require.Equal(t, "stomp", result.Subprotocol)
	require.Equal(t, "stomp", <-served)
}

// login is a server that lets joe in.
func login(_ context.Context, r *transport.Request) (transport.Decision, error) {
	switch {
	case r.Authorization == "Basic "+base64.StdEncoding.EncodeToString([]byte("joe:welcome")):
		return transport.Decision{}, nil
	case r.Replay < 2:
		return transport.Decision{Status: 401, Challenges: []string{`Basic realm="r"`}}, nil
	}
	return transport.Decision{Status: 403, Body: []byte("go away")}, nil
}

func pairLogin(t *testing.T, client, server library) {
	o := none()
	o.Credentials = auth.Basic("joe", "welcome")
	c, _ := opens(t, client, serve(t, server, deciding(login)), o)
	wantEcho(t, c, "hello")
}

func pairWrongCredentials(t *testing.T, client, server library) {
	url := serve(t, server, deciding(login))
	failed := fails(t, client, url, none(), fsm.FailureAuthRequired)
	require.Equal(t, 401, failed.Status)
	o := none()
	o.Credentials = auth.Token("secret")
	require.ErrorIs(t, fails(t, client, url, o, fsm.FailureAuthRequired), auth.ErrNoCredentials)
	o.Credentials = auth.Basic("joe", "wrong")
	fails(t, client, url, o, fsm.FailureCredentialsRefused)
	passwords := []string{"first", "second", "third"}
	o.Credentials = auth.CredentialsFunc(
		func(ctx context.Context, r *auth.CredentialsRequest) (string, error) {
			return auth.Basic("joe", passwords[r.Attempt-1]).Credentials(ctx, r)
		})
	failed = fails(t, client, url, o, fsm.FailureStatus)
	require.Equal(t, 403, failed.Status)
	require.Equal(t, "go away", string(failed.Body))
	require.NotContains(t, failed.Error(), "Basic ")
	o.Credentials = auth.CredentialsFunc(
		func(context.Context, *auth.CredentialsRequest) (string, error) { panic("oh no") })
	require.ErrorContains(t, fails(t, client, url, o, fsm.FailureAuthRequired), "oh no")
}

func pairRedirects(t *testing.T, client, server library) {
	url := serve(t,
		server, deciding(func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			switch r.Path() {
			case "/first":
				return transport.Decision{Status: 302, Location: "/second"}, nil
			case "/second":
				return transport.Decision{Status: 307, Location: "third?x=y"}, nil
			}
			return transport.Decision{}, nil
		}))
	c, result := opens(t, client, url+"/first", none())
	require.Equal(t, url+"/third?x=y", result.URL)
	wantEcho(t, c, "hello")
}

func pairLoop(t *testing.T, client, server library) {
	url := serve(t,
		server, deciding(func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			return transport.Decision{Status: 301,
				Location: map[string]string{"/a": "/b", "/b": "/a"}[r.Path()]}, nil
		}))
	failed := fails(t, client, url+"/a", none(), fsm.FailureRedirectLoop)
	require.Equal(t, []string{url + "/a", url + "/b", url + "/a"}, failed.Path)
	require.Equal(t, 2, failed.Attempt)
}

// The other server asks for a login, but its origin is not the one that the credentials are for.
func pairKeepsCredentials(t *testing.T, client, server library) {
	there := serve(t, server, deciding(login))
	url := serve(t,
		server, deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Decision{Status: 302, Location: there}, nil
		}))
	o := none()
	o.Credentials = auth.Basic("joe", "welcome")
	require.ErrorContains(t, fails(t, client, url, o, fsm.FailureAuthRequired), "are not given to")
}

func pairRefusal(t *testing.T, client, server library) {
	url := serve(t,
		server, deciding(func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			switch r.Path() {
			case "/error":
				return transport.Decision{}, context.DeadlineExceeded
			case "/panic":
				panic("oh no")
			case "/impossible":
				return transport.Decision{Subprotocol: "amqp"}, nil
			}
			return transport.Decision{Status: 404, Body: []byte("no such thing")}, nil
		}))
	failed := fails(t, client, url, none(), fsm.FailureStatus)
	require.Equal(t, 404, failed.Status)
	require.Equal(t, "no such thing", string(failed.Body))
	for _, path := range []string{"/error", "/panic", "/impossible"} {
		failed = fails(t, client, url+path, none(), fsm.FailureStatus)
		require.Equal(t, 500, failed.Status)
		require.NotContains(t, string(failed.Body), "oh no")
	}
}

func pairTime(t *testing.T, client, server library) {
	var asked atomic.Int32
	url := serve(t,
		server, deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
			if asked.Add(1) < 3 {
				return transport.Decision{Status: 202}, nil
			}
			return transport.Decision{}, nil
		}))
	c, _ := opens(t, client, url, none())
	require.EqualValues(t, 3, asked.Load())
	wantEcho(t, c, "hello")
}

// Messages that the server sends at once follow right behind the terminator.
func pairServerFirst(t *testing.T, client, server library) {
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
		url := serveWith(t, server, &adapter.ServerOptions{},
			func(ctx context.Context, c conn, _ *adapter.Result) {
				_ = c.Write(ctx, transport.Binary, nil)
				_ = c.Write(ctx, transport.Text, []byte("welcome"))
				_, _, _ = c.Read(ctx)
			})
		o := none()
		o.Profile = profile
		c, _ := opens(t, client, url, o)
		wantMessage(t, c, transport.Binary, "")
		wantMessage(t, c, transport.Text, "welcome")
	}
}

func pairMany(t *testing.T, client, server library) {
	url := serve(t, server, deciding(login))
	for range 20 {
		t.Run("one", func(t *testing.T) {
			t.Parallel()
			o := none()
			o.Credentials = auth.Basic("joe", "welcome")
			c, _ := opens(t, client, url, o)
			wantEcho(t, c, "hello")
		})
	}
}

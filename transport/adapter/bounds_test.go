package adapter_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// The limit of the handshake counts until it is over, and then that of the application, on both
// sides.
func TestLimits_OfWhom(t *testing.T) {
	for want, set := range map[int64]int64{1: 1, 777: 777, transport.DefaultReadLimit: 0} {
		synctest.Test(t, func(t *testing.T) {
			peer, conn := newPipe()
			peer.say(request)
			_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
				Config: endpoint.ServerConfig{Limits: wire.Limits{Unit: 5000}}, ReadLimit: set,
				Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
					require.Equal(t, int64(5000), conn.limit.Load())
					return transport.Decision{}, nil
				},
			})
			require.NoError(t, err)
			require.Equal(t, want, conn.limit.Load())

			dial, other := dialing()
			o := clientOptions()
			o.Config.Limits.Unit, o.ReadLimit = 5000, set
			var c *pipe
			go func() {
				other.hear()
				require.Equal(t, int64(5000), c.limit.Load())
				other.say(accepted, "")
			}()
			_, _, err = adapter.Client(t.Context(), "ws://one.example/",
				o, func(ctx context.Context, target *adapter.Target) (_ *pipe, _ *http.Response, err error) {
					c, _, err = dial(ctx, target)
					return c, selected(), err
				})
			require.NoError(t, err)
			require.Equal(t, want, c.limit.Load())
		})
	}
}

// Only the first origin sees secrets, wherever a redirect leads, and whichever server sends on.
func TestClient_SameOrigin(t *testing.T) {
	o := clientOptions()
	o.Config.OpeningHeader = []endpoint.HeaderField{{Name: "Cookie", Value: "a=b"},
		{Name: "X-Secret", Value: "s"}, {Name: "X-Open", Value: "o"}}
	o.Config.Sensitive = []string{"X-Secret"}
	var got []*adapter.Target
	hops := []string{"ws://one.example/second", "ws://two.example/", "ws://two.example/again",
		"ws://one.example/back"}
	_, _, err := adapter.Client(t.Context(), "ws://one.example/",
		o, func(_ context.Context, target *adapter.Target) (*pipe, *http.Response, error) {
			if got = append(got, target); len(got) > len(hops) {
				return nil, nil, errors.New("enough")
			}
			return nil, &http.Response{StatusCode: 302, Header: http.Header{"Location": {hops[len(got)-1]}}},
				errors.New("not 101")
		})
	require.ErrorContains(t, err, "enough")
	for i, target := range got {
		first := strings.HasPrefix(target.URL, "ws://one.example")
		require.Equal(t, first, target.SameOrigin, target.URL)
		require.Equal(t, first, target.Header.Get("Cookie") == "a=b" &&
			target.Header.Get("X-Secret") == "s", target.URL)
		require.Equal(t, !first, target.Header.Get("Cookie")+target.Header.Get("X-Secret") == "",
			target.URL)
		require.Equal(t, "o", target.Header.Get("X-Open"))
		if i > 0 {
			require.Equal(t, hops[i-1], target.URL)
		}
	}
}

// endless is a body without an end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > 1<<20 {
		return 0, errors.New("more is read than is kept")
	}
	return copy(p, strings.Repeat("x", len(p))), nil
}

// The body of a refusal is kept as far as the limit goes.
func TestClient_RefusalIsBounded(t *testing.T) {
	o := clientOptions()
	o.Config.Limits.Body = 1000
	body := &endless{}
	_, _, err := adapter.Client(t.Context(), "ws://one.example/",
		o, func(context.Context, *adapter.Target) (*pipe, *http.Response, error) {
			return nil, &http.Response{StatusCode: 403, Header: http.Header{},
				Body: io.NopCloser(body)}, errors.New("not 101")
		})
	var failed *transport.HandshakeError
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Body, 1000)
	require.Less(t, body.read, 10_000, "no more is read than may be kept")
}

// A provider that is not waited for any more is told so.
func TestClient_ProviderHearsOfTheEnd(t *testing.T) {
	for name, happens := range map[string]func(peer *pipe, cancel func()){
		"the server closes": func(peer *pipe, _ func()) {
			_ = peer.WriteClose(context.Background(), 1000, "")
		},
		"the caller leaves": func(_ *pipe, cancel func()) { cancel() },
		"its time is over":  func(*pipe, func()) {},
	} {
		synctest.Test(t, func(t *testing.T) {
			dial, peer := dialing()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			told := false
			o := clientOptions()
			o.Config.Timeouts.Credentials = time.Minute
			o.Credentials = auth.CredentialsFunc(
				func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
					go happens(peer, cancel)
					<-ctx.Done()
					told = true
					return "", ctx.Err()
				})
			go func() {
				peer.hear()
				peer.say(challenge, "")
			}()
			_, _, err := adapter.Client(ctx, "ws://one.example/", o, dial)
			require.Error(t, err, name)
			synctest.Wait()
			require.True(t, told, name)
		})
	}
}

// The code and words of a Close frame arrive at the other side.
func TestClose_CodeArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		go func() {
			peer.hear()
			_ = peer.WriteClose(t.Context(), 1013, "busy")
		}()
		_, _, err := adapter.Client(t.Context(), "ws://one.example/", clientOptions(), dial)
		require.ErrorIs(t, err, fsm.FailurePeerClosed)
		var failed *transport.HandshakeError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, uint16(1013), failed.Close)
		require.Equal(t, "busy", failed.CloseText)

		dial, peer = dialing()
		code := make(chan uint16, 1)
		go func() {
			peer.hear()
			peer.say("no HTTP", "")
			_, _, err := peer.ReadMessage()
			code <- transport.CloseCode(err)
			_ = peer.Close()
		}()
		_, _, err = adapter.Client(t.Context(), "ws://one.example/", clientOptions(), dial)
		require.ErrorIs(t, err, fsm.FailureMalformed)
		require.Equal(t, fsm.CloseCode(fsm.FailureMalformed), <-code)
	})
}

// Credentials count for one request: those of the next one are looked at again, also if it was the
// application that asked for them.
func TestServer_AuthenticatesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		answers := make(chan string, 1)
		go func() {
			peer.say(withPassword)
			peer.hear()
			peer.hear()
			peer.say(strings.Replace(withPassword, "am9lOndlbGNvbWU=", "am9lOm90aGVy", 1))
			answers <- peer.hear()
			peer.hear()
			peer.hear()
			_ = peer.WriteClose(t.Context(), 1000, "")
		}()
		_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
			Authenticator: auth.AuthenticatorFunc(
				func(_ context.Context, r *transport.Request) (auth.Verdict, error) {
					return auth.Verdict{Allow: strings.HasSuffix(r.Authorization, "am9lOndlbGNvbWU="),
						Principal: "joe"}, nil
				}),
			Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
				return transport.Decision{Status: 401, Challenges: []string{r.Challenge("Basic", "more")}}, nil
			},
		})
		require.Error(t, err)
		require.Contains(t, <-answers, "HTTP/1.1 403 ")
	})
}

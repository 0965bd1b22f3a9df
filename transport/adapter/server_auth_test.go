package adapter_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

const withPassword = "GET /echo HTTP/1.1\r\nSec-WebSocket-Protocol: x-kaazing-handshake, amqp\r\n" +
	"Authorization: Basic am9lOndlbGNvbWU=\r\n\r\n"

// Where the request does not say which client it is of, the address that the host's context carries
// is that of the client.
func TestServer_ClientNetworkOfHost(t *testing.T) {
	for remote, want := range map[string]string{"@": "198.51.100.9", "": "198.51.100.9",
		"192.0.2.7:4711": "192.0.2.7"} {
		synctest.Test(t, func(t *testing.T) {
			peer, conn := newPipe()
			r := openingRequest("/echo")
			r.RemoteAddr = remote
			go peer.say(request)
			ctx := auth.WithClientNetwork(t.Context(),
				&net.TCPAddr{IP: net.ParseIP("198.51.100.9"), Port: 4711})
			_, err := adapter.Server(ctx, conn, r, &adapter.ServerOptions{
				Authenticator: auth.AuthenticatorFunc(
					func(ctx context.Context, _ *transport.Request) (auth.Verdict, error) {
						require.Equal(t, want, auth.ClientNetwork(ctx).Addr().String(), remote)
						return auth.Verdict{Allow: true}, nil
					})})
			require.NoError(t, err)
		})
	}
}

// An Authenticator is asked for each request, but not again after a 202, and says who the client is
// and where; Decide is not asked about clients that it does not let in.
func TestServer_Authenticator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		asked, rounds := 0, 0
		r := openingRequest("/echo")
		r.RemoteAddr = "192.0.2.7:4711"
		go func() {
			peer.say(request)
			require.Contains(t, peer.hear(), "HTTP/1.1 401 ")
			require.Empty(t, peer.hear())
			peer.say(withPassword)
		}()
		result, err := adapter.Server(t.Context(), conn, r, &adapter.ServerOptions{
			Authenticator: auth.AuthenticatorFunc(
				func(ctx context.Context, r *transport.Request) (auth.Verdict, error) {
					asked++
					require.Equal(t, "192.0.2.7", auth.ClientNetwork(ctx).Addr().String())
					return auth.BasicAuth{Realm: "here",
						Check: auth.Users(map[string]string{"joe": "welcome"})}.Authenticate(ctx, r)
				}),
			Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
				require.Equal(t, "joe", r.Principal)
				if rounds++; rounds == 1 {
					return transport.Decision{Status: 202}, nil
				}
				return transport.Decision{Subprotocol: "amqp"}, nil
			},
		})
		require.NoError(t, err)
		require.Equal(t, "joe", result.Request.Principal)
		require.Equal(t, []int{2, 2}, []int{asked, rounds})
	})
}

// A client that the Authenticator does not let in is not accepted by a nil Decide either.
func TestServer_AuthenticatorRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		heard := make(chan string)
		go func() {
			peer.say(request)
			heard <- peer.hear()
			peer.hear()
			peer.hear()
			_ = peer.WriteClose(t.Context(), 1000, "")
		}()
		done := make(chan error)
		go func() {
			_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
				Authenticator: auth.AuthenticatorFunc(func(context.Context,
					*transport.Request) (auth.Verdict, error) {
					return auth.Verdict{}, nil
				}),
			})
			done <- err
		}()
		require.Contains(t, <-heard, "HTTP/1.1 403 ")
		require.Error(t, <-done)
	})
}

// No verdict, not even one that contradicts itself, gets a client past Decide. A RetryAfter that
// has passed does not refuse.
func TestServer_VerdictsGetNobodyPastDecide(t *testing.T) {
	for v, in := range map[*auth.Verdict]bool{
		{Allow: true}: true, {Allow: true, RetryAfter: -1}: true, {RetryAfter: -1}: false,
		{Allow: true, RetryAfter: 1}: false, {Allow: true, Challenges: []string{}}: false,
		{Allow: true, Body: []byte("no")}: false,
	} {
		v.Principal = "joe"
		synctest.Test(t, func(t *testing.T) {
			peer, conn := newPipe()
			peer.say(request)
			_ = peer.WriteClose(t.Context(), 1000, "")
			var decided []any
			_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
				Authenticator: auth.AuthenticatorFunc(func(context.Context,
					*transport.Request) (auth.Verdict, error) {
					return *v, nil
				}),
				Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
					decided = append(decided, r.Principal)
					return transport.Decision{}, nil
				},
			})
			if !in {
				require.Error(t, err, "%#v", v)
				require.Empty(t, decided, "%#v", v)
				return
			}
			require.NoError(t, err, "%#v", v)
			require.Equal(t, []any{"joe"}, decided, "%#v", v)
		})
	}
}

// SelectSubprotocol sees the request, and its selection is sent.
func TestServer_SelectSubprotocol(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		peer.say(strings.Replace(withPassword, ", amqp", ", mqtt, amqp", 1))
		result, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
			SelectSubprotocol: func(r *transport.Request) string {
				return r.Subprotocols[len(r.Subprotocols)-1]
			},
		})
		require.NoError(t, err)
		require.Equal(t, "amqp", result.Subprotocol)
		require.Contains(t, peer.hear(), "Sec-WebSocket-Protocol: amqp\r\n")
	})
}

// Options that contradict each other are refused before anything is read.
func TestServer_OptionsContradict(t *testing.T) {
	choose := func(*transport.Request) string { return "" }
	decide := func(context.Context, *transport.Request) (transport.Decision, error) {
		return transport.Decision{}, nil
	}
	for want, o := range map[string]*adapter.ServerOptions{
		"set Subprotocol in the decision": {SelectSubprotocol: choose, Decide: decide},
		"leave one of them nil":           {SelectSubprotocol: choose, Subprotocols: []string{"a"}},
		"BasicAuth.Check is nil":          {Authenticator: auth.BasicAuth{Realm: "here"}},
	} {
		_, conn := newPipe()
		_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), o)
		require.ErrorContains(t, err, want)
		require.Zero(t, conn.reading.Load())
	}
}

package adapter_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"github.com/stretchr/testify/require"
)

const request = "GET /echo HTTP/1.1\r\n\r\n"

// Nothing is read while the application decides: a read that is under way could not be taken back.
func TestServer_DoesNotReadWhileDeciding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		rounds := 0
		peer.say(request)
		result, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
			ReadLimit: 77,
			Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
				peer.say("for the application")
				time.Sleep(time.Second)
				require.Zero(t, conn.reading.Load())
				if rounds++; rounds < 3 {
					return transport.Decision{Status: 202}, nil
				}
				return transport.Decision{}, nil
			},
		})
		require.NoError(t, err)
		require.Equal(t, "/echo", result.Request.Path())
		require.Equal(t, []string{"x-kaazing-handshake", "amqp"},
			result.Request.OpeningRequest.Subprotocols)
		require.Equal(t, int64(77), conn.limit.Load())
		time.Sleep(time.Hour)
		require.Zero(t, conn.reading.Load())
		for range rounds {
			require.Equal(t, "for the application", conn.hear())
		}
	})
}

// A decision that comes too late is not taken for the answer to a later question.
func TestServer_LateDecision(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		peer.say(request)
		go func() {
			for range 3 {
				peer.hear() // response, terminator, Close
			}
			_ = peer.WriteClose(t.Context(), 1000, "")
		}()
		begin := time.Now()
		_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
			Config: endpoint.ServerConfig{Timeouts: transport.Timeouts{Overall: 3 * time.Second}},
			Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
				time.Sleep(time.Minute) // does not mind ctx
				return transport.Decision{}, nil
			},
		})
		var failed *transport.HandshakeError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, 3*time.Second, time.Since(begin))
		<-peer.ended
		time.Sleep(2 * time.Minute) // its goroutine ends
	})
}

// A decision that ctx interrupts: the client is told 503.
func TestServer_GivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		ctx, cancel := context.WithCancelCause(t.Context())
		peer.say(request)
		_, err := adapter.Server(ctx, conn, openingRequest("/echo"), &adapter.ServerOptions{
			Decide: func(ctx context.Context, _ *transport.Request) (transport.Decision, error) {
				cancel(errors.New("the server is shutting down"))
				<-ctx.Done()
				time.Sleep(time.Second)
				return transport.Decision{}, nil
			},
		})
		require.ErrorIs(t, err, context.Canceled)
		require.Contains(t, peer.hear(), "HTTP/1.1 503 ")
		require.Empty(t, peer.hear())
		<-peer.ended
		time.Sleep(time.Minute) // its goroutine ends
	})
}

// In the kaazing profile N is said right after the opening handshake, and requests come as text,
// too.
func TestServer_Kaazing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, conn := newPipe()
		go func() {
			require.Equal(t, "\xef\x83\xbfN", peer.hear())
			peer.say("", request)
		}()
		r := openingRequest("/echo?.kl=Y")
		r.RequestURI = "" // as middleware may leave it
		result, err := adapter.Server(t.Context(), conn, r,
			&adapter.ServerOptions{Subprotocols: []string{"amqp"}})
		require.NoError(t, err)
		require.Equal(t, "/echo?.kl=Y", result.URL)
		require.Equal(t, "amqp", result.Subprotocol)
		require.Contains(t, peer.hear(), "HTTP/1.1 101 ")
		require.Empty(t, peer.hear())
		require.Equal(t, "\xef\x83\xbfN", peer.hear())
	})
}

func TestServer_Failures(t *testing.T) {
	for name, c := range map[string]struct {
		says item
		want fsm.Failure
	}{
		"not UTF-8":      {item{typ: transport.Text, data: []byte("\xff")}, fsm.FailureUTF8},
		"close":          {item{close: &transport.CloseError{Code: 1001}}, fsm.FailurePeerClosed},
		"not a request":  {item{typ: transport.Binary, data: []byte("hello")}, fsm.FailureMalformed},
		"nothing at all": {item{}, fsm.FailureTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				peer, conn := newPipe()
				if c.says.typ != 0 || c.says.close != nil {
					peer.out <- c.says
				}
				_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), nil)
				require.ErrorIs(t, err, c.want)
				<-peer.ended
			})
		})
	}
}

// A decision whose fields contradict its status lets nobody in: the client gets 500, the caller is
// told which field.
func TestServer_ContradictingDecision(t *testing.T) {
	for name, d := range map[string]transport.Decision{
		"Challenges": {Challenges: []string{"Basic"}}, "Location": {Location: "/a"},
		"Upgrade": {Upgrade: "TLS/1.2"}, "Body": {Body: []byte("x")},
	} {
		synctest.Test(t, func(t *testing.T) {
			peer, conn := newPipe()
			peer.say(request)
			go func() { _ = peer.WriteClose(t.Context(), 1000, "") }()
			_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
				Decide: func(context.Context, *transport.Request) (transport.Decision, error) { return d, nil },
			})
			var failed *transport.HandshakeError
			require.ErrorAs(t, err, &failed)
			require.ErrorContains(t, failed.Cause, "endpoint: "+name)
		})
	}
}

// The library has compared one Origin with Host. Another one beside it, or one that the
// configuration refuses, ends the connection with 1008.
func TestServer_SecurityFields(t *testing.T) {
	foreign := func(origin, _ string) bool { return origin == "http://friend" }
	for name, c := range map[string]struct {
		header http.Header
		check  func(origin, host string) bool
	}{
		"two origins": {http.Header{"Origin": {"http://one.example", "http://evil.example"}}, nil},
		"two logins":  {http.Header{"Authorization": {"Basic YTpi", "Basic YTpj"}}, nil},
		"refused":     {http.Header{"Origin": {"http://evil.example"}}, foreign},
		"version 8":   {http.Header{"Sec-Websocket-Origin": {"http://evil.example"}}, foreign},
	} {
		synctest.Test(t, func(t *testing.T) {
			peer, conn := newPipe()
			r := openingRequest("/echo")
			maps.Copy(r.Header, c.header)
			_, err := adapter.Server(t.Context(), conn, r,
				&adapter.ServerOptions{Config: endpoint.ServerConfig{CheckOrigin: c.check}})
			require.ErrorIs(t, err, fsm.FailureOpening, name)
			var closed *transport.CloseError
			_, _, err = peer.ReadMessage()
			require.ErrorAs(t, err, &closed, name)
			require.EqualValues(t, 1008, closed.Code)
		})
	}
}

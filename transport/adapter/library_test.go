package adapter_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// failing is a connection of which one error is read.
type failing struct {
	*pipe
	err error
}

func (f failing) ReadMessage() (wire.MessageType, []byte, error) { return 0, nil, f.err }

// An error of a library is the end of the connection, a Close frame, or a breach of the rules that
// it may name. The network's is the cause of the failure.
func TestServer_LibraryErrors(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: errors.New("reset")}
	for name, c := range map[string]struct {
		err  error
		want fsm.Failure
	}{
		"end":          {fmt.Errorf("reading: %w", io.EOF), fsm.FailureConnectionLost},
		"reset":        {reset, fsm.FailureConnectionLost},
		"close":        {&transport.CloseError{Code: 4000}, fsm.FailurePeerClosed},
		"bad opcode":   {errors.New("bad opcode 3"), fsm.FailureFrame},
		"not UTF-8":    {fmt.Errorf("bad: %w", fsm.FailureUTF8), fsm.FailureUTF8},
		"over a limit": {fmt.Errorf("bad: %w", fsm.FailureLimit), fsm.FailureLimit},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, p := newPipe()
				_, err := adapter.Server(t.Context(), failing{p, c.err}, openingRequest("/echo"), nil)
				require.ErrorIs(t, err, c.want)
			})
		})
	}
}

// A decision that panics is a failure of the application: the client gets 500, and the caller is
// told with the place.
func TestServer_DecidePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, p := newPipe()
		peer.say(request)
		answered := make(chan string, 1)
		go func() {
			answered <- peer.hear()
			_ = peer.WriteClose(context.Background(), 1000, "")
		}()
		_, err := adapter.Server(t.Context(), p, openingRequest("/echo"), &adapter.ServerOptions{
			Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
				panic("no such room")
			},
		})
		var failed *transport.HandshakeError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, fsm.FailureApplication, failed.Failure)
		require.ErrorContains(t, failed.Cause, "panic: no such room\n")
		require.ErrorContains(t, failed.Cause, "library_test.go")
		require.True(t, strings.HasPrefix(<-answered, "HTTP/1.1 500 "))
	})
}

// A request that middleware has made names its target in its URL, and one that it has changed its
// client.
func TestServer_RequestOfMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, p := newPipe()
		peer.say("GET /echo HTTP/1.1\r\nSec-WebSocket-Extensions: x\r\n\r\n")
		r := openingRequest("/echo?q=1")
		r.RequestURI = ""
		result, err := adapter.Server(t.Context(), p, r, &adapter.ServerOptions{
			Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
				return transport.Decision{Extensions: []string{"x;n=2"}}, nil
			}})
		require.NoError(t, err)
		require.Equal(t, "/echo?q=1", result.URL)
		require.Equal(t, []string{"x;n=2"}, result.Extensions)
		require.Equal(t, r.Header, result.Header)
		require.Equal(t, 101, result.Status)
	})
	synctest.Test(t, func(t *testing.T) {
		peer, p := newPipe()
		peer.say("GET /app/echo HTTP/1.1\r\n\r\n")
		r := openingRequest("/app/echo")
		r.URL.Path, r.RemoteAddr = "/echo", "@" // by http.StripPrefix, over a Unix socket
		result, err := adapter.Server(t.Context(), p, r, &adapter.ServerOptions{
			Decide: func(ctx context.Context, _ *transport.Request) (transport.Decision, error) {
				require.Nil(t, auth.ClientAddr(ctx))
				return transport.Decision{}, nil
			}})
		require.NoError(t, err)
		require.Equal(t, "/app/echo", result.URL, "as it was sent")
	})
}

// An Authenticator or a Decide that fails lets nobody in: the client gets 500, and the caller is
// told why.
func TestServer_ApplicationFails(t *testing.T) {
	errDown := errors.New("the database is down")
	for name, o := range map[string]*adapter.ServerOptions{
		"authenticating": {Authenticator: auth.AuthenticatorFunc(
			func(context.Context, *transport.Request) (auth.Verdict, error) {
				return auth.Verdict{}, errDown
			})},
		"": {Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Decision{}, errDown
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			peer, p := newPipe()
			peer.say(request)
			go func() {
				require.Contains(t, peer.hear(), "HTTP/1.1 500 ")
				_ = peer.WriteClose(context.Background(), 1000, "")
			}()
			_, err := adapter.Server(t.Context(), p, openingRequest("/echo"), o)
			var failed *transport.HandshakeError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, fsm.FailureApplication, failed.Failure)
			require.ErrorIs(t, failed.Cause, errDown)
			require.ErrorContains(t, failed.Cause, name)
		})
	}
}

// A principal that Decide sets is that of one request: the next one of the same client begins
// without.
func TestServer_PrincipalOfOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, p := newPipe()
		go func() {
			peer.say(request)
			peer.hear()
			peer.hear()
			peer.say(withPassword)
		}()
		asked := 0
		result, err := adapter.Server(t.Context(), p, openingRequest("/echo"), &adapter.ServerOptions{
			Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
				require.Nil(t, r.Principal)
				if asked++; asked == 1 {
					r.Principal = "nobody yet"
					return r.Ask("Basic", "r"), nil
				}
				return transport.Decision{}, nil
			}})
		require.NoError(t, err)
		require.Nil(t, result.Request.Principal)
	})
}

// With options that are refused the connection is closed at once.
func TestServer_BadOptions(t *testing.T) {
	peer, p := newPipe()
	_, err := adapter.Server(t.Context(), p, openingRequest("/echo"),
		&adapter.ServerOptions{ReadLimit: -1})
	require.ErrorContains(t, err, "ReadLimit is -1")
	<-peer.ended
}

// A Java client of Kaazing gets its 101 in its own words, however a library writes it; other
// requests pass.
func TestKaazingClients_Words(t *testing.T) {
	const head = "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\nUpgrade: websocket\r\n\r\n"
	byHeader := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Sec-WebSocket-Accept", "x")
		w.WriteHeader(http.StatusSwitchingProtocols)
		nc, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n"))
			_ = nc.Close()
		}
	}
	byBytes := func(w http.ResponseWriter, r *http.Request) {
		nc, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			n, err := nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n" + head))
			if n == len("HTTP/1.1 101 Switching Protocols\r\n"+head) && err == nil {
				_, _ = nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n"))
			}
			_ = nc.Close()
		}
	}
	byOtherBytes := func(w http.ResponseWriter, r *http.Request) {
		nc, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = nc.Write([]byte("HTTP/1.1 403 Forbidden\r\n\r\n"))
			_ = nc.Close()
		}
	}
	refused := func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no", http.StatusForbidden)
	}
	const kaazing = "HTTP/1.1 101 Web Socket Protocol Handshake\r\n"
	const standard = "HTTP/1.1 101 Switching Protocols\r\n"
	for _, c := range []struct {
		name   string
		next   http.HandlerFunc
		target string
		want   string // the answer begins so
	}{
		{"header", byHeader, "/?.kl=Y", kaazing + head + standard},
		{"bytes", byBytes, "/?.kl=Y", kaazing + head + standard},
		{"other client", byBytes, "/", standard + head + standard},
		{"mark in the path", byBytes, "/.kl=Y", standard + head + standard},
		{"refused", refused, "/?.kl=Y", "HTTP/1.1 403 Forbidden\r\n"},
		{"refused in bytes", byOtherBytes, "/?.kl=Y", "HTTP/1.1 403 Forbidden\r\n\r\n"},
		{"cookies", refused, "/;e/cookies?.krn=1", "HTTP/1.1 200 OK\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(adapter.KaazingClients(c.next))
			defer server.Close()
			nc, err := net.Dial("tcp", server.Listener.Addr().String())
			require.NoError(t, err)
			defer nc.Close()
			_, err = nc.Write([]byte("GET " + c.target +
				" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
			require.NoError(t, err)
			got, err := io.ReadAll(bufio.NewReader(nc))
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(string(got), c.want), "%q", got)
		})
	}
	t.Run("no connection to take over", func(t *testing.T) {
		adapter.KaazingClients(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _, err := w.(http.Hijacker).Hijack()
			require.ErrorIs(t, err, http.ErrNotSupported)
		})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/?.kl=Y", nil))
	})
}

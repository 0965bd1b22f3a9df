package adapter_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
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

// dialing returns a dial function that gives away one end of a pipe, and the other end.
func dialing() (func(context.Context, *adapter.Target) (*pipe, *http.Response, error), *pipe) {
	a, b := newPipe()
	return func(context.Context, *adapter.Target) (*pipe, *http.Response, error) {
		return a, selected(), nil
	}, b
}

const (
	accepted  = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: amqp\r\n\r\n"
	challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n"
)

// The bytes behind the message that completes the handshake are not touched, and no call reads any
// more.
func TestClient_StopsReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		go func() {
			peer.hear()
			peer.say(accepted, "", "for the application")
		}()
		c, result, err := adapter.Client(t.Context(), "ws://one.example/", clientOptions(), dial)
		require.NoError(t, err)
		require.Equal(t, "amqp", result.Subprotocol)
		time.Sleep(time.Hour)
		require.Zero(t, c.reading.Load())
		require.Equal(t, int64(transport.DefaultReadLimit), c.limit.Load())
		require.Equal(t, "for the application", c.hear())
		require.Nil(t, result.Request)
	})
}

// Each wait ends in its time; time stands still for the response while credentials are asked for.
func TestClient_Timers(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		after   time.Duration
		want    fsm.Failure
	}{
		"response":   {nil, 2 * time.Second, fsm.FailureTimeout},
		"terminator": {[]string{accepted}, 2 * time.Second, fsm.FailureMissingTerminator},
		"wait": {[]string{"HTTP/1.1 202 Accepted\r\n\r\n", ""}, 3 * time.Second,
			fsm.FailureAcceptedOnly},
		"credentials": {[]string{challenge, ""}, 5 * time.Second, fsm.FailureCredentialTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dial, peer := dialing()
				go func() {
					peer.hear()
					peer.say(c.answers...)
				}()
				o := clientOptions()
				o.Config.Timeouts = transport.Timeouts{Response: 2 * time.Second, Wait: 3 * time.Second,
					Credentials: 5 * time.Second, Close: time.Second}
				o.Credentials = auth.CredentialsFunc(
					func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
						time.Sleep(time.Hour) // does not mind ctx
						return "Basic am9lOndlbGNvbWU=", nil
					})
				begin := time.Now()
				_, _, err := adapter.Client(t.Context(), "ws://one.example/", o, dial)
				require.ErrorIs(t, err, c.want)
				require.Equal(t, c.after+time.Second, time.Since(begin),
					"and a second for the closing handshake")
				require.NotZero(t, len(peer.in), "the client said goodbye")
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// A server that does not read cannot hold up a client.
func TestClient_WriteBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		for range cap(peer.in) {
			peer.in <- item{typ: wire.Binary}
		}
		begin := time.Now()
		_, _, err := adapter.Client(t.Context(), "ws://one.example/", nil, dial)
		require.ErrorIs(t, err, fsm.FailureTimeout)
		require.Equal(t, 15*time.Second, time.Since(begin),
			"10 for the request and its response, 5 to close, with the attempt to say so")

		dial, peer = dialing()
		for range cap(peer.in) {
			peer.in <- item{typ: wire.Binary}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin = time.Now()
		_, _, err = adapter.Client(ctx, "ws://one.example/", nil, dial)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.LessOrEqual(t, time.Since(begin), 1500*time.Millisecond)
	})
}

func TestClient_GivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			peer.hear()
			cancel(errors.New("the user left"))
		}()
		begin := time.Now()
		_, _, err := adapter.Client(ctx, "ws://one.example/", nil, dial)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "the user left")
		require.Zero(t, time.Since(begin))
		<-peer.ended
		require.Empty(t, peer.in, "an answer to a Close would not be waited for")
	})
}

// A connection that a dial returns too late is closed.
func TestClient_LateDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		o := &adapter.ClientOptions{Config: endpoint.ClientConfig{
			Timeouts: transport.Timeouts{Opening: time.Second},
		}}
		_, _, err := adapter.Client(t.Context(), "ws://one.example/",
			o, func(ctx context.Context, target *adapter.Target) (*pipe, *http.Response, error) {
				time.Sleep(2 * time.Second)
				return dial(ctx, target)
			})
		require.ErrorIs(t, err, fsm.FailureTimeout)
		<-peer.ended
	})
}

// slow is a library's connection that takes its time to end.
type slow struct{ *pipe }

func (slow) Close() error { return nil }

// The socket below a connection ends at once, whatever the library does.
func TestClient_ClosesSocket(t *testing.T) {
	dial, peer := dialing()
	here, there := net.Pipe()
	go peer.say("nonsense", "")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		peer.hear() // request
		peer.hear() // Close
		cancel()
	}()
	_, _, err := adapter.Client(ctx, "ws://one.example/",
		nil, func(ctx context.Context, target *adapter.Target) (slow, *http.Response, error) {
			httptrace.ContextClientTrace(ctx).GotConn(httptrace.GotConnInfo{Conn: here})
			conn, resp, err := dial(ctx, target)
			return slow{conn}, resp, err
		})
	require.ErrorIs(t, err, fsm.FailureMalformed)
	_, err = there.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	_ = peer.Close() // ends the goroutine that reads
}

func TestClient_Options(t *testing.T) {
	o := &adapter.ClientOptions{}
	o.Config.OpeningExtensions = []string{"permessage-deflate"}
	_, _, err := adapter.Client[*pipe](t.Context(), "ws://one.example/", o, nil)
	require.ErrorContains(t, err, "leave OpeningExtensions empty")
	var failed *transport.HandshakeError
	require.False(t, errors.As(err, &failed), "nothing was tried")
	o = clientOptions()
	o.Config.Subprotocols = []string{"not a token"}
	_, _, err = adapter.Client[*pipe](t.Context(), "ws://one.example/", o, nil)
	require.ErrorContains(t, err, "is not a token")
	require.False(t, errors.As(err, &failed), "nor here")
	_, _, err = adapter.Client[*pipe](t.Context(), "ftp://one.example/", nil, nil)
	require.ErrorAs(t, err, &failed)
	require.Equal(t, fsm.FailureURL, failed.Failure)

	dials := func(url string, o *adapter.ClientOptions) (to string) {
		_, _, err := adapter.Client(t.Context(), url, o,
			func(_ context.Context, target *adapter.Target) (*pipe, *http.Response, error) {
				to = target.URL
				return nil, nil, errDial
			})
		require.ErrorIs(t, err, errDial)
		return to
	}
	require.Equal(t, "ws://xn--bcher-kva.example/", dials("ws://b\u00fccher.example/", nil))
	o = clientOptions()
	o.Config.ToASCII = func(string) (string, error) { return "ascii.example", nil }
	require.Equal(t, "ws://ascii.example/", dials("ws://b\u00fccher.example/", o))
	o.Config.Machine.Profile = transport.Kaazing
	require.Equal(t, "ws://one.example/?.kl=Y", dials("ws://one.example/", o), "as Machine says")
	o.Profile = transport.Spec
	require.Equal(t, "ws://one.example/", dials("ws://one.example/", o), "as Profile says")
}

// Server name and client certificates go where they are meant for.
func TestTarget_TLSConfig(t *testing.T) {
	certificate := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return nil, nil }
	cfg := &tls.Config{ServerName: "one.example", Certificates: make([]tls.Certificate, 1),
		GetClientCertificate: certificate, MinVersion: tls.VersionTLS13}
	for second, want := range map[string]struct {
		name    string
		present bool
	}{
		"wss://one.example/there":      {"one.example", true},
		"wss://one.example:8443/there": {"one.example", false},
		"wss://two.example/there":      {"", false},
	} {
		t.Run(second, func(t *testing.T) {
			var got []*tls.Config
			_, _, err := adapter.Client(t.Context(), "wss://one.example/",
				nil, func(_ context.Context, target *adapter.Target) (*pipe, *http.Response, error) {
					got = append(got, target.TLSConfig(cfg))
					require.Nil(t, target.TLSConfig(nil))
					if len(got) == 1 {
						return nil, &http.Response{StatusCode: 302, Header: http.Header{"Location": {second}}},
							errors.New("not 101")
					}
					return nil, nil, errors.New("enough")
				})
			require.ErrorIs(t, err, fsm.FailureConnect)
			require.ErrorContains(t, err, "enough")
			require.Same(t, cfg, got[0])
			require.Equal(t, want.name, got[1].ServerName)
			require.Equal(t, want.present, len(got[1].Certificates) > 0)
			require.Equal(t, want.present, got[1].GetClientCertificate != nil)
			require.Equal(t, uint16(tls.VersionTLS13), got[1].MinVersion)
			require.Len(t, cfg.Certificates, 1)
		})
	}
}

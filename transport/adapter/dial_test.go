package adapter_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// body notes whether it was closed.
type body struct {
	io.Reader
	closed bool
}

func (b *body) Close() error {
	b.closed = true
	return nil
}

var errDial = errors.New("the library gives up")

// However a library reports that it opened no WebSocket: the failure says where it ended, and the
// library's error is its cause where the network is.
func TestClient_DialFails(t *testing.T) {
	bodies := map[int]*body{}
	answer := func(status int) *http.Response {
		bodies[status] = &body{Reader: strings.NewReader("why")}
		return &http.Response{StatusCode: status, Header: http.Header{"X": {"y"}}, Body: bodies[status]}
	}
	for name, c := range map[string]struct {
		socket bool // the peer was reached
		tls    error
		resp   *http.Response
		err    error
		want   fsm.Failure
		cause  error
	}{
		"not reached": {err: errDial, want: fsm.FailureConnect, cause: errDial},
		"no TLS": {socket: true, tls: errDial, err: errDial, want: fsm.FailureConnect,
			cause: errDial},
		"no answer": {socket: true, err: errDial, want: fsm.FailureConnectionLost, cause: errDial},
		"no answer but an end": {socket: true, err: io.EOF, want: fsm.FailureConnectionLost,
			cause: io.ErrUnexpectedEOF},
		"an answer cut off": {socket: true, err: io.ErrUnexpectedEOF, want: fsm.FailureConnectionLost,
			cause: io.ErrUnexpectedEOF},
		"a wrong 101": {socket: true, resp: answer(101), err: errDial, want: fsm.FailureOpening},
		"refused":     {socket: true, resp: answer(403), err: errDial, want: fsm.FailureStatus},
	} {
		t.Run(name, func(t *testing.T) {
			here, _ := net.Pipe()
			_, _, err := adapter.Client(t.Context(), "ws://one.example/", nil,
				func(ctx context.Context, _ *adapter.Target) (*pipe, *http.Response, error) {
					trace := httptrace.ContextClientTrace(ctx)
					if c.socket {
						trace.GotConn(httptrace.GotConnInfo{Conn: here})
						trace.TLSHandshakeDone(tls.ConnectionState{}, c.tls)
					}
					return nil, c.resp, c.err
				})
			var failed *transport.HandshakeError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, c.want, failed.Failure, "%v", err)
			require.Equal(t, c.cause, failed.Cause)
			switch c.want {
			case fsm.FailureConnectionLost:
				require.Equal(t, c.cause == io.ErrUnexpectedEOF,
					strings.Contains(err.Error(), "the peer ended it in the middle of the handshake"))
			case fsm.FailureStatus:
				require.True(t, bodies[403].closed)
				require.Equal(t, "why", string(failed.Body))
			case fsm.FailureOpening:
				require.ErrorContains(t, err, errDial.Error())
			}
		})
	}
}

// A library that does not look at its context is broken off all the same, by its socket.
func TestClient_DialIsBrokenOff(t *testing.T) {
	for name, end := range map[string]struct {
		options *adapter.ClientOptions
		want    error
	}{
		"deadline": {clientOptions(), fsm.FailureTimeout},
		"context":  {nil, context.Canceled},
	} {
		synctest.Test(t, func(t *testing.T) {
			here, there := net.Pipe()
			defer there.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, _, err := adapter.Client(ctx, "ws://one.example/", end.options,
				func(ctx context.Context, _ *adapter.Target) (*pipe, *http.Response, error) {
					httptrace.ContextClientTrace(ctx).GotConn(httptrace.GotConnInfo{Conn: here})
					if end.options == nil {
						time.AfterFunc(time.Second, cancel)
					}
					_, err := here.Read(make([]byte, 1))
					return nil, nil, err
				})
			require.ErrorIs(t, err, end.want, name)
		})
	}
}

// The error of a credentials provider is the cause of the failure that follows from it.
func TestClient_ProviderFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		go func() {
			peer.hear()
			peer.say(challenge, "")
			peer.hear() // Close
			_ = peer.WriteClose(t.Context(), 1000, "")
			_ = peer.Close()
		}()
		o := clientOptions()
		errVault := errors.New("the vault is closed")
		o.Credentials = auth.CredentialsFunc(
			func(context.Context, *auth.CredentialsRequest) (string, error) { return "", errVault })
		_, _, err := adapter.Client(t.Context(), "ws://one.example/", o, dial)
		require.ErrorIs(t, err, fsm.FailureAuthRequired)
		require.ErrorIs(t, err, errVault)
	})
}

// The result says all that was negotiated.
func TestClient_Result(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		go func() {
			peer.hear()
			peer.say("HTTP/1.1 201 Created\r\nSec-WebSocket-Protocol: amqp\r\n" +
				"Sec-WebSocket-Extensions: x;n=1\r\nLocation: /there\r\nContent-Length: 2\r\n\r\n\xff\xfe")
		}()
		o := clientOptions()
		o.Config.Extensions, o.Config.Machine.TerminatorOptional = []string{"x"}, true
		_, result, err := adapter.Client(t.Context(), "ws://one.example/", o, dial)
		require.NoError(t, err)
		require.Equal(t, &adapter.Result{Status: 201, Subprotocol: "amqp", Extensions: []string{"x;n=1"},
			Header: http.Header{"Sec-Websocket-Protocol": {"amqp"}, "Sec-Websocket-Extensions": {"x;n=1"},
				"Location": {"/there"}, "Content-Length": {"2"}},
			Body: []byte("\xff\xfe"), URL: "ws://one.example/", LateTerminator: true}, result)
	})
}

// says is a connection that reads messages, and then an error: again it must not be asked.
type says struct {
	*pipe
	t        *testing.T
	messages []string
	err      error
	ended    bool
}

func (s *says) ReadMessage() (wire.MessageType, []byte, error) {
	if len(s.messages) > 0 {
		m := s.messages[0]
		s.messages = s.messages[1:]
		return wire.Binary, []byte(m), nil
	}
	if s.ended {
		s.t.Error("it is read again after an error")
	}
	s.ended = true
	return 0, nil, s.err
}

// The end of a connection during the extended handshake is told once, and is the cause of the
// failure if it is the network's.
func TestClient_ConnectionEnds(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: errors.New("reset")}
	for name, c := range map[string]struct {
		messages []string
		err      error
		want     fsm.Failure
		cause    error
	}{
		"reset": {nil, reset, fsm.FailureConnectionLost, reset},
		"end":   {nil, fmt.Errorf("reading: %w", io.EOF), fsm.FailureConnectionLost, io.ErrUnexpectedEOF},
		"no terminator": {[]string{accepted}, fmt.Errorf("reading: %w", io.ErrUnexpectedEOF),
			fsm.FailureMissingTerminator, io.ErrUnexpectedEOF},
		"closed": {nil, &transport.CloseError{Code: 1001}, fsm.FailurePeerClosed, nil},
		"closed too early": {[]string{accepted}, &transport.CloseError{Code: 1001},
			fsm.FailureMissingTerminator, nil},
		"bad opcode": {nil, errors.New("bad opcode 3"), fsm.FailureFrame, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				_, _, err := adapter.Client(t.Context(), "ws://one.example/", clientOptions(),
					func(context.Context, *adapter.Target) (*says, *http.Response, error) {
						if n++; n == 1 { // an error of the connection before is none of this one
							return nil, &http.Response{StatusCode: 302, Header: http.Header{"Location": {"/q"}}},
								errDial
						}
						p, _ := newPipe()
						return &says{pipe: p, t: t, messages: c.messages, err: c.err}, selected(), nil
					})
				var failed *transport.HandshakeError
				require.ErrorAs(t, err, &failed)
				require.Equal(t, c.want, failed.Failure)
				require.Equal(t, c.cause, failed.Cause)
			})
		})
	}
}

// A client that is redirected goes on with the next connection as with a first one.
func TestClient_NextConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, one := newPipe()
		second, two := newPipe()
		go func() {
			one.hear()
			one.say("HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n", "")
			require.Equal(t, "close", one.hear())
			_ = one.WriteClose(t.Context(), 1000, "")
			<-one.ended
			require.Contains(t, two.hear(), "GET /there HTTP/1.1")
			two.say(accepted, "")
		}()
		conns := []*pipe{first, second}
		c, result, err := adapter.Client(t.Context(), "ws://one.example/", clientOptions(),
			func(context.Context, *adapter.Target) (*pipe, *http.Response, error) {
				c := conns[0]
				conns = conns[1:]
				return c, selected(), nil
			})
		require.NoError(t, err)
		require.Same(t, second, c)
		require.Equal(t, "ws://one.example/there", result.URL)
	})
}

// The body of the request goes out when the server asks for it, and the response behind it is
// awaited.
func TestClient_Body(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, peer := dialing()
		go func() {
			require.Contains(t, peer.hear(), "Expect: 100-continue\r\n")
			peer.say("HTTP/1.1 100 Continue\r\n\r\n", "")
			require.Equal(t, "body", peer.hear())
			peer.say(accepted, "")
		}()
		o := clientOptions()
		o.Config.Body = []byte("body")
		_, _, err := adapter.Client(t.Context(), "ws://one.example/", o, dial)
		require.NoError(t, err)
	})
}

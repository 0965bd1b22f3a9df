package adapter_test

import (
	"context"
	"crypto/tls"
	"errors"
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
	"github.com/stretchr/testify/require"
)

var errDial = errors.New("the library gives up")

// However a library reports that it opened no WebSocket: the failure says where it ended, and the
// library's error is its cause where the network is.
func TestClient_DialFails(t *testing.T) {
	answer := func(status int) *http.Response {
		return &http.Response{StatusCode: status, Header: http.Header{"X": {"y"}},
			Body: io.NopCloser(strings.NewReader("why"))}
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
		"no answer":   {socket: true, err: errDial, want: fsm.FailureConnectionLost, cause: errDial},
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
			case fsm.FailureStatus:
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

// What the provider of credentials says is the cause of the failure that follows from it.
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

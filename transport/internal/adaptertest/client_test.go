package adaptertest

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// A client meets a server that speaks bytes by hand.
var clientScenarios = map[string]func(t *testing.T, l library){
	"response in fragments and pieces, with pings between": clientFragments,
	"message right behind the terminator":                  clientEarlyMessage,
	"202, then 101":                                        clientWaits,
	"100, then body":                                       clientBody,
	"late terminator":                                      clientLateTerminator,
	"refusal with a body":                                  clientRefused,
	"messages that must not be":                            clientFaults,
	"peer closes":                                          clientPeerCloses,
	"peer is gone":                                         clientPeerGone,
	"opening handshake refused":                            clientOpeningRefused,
	"opening handshake asks for login":                     clientOpeningLogin,
	"opening handshake redirects":                          clientOpeningRedirect,
	"opening 101 is wrong":                                 clientOpeningWrong,
	"subprotocol not selected":                             clientNotSelected,
	"nobody listens":                                       clientUnreachable,
	"timeouts":                                             clientTimeouts,
	"cancel":                                               clientCancel,
	"cancel while writing":                                 clientCancelWrite,
	"options that cannot be sent":                          clientOptions,
}

func TestClient(t *testing.T) {
	for _, l := range libraries {
		for name, scenario := range clientScenarios {
			t.Run(l.name+"/"+name, func(t *testing.T) { t.Parallel(); scenario(t, l) })
		}
	}
}

// none are the options of a client that wants nothing special, and is patient.
func none() *adapter.ClientOptions {
	o := &adapter.ClientOptions{}
	o.Config.Timeouts = transport.Timeouts{Opening: patience, Response: patience}
	return o
}

// fails dials and returns the error, which must hold the failure.
func fails(
	t *testing.T, l library, url string, o *adapter.ClientOptions, want fsm.Failure,
) *transport.HandshakeError {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, _, err := l.dial(ctx, url, o)
	var failed *transport.HandshakeError
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, want)
	return failed
}

// opens dials and checks that messages come and go.
func opens(t *testing.T, l library, url string, o *adapter.ClientOptions) (conn, *adapter.Result) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, result, err := l.dial(ctx, url, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c, result
}

// wantMessage reads one message.
func wantMessage(t *testing.T, c conn, kind transport.MessageType, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, p, err := c.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, kind, got)
	require.Equal(t, text, string(p))
}

// wantEcho says something and hears it.
func wantEcho(t *testing.T, c conn, text string) {
	t.Helper()
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte(text)))
	wantMessage(t, c, transport.Text, text)
}

func clientFragments(t *testing.T, l library) {
	pongs := make(chan string, 2)
	url := rawServer(t, func(_ int, p *peer) {
		request := p.opened()
		require.True(p, strings.HasPrefix(request, "GET /echo HTTP/1.1\r\n"), request)
		head, ping := p.response(), ws.NewPingFrame([]byte("alive?"))
		p.send(ping)
		p.send(ws.NewFrame(ws.OpBinary, false, []byte(head[:20])), ping,
			ws.NewFrame(ws.OpContinuation, true, []byte(head[20:40])))
		p.send(ws.NewFrame(ws.OpBinary, true, []byte(head[40:])))
		p.send(ws.NewFrame(ws.OpBinary, false, nil), ws.NewFrame(ws.OpContinuation, true, nil))
		for range 2 {
			f, _ := p.frame()
			pongs <- string(f.Payload)
		}
		p.echo()
	})
	c, result := opens(t, l, url, none())
	require.Equal(t, 101, result.Status)
	require.Equal(t, url, result.URL)
	require.NotEmpty(t, result.Header.Get("Sec-WebSocket-Accept"))
	require.False(t, result.LateTerminator)
	require.Equal(t, "alive?", <-pongs)
	require.Equal(t, "alive?", <-pongs)
	wantEcho(t, c, "hello")
}

func clientEarlyMessage(t *testing.T, l library) {
	url := rawServer(t, func(_ int, p *peer) {
		p.opened()
		p.send(binary(p.response()), binary(""), binary(""), ws.NewTextFrame([]byte("welcome")))
		p.echo()
	})
	c, _ := opens(t, l, url, none())
	wantMessage(t, c, transport.Binary, "")
	wantMessage(t, c, transport.Text, "welcome")
	wantEcho(t, c, "hello")
}

func clientWaits(t *testing.T, l library) {
	url := rawServer(t, func(_ int, p *peer) {
		p.opened()
		p.send(binary("HTTP/1.1 202 Accepted\r\n\r\n"), binary(""), binary(p.response()), binary(""))
		p.echo()
	})
	c, _ := opens(t, l, url, none())
	wantEcho(t, c, "hello")
}

func clientBody(t *testing.T, l library) {
	got := make(chan string, 1)
	url := rawServer(t, func(_ int, p *peer) {
		if request := p.opened(); !strings.Contains(request, "Expect: 100-continue\r\n") {
			got <- request
			return
		}
		p.send(binary("HTTP/1.1 100 Continue\r\n\r\n"), binary(""))
		_, body := p.message()
		got <- body
		p.send(binary(p.response()), binary(""))
		p.echo()
	})
	o := none()
	o.Config.Body = []byte("the body")
	c, _ := opens(t, l, url, o)
	require.Equal(t, "the body", <-got)
	wantEcho(t, c, "hello")
}

func clientLateTerminator(t *testing.T, l library) {
	url := rawServer(t, func(_ int, p *peer) {
		p.opened()
		p.send(binary(p.response()))
		p.message()
		p.send(binary(""))
		p.echo()
	})
	o := none()
	o.Config.Machine = fsm.DefaultClientConfig()
	o.Config.Machine.TerminatorOptional = true
	c, result := opens(t, l, url, o)
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("first")))
	if result.LateTerminator { // package transport skips it by itself
		wantMessage(t, c, transport.Binary, "")
	} else {
		require.Equal(t, "transport", l.name)
	}
	wantEcho(t, c, "hello")
}

func clientRefused(t *testing.T, l library) {
	closed := make(chan ws.StatusCode, 1)
	url := rawServer(t, func(_ int, p *peer) {
		p.opened()
		p.send(binary("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n"+
			"Content-Length: 9\r\n\r\ncome back"), binary(""))
		closed <- p.drain()
	})
	failed := fails(t, l, url, none(), fsm.FailureStatus)
	require.Equal(t, 503, failed.Status)
	require.Equal(t, "come back", string(failed.Body))
	require.Equal(t, 7*time.Second, failed.RetryAfter)
	require.True(t, failed.Temporary())
	require.NotZero(t, <-closed, "the client says goodbye")
}

// Each of these is the whole answer to the extended request.
func clientFaults(t *testing.T, l library) {
	for _, c := range []struct {
		name   string
		frames []ws.Frame
		want   fsm.Failure
	}{
		{"no terminator", []ws.Frame{binary("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
			ws.NewCloseFrame(ws.NewCloseFrameBody(1000, ""))}, fsm.FailureMissingTerminator},
		{"text instead of the terminator", []ws.Frame{binary("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
			ws.NewTextFrame([]byte("hello"))}, fsm.FailureUnexpectedMessage},
		{"no response", []ws.Frame{binary("hello"), binary("")}, fsm.FailureMalformed},
		{"wrong accept", []ws.Frame{binary("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " +
			"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"), binary("")}, fsm.FailureAcceptMismatch},
		{"text that is not UTF-8", []ws.Frame{ws.NewTextFrame([]byte("HTTP/1.1 101 \xff\r\n\r\n")),
			binary("")}, fsm.FailureUTF8},
		{"too much", []ws.Frame{binary(strings.Repeat("x", 1<<20))}, fsm.FailureLimit},
		{"reserved opcode", []ws.Frame{ws.NewFrame(0x3, true, nil)}, fsm.FailureFrame},
		{"continuation of nothing", []ws.Frame{ws.NewFrame(ws.OpContinuation, true, nil)},
			fsm.FailureFrame},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := rawServer(t, func(_ int, p *peer) {
				p.opened()
				p.send(c.frames...)
				p.drain()
			})
			failed := fails(t, l, url, none(), c.want)
			require.Equal(t, endpoint.LegExtended, failed.Leg)
			require.Equal(t, url, failed.URL)
		})
	}
}

func clientPeerCloses(t *testing.T, l library) {
	answered := make(chan ws.StatusCode, 1)
	url := rawServer(t, func(_ int, p *peer) {
		p.opened()
		p.send(ws.NewCloseFrame(ws.NewCloseFrameBody(1013, "too many")))
		answered <- p.drain()
	})
	failed := fails(t, l, url, none(), fsm.FailurePeerClosed)
	require.Contains(t, failed.Error(), "1013")
	require.Contains(t, failed.Error(), "too many")
	require.Equal(t, ws.StatusCode(1013), <-answered)

	url = rawServer(t, func(_ int, p *peer) {
		p.opened()
		p.send(ws.NewCloseFrame(nil))
		_, body := p.message()
		answered <- ws.StatusCode(len(body))
	})
	fails(t, l, url, none(), fsm.FailurePeerClosed)
	require.Zero(t, <-answered, "an empty Close is answered by an empty one")
}

func clientPeerGone(t *testing.T, l library) {
	url := rawServer(t, func(_ int, p *peer) { p.opened() })
	failed := fails(t, l, url, none(), fsm.FailureConnectionLost)
	require.ErrorIs(t, failed, io.ErrUnexpectedEOF)
	url = rawServer(t, func(_ int, p *peer) { p.request() })
	failed = fails(t, l, url, none(), fsm.FailureConnectionLost)
	require.Equal(t, endpoint.LegOpening, failed.Leg)
}

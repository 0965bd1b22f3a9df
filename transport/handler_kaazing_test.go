package transport

import (
	"context"
	"net"
	"net/http/httptest"
	"testing"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// The requests and expectations of deployed Kaazing clients, byte for byte.
const (
	kaazingOpening = "GET /echo?.kl=Y HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Host: one.example:8001\r\nOrigin: privileged://one.example:8001\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Protocol: x-kaazing-handshake,amqp\r\n\r\n"
	// where virtual time begins
	kaazingOpened = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n\r\n"
	kaazingResponse = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	proceedFrame = "\x82\x04\xef\x83\xbfN"
	emptyFrame   = "\x82\x00"
)

// kaazingRequests are the extended requests of the three client families.
var kaazingRequests = map[string]pf{
	"JavaScript": text("GET /echo?.kl=Y HTTP/1.1\r\nWebSocket-Protocol: \r\nSec-WebSocket-Protocol: " +
		"\r\nSec-WebSocket-Extensions: x-kaazing-idle-timeout,x-kaazing-ping-pong\r\n\r\n"),
	"Java": bin("GET /echo?.kl=Y HTTP/1.1\r\n" +
		"Sec-WebSocket-Extensions: x-kaazing-idle-timeout\r\n\r\n"),
	"iOS": text("GET /echo?.kl=Y HTTP/1.1\r\n" +
		"Sec-WebSocket-Extensions: x-kaazing-idle-timeout\r\n\r\n"),
}

// wantBytes reads once and compares: the expected bytes come in one write, as a pipe shows. On TCP
// the next one may be there as well.
func wantBytes(t *testing.T, nc net.Conn, want string) {
	t.Helper()
	b := make([]byte, 4096)
	if _, stream := nc.(*tcptest.Conn); stream {
		b = b[:len(want)]
	}
	n, err := nc.Read(b)
	require.NoError(t, err)
	require.Equal(t, want, string(b[:n]))
}

func TestHandler_KaazingBytes(t *testing.T) {
	for name, request := range kaazingRequests {
		virtual(t, name, func(t *testing.T) {
			t.Attr("req", "KHP-EXT-RSP-14")
			h := &Handler{Serve: echoServe, Subprotocols: []string{"amqp"}}
			nc := servePipeBytes(t, h, kaazingOpening)
			wantBytes(t, nc, kaazingOpened)
			wantBytes(t, nc, proceedFrame)
			_, err := nc.Write(frametest.Encode(false, request))
			require.NoError(t, err)
			response := kaazingResponse + "Sec-WebSocket-Protocol: amqp\r\n\r\n"
			wantBytes(t, nc, string(frametest.Encode(true, bin(response)))+emptyFrame+proceedFrame)
			_, err = nc.Write(frametest.Encode(false, text("hello")))
			require.NoError(t, err)
			wantBytes(t, nc, "\x81\x05hello")
			_, err = nc.Write(frametest.Encode(false, pf{Op: opX}))
			require.NoError(t, err)
			wantBytes(t, nc, "\x88\x00")
			_, err = nc.Read(make([]byte, 1))
			require.Error(t, err, "TCP is closed at once")
		})
	}
}

// servePipeBytes is servePipe for a test that reads itself.
func servePipeBytes(t *testing.T, h *Handler, opening string) net.Conn {
	t.Helper()
	a, b := connection(t)
	t.Cleanup(func() { _ = a.Close() })
	go h.ServeHTTP(&hijacked{httptest.NewRecorder(), b}, parseRequest(t, opening))
	return a
}

// After a 401 there is no N, after wrong credentials a 403, and TCP is closed.
func TestHandler_KaazingCredentials(t *testing.T) {
	t.Attr("req", "KHP-STATUS-401-03")
	h := &Handler{Serve: echoServe, Decide: func(ctx context.Context, r *Request) (Decision, error) {
		d, err := basicAuth(ctx, r)
		for i, c := range d.Challenges {
			d.Challenges[i] = "Application " + c
		}
		return d, err
	}}
	c := dialTCP(t, serve(t, h), kaazingOpening)
	require.Contains(t, <-c.head, "Web Socket Protocol Handshake")
	require.Equal(t, messageN, string((<-c.got).Payload))
	c.send(bin("GET /echo?.kl=Y HTTP/1.1\r\n\r\n"))
	require.Contains(t, c.response(), "\r\nWWW-Authenticate: Application Basic realm=\"khp\"\r\n")
	c.send(bin("GET /echo?.kl=Y HTTP/1.1\r\nAuthorization: Basic wrong\r\n\r\n"))
	require.Equal(t, "403", c.status())
	require.Equal(t, CloseNormal, c.closeCode())
	c.answer(CloseNormal)
}

// A client that R brought here names the path that it asked for first.
func TestHandler_AnyTarget(t *testing.T) {
	for _, any := range []bool{false, true} {
		c := dialTCP(t, serve(t, &Handler{AnyTarget: any}), kaazingOpening)
		<-c.head
		<-c.got
		c.send(bin("GET /balancer?.kl=Y HTTP/1.1\r\n\r\n"))
		require.Equal(t, map[bool]string{false: "400", true: "101"}[any], c.status())
		_ = c.nc.Close()
	}
}

// The other side: gateways of several kinds.
func TestDial_Gateway(t *testing.T) {
	wantEchoed := func(t *testing.T, got played) {
		require.NoError(t, got.err)
		wantMessage(t, got.conn, Text, "first")
		wantMessage(t, got.conn, Binary, "")
		got.end()
	}
	virtual(t, "neither terminator nor N", func(t *testing.T) {
		wantEchoed(t, dialRaw(t, t.Context(), false, &DialOptions{TerminatorOptional: true},
			then101(text("first"), bin(""))))
	})
	virtual(t, "terminator although it is optional", func(t *testing.T) {
		t.Attr("req", "INV-54")
		wantEchoed(t, dialRaw(t, t.Context(), false, &DialOptions{TerminatorOptional: true},
			then101(terminator, text("first"), bin(""))))
		// AMB-06
		wantEchoed(t, dialRaw(t, t.Context(), false, &DialOptions{TerminatorOptional: true},
			then101(text(""), text("first"), bin(""))))
	})
	virtual(t, "terminator late, met by Ping", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, &DialOptions{TerminatorOptional: true}, func(p *rawServer) {
			then101()(p)
			<-p.got // the Ping
			p.send(terminator, pf{Op: opO}, text("first"), bin(""))
		})
		require.NoError(t, got.err)
		require.NoError(t, got.conn.Ping(t.Context()))
		wantEchoed(t, got)
	})
	virtual(t, "terminator late, then one of the application's", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, &DialOptions{TerminatorOptional: true},
			then101(terminator, bin("")))
		require.NoError(t, got.err)
		wantMessage(t, got.conn, Binary, "")
		got.end()
	})
	virtual(t, "no Close after 403", func(t *testing.T) {
		t.Attr("req", "KHP-CLOSE-02")
		got := dialRaw(t, t.Context(), false, &DialOptions{TerminatorOptional: true}, func(p *rawServer) {
			p.quiet = true
			p.asked()
			p.send(bin("HTTP/1.1 403 Forbidden\r\n\r\n"))
			p.silent()
		})
		require.ErrorContains(t, got.err, "403")
		require.LessOrEqual(t, got.took.Seconds(), 15.0)
		got.end()
	})
	virtual(t, "with N", func(t *testing.T) {
		wantEchoed(t, dialRaw(t, t.Context(), false, &DialOptions{Profile: Kaazing}, func(p *rawServer) {
			p.opened(bin(messageN))
			require.Equal(t, "GET /?.kl=Y HTTP/1.1\r\n\r\n", p.message())
			p.send(bin(response101), terminator, bin(messageN), text("first"), bin(""))
		}))
	})
}

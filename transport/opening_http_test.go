package transport

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

const interimResponses = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n" +
	"Link: </style.css>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"

// Interim responses come before the answer of a server, and before that of a proxy. [RFC 9110 15.2]
func TestDial_InterimResponses(t *testing.T) {
	virtual(t, "before 101", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
			p.openingRequest()
			p.bytes(strings.Repeat(interimResponses, 30) + p.response101Opening())
			p.message()
			p.send(bin(response101), terminator)
			p.silent()
		})
		require.NoError(t, got.err)
		got.end()
	})
	virtual(t, "before a refusal", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
			p.openingRequest()
			p.bytes(interimResponses + "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
			p.silent()
		})
		require.ErrorIs(t, got.err, fsm.FailureStatus)
		require.ErrorContains(t, got.err, "403 Forbidden")
		got.end()
	})
	t.Run("behind CONNECT", func(t *testing.T) {
		url := serve(t, &Handler{Serve: echoServe})
		p := newConnectProxy(t, false)
		p.interim = strings.Repeat(interimResponses, 30)
		c, err := Dial(t.Context(), url+"/echo", &DialOptions{Proxy: p.via("")})
		require.NoError(t, err)
		wantEcho(t, c, "hello")
		require.NoError(t, c.Close(CloseNormal, ""))
	})
	t.Run("behind CONNECT, refused", func(t *testing.T) {
		p := newConnectProxy(t, false)
		p.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			here, _, err := http.NewResponseController(w).Hijack()
			require.NoError(t, err)
			defer here.Close()
			_, _ = io.WriteString(here, interimResponses+
				"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
			return true
		}
		_, err := Dial(t.Context(), "ws://one.example/", &DialOptions{Proxy: p.via("")})
		require.ErrorContains(t, err, "refused to connect to one.example:80 with 403 Forbidden")
	})
	t.Run("behind CONNECT, without end", func(t *testing.T) {
		p := newConnectProxy(t, false)
		p.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			here, _, err := http.NewResponseController(w).Hijack()
			require.NoError(t, err)
			defer here.Close()
			for err == nil {
				_, err = io.WriteString(here, interimResponses)
			}
			return true
		}
		_, err := Dial(t.Context(), "ws://one.example/", &DialOptions{Proxy: p.via("")})
		require.ErrorIs(t, err, fsm.FailureConnect)
	})
}

// 308 redirects an opening handshake. [RFC 9110 15.4.9]
func TestDial_PermanentRedirect(t *testing.T) {
	virtual(t, "opening", func(t *testing.T) {
		got := dialRaw(t, t.Context(), false, nil, func(p *rawServer) {
			p.openingRequest()
			p.bytes("HTTP/1.1 308 Permanent Redirect\r\nLocation: ws://two.example/\r\n" +
				"Content-Length: 0\r\n\r\n")
		}, func(p *rawServer) {
			p.asked()
			p.send(bin(response101), terminator)
			p.silent()
		})
		require.NoError(t, got.err)
		got.end()
	})
}

// An empty line before a request is read over, for WebSocket and for pages. [RFC 9112 2.2]
func TestServer_EmptyLineBeforeRequest(t *testing.T) {
	url := serveBy(t, &Server{
		Handler: &Handler{Serve: echoServe},
		Fallback: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "page")
		}),
	})
	c := dialTCP(t, url, "\r\n"+openingRequest+string(frametest.Encode(false, bin(extendedRequest))))
	require.Contains(t, <-c.head, "101 Switching Protocols")
	require.Equal(t, "101", c.status())
	_ = c.nc.Close()
	conn := dialHTTP(t, url)
	conn.send("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
	conn.want(200, "page")
}

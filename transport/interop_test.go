package transport

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tests of this file go through the needs of deployed Kaazing clients, fact by fact;
// docs/interop.md lists them. B stands for a need of the clients, A for the behaviour of a gateway
// that deviates from the specification.

// kaazingServer is a Server with a handler at every path, over TCP.
func kaazingServer(t *testing.T, h *Handler) (url string) {
	t.Helper()
	if h.Serve == nil {
		h.Serve = echoServe
	}
	return serveBy(t, &Server{Handler: h})
}

// openKaazing opens with that target and those fields besides, and reads the first N.
func openKaazing(t *testing.T, url, target, fields string) *rawClient {
	t.Helper()
	c := dialTCP(t, url, strings.Replace(strings.Replace(kaazingOpening, "/echo?.kl=Y", target, 1),
		"\r\n\r\n", "\r\n"+fields+"\r\n", 1))
	require.True(t, strings.HasPrefix(<-c.head,
		kaazingOpened[:strings.Index(kaazingOpened, "\r\n")+2]))
	f := <-c.got
	require.Equal(t, opB, f.Header.OpCode)
	require.Equal(t, messageN, string(f.Payload))
	return c
}

// wantOpen reads the response that completes the handshake, and the second N.
func (c *rawClient) wantOpen() (response string) {
	c.Helper()
	response = c.response()
	require.True(c, strings.HasPrefix(response, kaazingResponse), response)
	f := <-c.got
	require.Equal(c, opB, f.Header.OpCode)
	require.Equal(c, messageN, string(f.Payload))
	return response
}

const kaazingRequest = "GET /echo?.kl=Y HTTP/1.1\r\n\r\n"

func TestInterop_Marker(t *testing.T) {
	routed := make(chan string, 1)
	h := &Handler{Serve: echoServe}
	url := serveBy(t, &Server{Route: func(_, path string) *Handler { routed <- path; return h }})
	for _, target := range []string{"/echo?.kl=Y", "/echo?a=b&.kl=Y", "/echo?.kl=Y&.kl=Y",
		"/echo?x.kl=Yes"} {
		t.Run("B1 "+target, func(t *testing.T) {
			c := openKaazing(t, url, target, "")
			require.Equal(t, "/echo", <-routed, "the marker plays no part in routing")
			c.send(bin("GET " + target + " HTTP/1.1\r\n\r\n"))
			c.wantOpen()
		})
	}
	t.Run("B1 without it", func(t *testing.T) {
		c := dialTCP(t, url, openingRequest)
		<-routed
		require.Contains(t, <-c.head, "101 Switching Protocols")
		c.send(bin(extendedRequest))
		require.Equal(t, "101", c.status())
		c.send(text("first"))
		require.Equal(t, "first", string((<-c.got).Payload), "no N")
	})
}

func TestInterop_PlainHTTP(t *testing.T) {
	for name, url := range map[string]string{
		"Server": kaazingServer(t, &Handler{}), "Server with pages": serveBy(t,
			&Server{Handler: &Handler{Serve: echoServe}, Fallback: http.HandlerFunc(webPage)}),
		"Handler": serve(t, &Handler{}),
	} {
		t.Run("B2 cookies "+name, func(t *testing.T) {
			for _, target := range []string{"/echo/;e/cookies?.krn=0.123&.kl=Y",
				"//;e/cookies?.krn=0.123&a=b&.kl=Y"} {
				c := dialHTTP(t, url)
				c.send("GET " + target + " HTTP/1.1\r\nHost: h\r\nOrigin: privileged://h:80\r\n\r\n")
				r, err := http.ReadResponse(c.r, nil)
				require.NoError(t, err)
				require.Equal(t, 200, r.StatusCode, target)
				require.Zero(t, r.ContentLength, "it is empty")
			}
		})
		t.Run("B emulation "+name, func(t *testing.T) {
			for _, target := range []string{"/echo/;e/cbm?.kl=Y", "/echo/;e/ctm?.kn=1", "/?.kr=xs"} {
				c := dialHTTP(t, url)
				c.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")
				c.want(404, "")
			}
		})
	}
}

// undated is a head without the line of its Date.
func undated(head string) string {
	before, rest, _ := strings.Cut(head, "Date: ")
	_, after, _ := strings.Cut(rest, "\r\n")
	return before + after
}

func TestInterop_Opening(t *testing.T) {
	url := kaazingServer(t, &Handler{Plain: true})
	t.Run("B3 B4 status line and case of names", func(t *testing.T) {
		require.Equal(t, undated(kaazingOpened), undated(<-dialTCP(t, url, kaazingOpening).head))
	})
	for _, list := range []string{"x-kaazing-handshake", "amqp,x-kaazing-handshake",
		"x-kaazing-handshake,amqp", "x-kaazing-handshake, x-kaazing-bump",
		"a, b , x-kaazing-handshake,c"} {
		t.Run("B5 A22 "+list, func(t *testing.T) {
			head := <-dialTCP(t, url, strings.Replace(kaazingOpening,
				"x-kaazing-handshake,amqp", list, 1)).head
			require.Contains(t, head, "\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n")
		})
	}
	t.Run("A1.3 without KHP", func(t *testing.T) {
		head := <-dialTCP(t, url, strings.Replace(kaazingOpening,
			"x-kaazing-handshake,amqp", "amqp", 1)).head
		require.Contains(t, head, " 101 ")
		require.NotContains(t, head, "Sec-WebSocket-Protocol")
	})
	t.Run("A1.2 version 8, trailing slash", func(t *testing.T) {
		request := strings.Replace(strings.Replace(kaazingOpening, "Version: 13", "Version: 8", 1),
			"/echo?", "/echo/?", 1)
		c := dialTCP(t, url, request)
		require.Contains(t, <-c.head, " 101 ")
		<-c.got
		c.send(bin(strings.Replace(kaazingRequest, "/echo?", "/echo/?", 1)))
		c.wantOpen()
	})
	t.Run("A1.2 Connection with other options", func(t *testing.T) {
		head := <-dialTCP(t, url, strings.Replace(kaazingOpening, "Connection: Upgrade",
			"Connection: keep-alive, Upgrade", 1)).head
		require.Contains(t, head, " 101 ")
	})
	for origin, want := range map[string]string{
		"privileged://one.example:8001": "101", "privileged://one.example:80": "403",
		"http://one.example:8001": "101", "privileged://evil.example:8001": "403", "null": "403",
		"https://evil.example": "403",
	} {
		t.Run("B6 origin "+origin, func(t *testing.T) {
			head := <-dialTCP(t, url, strings.Replace(kaazingOpening,
				"privileged://one.example:8001", origin, 1)).head
			require.True(t, strings.HasPrefix(head, "HTTP/1.1 "+want+" "), head)
		})
	}
	for host, origin := range map[string]string{"one.example": "privileged://one.example:80",
		"ONE.example": "privileged://one.EXAMPLE:443", "[::1]": "privileged://[::1]:80"} {
		t.Run("B6 default port "+host, func(t *testing.T) {
			request := strings.Replace(strings.Replace(kaazingOpening, "privileged://one.example:8001",
				origin, 1), "Host: one.example:8001", "Host: "+host, 1)
			require.Contains(t, <-dialTCP(t, url, request).head, " 101 ")
		})
	}
	t.Run("compression is never negotiated", func(t *testing.T) {
		c := dialTCP(t, url, strings.Replace(kaazingOpening, "\r\n\r\n",
			"\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, "+
				"x-webkit-deflate-frame\r\n\r\n", 1))
		require.Equal(t, undated(kaazingOpened), undated(<-c.head))
		<-c.got
		c.send(bin(kaazingRequest))
		require.NotContains(t, c.wantOpen(), "Extensions")
	})
	t.Run("B7 B8 N unprompted and binary", func(t *testing.T) {
		c := dialTCP(t, url, kaazingOpening)
		<-c.head
		f := <-c.got // nothing was sent
		require.Equal(t, opB, f.Header.OpCode)
		require.True(t, f.Header.Fin)
		require.Equal(t, "\xef\x83\xbfN", string(f.Payload))
	})
}

func TestInterop_Request(t *testing.T) {
	seen := make(chan *Request, 1)
	h := &Handler{AnyTarget: true, Decide: func(_ context.Context, r *Request) (Decision, error) {
		seen <- r
		return Decision{}, nil
	}}
	url := kaazingServer(t, h)
	for name, c := range map[string]struct {
		frames []pf
		want   func(t *testing.T, r *Request)
	}{
		"B9 text":   {[]pf{text(kaazingRequest)}, nil},
		"B9 binary": {[]pf{bin(kaazingRequest)}, nil},
		"B10 A10 as JavaScript sends it": {[]pf{kaazingRequests["JavaScript"]},
			func(t *testing.T, r *Request) { require.Equal(t, []string{"amqp"}, r.Subprotocols) }},
		"B10 quotes in the target": {[]pf{bin("GET /echo?q=\"{x}\"|`&.kl=Y HTTP/1.1\r\n\r\n")},
			nil},
		"B10 empty list of extensions": {[]pf{
			bin("GET /echo?.kl=Y HTTP/1.1\r\nSec-WebSocket-Extensions: \r\n\r\n"),
		}, func(t *testing.T, r *Request) { require.Empty(t, r.Extensions) }},
		"B11 A21 another target after R": {[]pf{bin("GET /balancer?x=y&.kl=Y HTTP/1.1\r\n\r\n")},
			func(t *testing.T, r *Request) { require.Equal(t, "/echo", r.Path(), "it is not what counts") }},
		"B12 A8 no subprotocols": {[]pf{bin(kaazingRequest)}, func(t *testing.T, r *Request) {
			require.Equal(t, []string{"amqp"}, r.Subprotocols)
		}},
		"A4.4 bump is nobody's subprotocol": {[]pf{
			bin("GET /echo?.kl=Y HTTP/1.1\r\nSec-WebSocket-Protocol: x-kaazing-bump, mqtt\r\n\r\n"),
		}, func(t *testing.T, r *Request) {
			require.Equal(t, []string{"amqp", "mqtt"}, r.Subprotocols)
		}},
		"A2.3 union of both lists": {[]pf{bin("GET /echo?.kl=Y HTTP/1.1\r\nSec-WebSocket-Protocol: " +
			"x-kaazing-handshake, mqtt, amqp\r\n\r\n")}, func(t *testing.T, r *Request) {
			require.Equal(t, []string{"amqp", "mqtt"}, r.Subprotocols)
		}},
		"A19 other Host and Origin": {[]pf{bin("GET /echo?.kl=Y HTTP/1.1\r\nHost: other\r\n" +
			"Origin: http://evil.example\r\nConnection: keep-alive\r\nUser-Agent: x\r\n\r\n")},
			func(t *testing.T, r *Request) {
				require.Equal(t, "one.example:8001", r.Host)
				require.Equal(t, "privileged://one.example:8001", r.Origin)
			}},
		"A15 several messages": {[]pf{bin("GET /echo?.k"), {Op: opB, More: true, P: "l=Y HTT"},
			{Op: opC, P: "P/1.1\r\n"}, bin(""), text("A: b\r\n\r\n")},
			func(t *testing.T, r *Request) { require.Len(t, r.Header, 1) }},
		"A4.1 unknown extension": {[]pf{bin("GET /echo?.kl=Y HTTP/1.1\r\n" +
			"Sec-WebSocket-Extensions: x-kaazing-http-revalidate,x-other;a=b\r\n\r\n")},
			func(t *testing.T, r *Request) { require.Len(t, r.Extensions, 2) }},
		"A2.6 a Ping between": {[]pf{{Op: opI, P: "?"}, bin(kaazingRequest)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			conn := openKaazing(t, url, "/echo?.kl=Y", "")
			conn.send(c.frames...)
			f := <-conn.got
			for f.Header.OpCode == opO {
				f = <-conn.got
			}
			require.True(t, strings.HasPrefix(string(f.Payload), "HTTP/1.1 101 "), "%s", f.Payload)
			r := <-seen
			if c.want != nil {
				c.want(t, r)
			}
		})
	}
}

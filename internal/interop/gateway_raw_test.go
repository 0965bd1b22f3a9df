package interop

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// raw is a conversation that khp would not have with a gateway. It shows the behaviour of the
// gateway itself.
type raw struct {
	path  string   // of the URL, with its query
	field string   // of the opening request
	send  []string // text messages; "" is an empty one
	// after the opening response: messages, without irrelevant fields, and at last Close or, after a
	// Ping, Pong
	want []string
}

const marked, n = "?.kl=Y", "\uf0ffN"

// html is the body of the gateway's refusals.
func html(status string) string {
	return "<html><head></head><body><h1>" + status + "</h1></body></html>"
}

var rawCases = []gatewayCase{
	facts("other path",
		raw{path: "/echo" + marked, send: []string{"GET /other HTTP/1.1\r\n\r\n"}, want: []string{n,
			"HTTP/1.1 400 Bad Request\r\n\r\n", "", "close 1000"}}),
	facts("fields of an upgrade",
		raw{path: "/echo" + marked, send: []string{"GET /echo HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"},
			want: []string{n, "HTTP/1.1 400 Bad Request\r\n\r\n", "", "close 1000"}},
		raw{path: "/echo" + marked, send: []string{"GET /echo HTTP/1.1\r\nContent-Length: 0\r\n\r\n"},
			want: []string{n, "HTTP/1.1 400 Bad Request\r\n\r\n", "", "close 1000"}}),
	facts("other methods",
		raw{path: "/echo" + marked, send: []string{"POST /echo HTTP/1.1\r\n\r\n"}, want: []string{n,
			"HTTP/1.1 405 Method Not Allowed\r\n\r\n" + html("405 Method Not Allowed"), "", "pong"}},
		raw{path: "/echo" + marked, send: []string{"GOT /echo HTTP/1.1\r\n\r\n"}, want: []string{n,
			"HTTP/1.1 501 Not Implemented\r\n\r\n" + html("501 Not Implemented"), "", "close 1000"}}),
	facts("garbage",
		raw{path: "/echo" + marked, send: []string{"Hello"}, want: []string{n, "pong"}},
		raw{path: "/echo" + marked, send: []string{"zzz"}, want: []string{n, "close 1000"}}),
	facts("request in pieces",
		raw{path: "/echo" + marked, send: []string{"GET /echo HT", "", "TP/1.1\r\n", "\r\n"},
			want: []string{n, "HTTP/1.1 101 Web Socket Protocol Handshake\r\n\r\n", "", n, "pong"}}),
	facts("extension asked for twice",
		raw{path: "/echo" + marked, field: "Sec-WebSocket-Extensions: x-kaazing-ping-pong\r\n",
			send: []string{"GET /echo HTTP/1.1\r\nSec-WebSocket-Extensions: x-kaazing-ping-pong\r\n\r\n"},
			want: []string{n, "HTTP/1.1 101 Web Socket Protocol Handshake\r\n" +
				"Sec-WebSocket-Extensions: x-kaazing-ping-pong; 01010102\r\n\r\n", "", n, "pong"}}),
	facts("balancer without the marker",
		raw{path: "/balanced", send: []string{"GET /balanced HTTP/1.1\r\n\r\n"}, want: []string{n,
			"HTTP/1.1 302 Found\r\nlocation: http://HOST/one\r\n\r\n"}},
		raw{path: "/nobody", send: []string{"GET /nobody HTTP/1.1\r\n\r\n"}, want: []string{n,
			"HTTP/1.1 400 WebSocket Upgrade Failure\r\n\r\n" + html("400 WebSocket Upgrade Failure")}}),
	facts("HTTP/1.0",
		raw{path: "/echo" + marked, send: []string{"GET /echo HTTP/1.0\r\n\r\n"}, want: []string{n,
			"HTTP/1.0 101 Web Socket Protocol Handshake\r\n\r\n", "close 1000"}}),
}

func facts(name string, list ...raw) gatewayCase {
	return gatewayCase{name, func(t *testing.T, g gateway) {
		for _, r := range list {
			r.run(t, g)
		}
	}}
}

func (r raw) run(t *testing.T, g gateway) {
	t.Helper()
	host := strings.TrimPrefix(g.ws, "ws://")
	conn, err := net.Dial("tcp", host)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n%s\r\n",
		r.path, host, r.field)
	require.NoError(t, err)
	from := bufio.NewReader(conn)
	answer, err := http.ReadResponse(from, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, answer.StatusCode)
	for i, want := range r.want {
		if i == 1 { // after the first N
			for _, text := range r.send {
				require.NoError(t, ws.WriteFrame(conn, ws.MaskFrame(ws.NewTextFrame([]byte(text)))))
			}
		}
		if want == "pong" {
			require.NoError(t, ws.WriteFrame(conn, ws.MaskFrame(ws.NewPingFrame(nil))))
		}
		require.Equal(t, want, strings.ReplaceAll(received(t, from), host, "HOST"), "%v, answer %d", r, i)
	}
}

// received reads one frame: a message, which the gateway sends as one binary frame, or a control
// frame.
func received(t *testing.T, from *bufio.Reader) string {
	t.Helper()
	h, err := ws.ReadHeader(from)
	require.NoError(t, err)
	require.LessOrEqual(t, h.Length, int64(1000))
	payload := make([]byte, h.Length)
	_, err = io.ReadFull(from, payload)
	require.NoError(t, err)
	switch h.OpCode {
	case ws.OpClose:
		code, _ := ws.ParseCloseFrameData(payload)
		return fmt.Sprint("close ", code)
	case ws.OpPong:
		return "pong"
	}
	require.Equal(t, ws.OpBinary, h.OpCode)
	require.True(t, h.Fin)
	return dull.ReplaceAllString(string(payload), "")
}

// dull are the fields that every response has, or that change each time.
var dull = regexp.MustCompile(
	"(Connection|Content-Length|Content-Type|Date|Sec-WebSocket-Accept|Server|Upgrade): .*\r\n")

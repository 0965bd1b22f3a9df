package endpoint

import (
	"net/http"
	"testing"
	"time"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

const parsedOpening = "GET http://h:8080/p?q HTTP/1.1\r\nHost: h:8080\r\nUpgrade: websocket\r\n" +
	"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a , x-kaazing-handshake\r\n" +
	"Sec-WebSocket-Protocol: b,, c\r\nSec-WebSocket-Extensions: e; x=\"12\", f\r\nCookie: s3cr3t\r\n" +
	"Origin: http://h:8080\r\n\r\n"

// A request that net/http, or package wire, has parsed becomes the opening request that the
// endpoint itself makes of its bytes.
func TestOpeningFrom(t *testing.T) {
	s := NewServer(ServerConfig{})
	used, outs := s.OpeningReceived(time.Unix(1, 0), []byte(parsedOpening))
	require.Contains(t, string(outs[0].Data), " 101 ")
	require.Len(t, parsedOpening, used)
	want := *s.OpeningRequest()
	require.Equal(t, []string{"a", Subprotocol, "b", "c"}, want.Subprotocols)

	var r wire.Request
	b := []byte(parsedOpening)
	_, err := r.ParseOpening(b, wire.DefaultLimits())
	require.NoError(t, err)
	got := OpeningFromRequest(&r)
	for i := range b {
		b[i] = 'X' // nothing of r is kept
	}
	want.Origin = "" // Opened finds it in the fields, where two of them are refused
	require.Equal(t, want, got)

	header := http.Header{
		"Sec-WebSocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Cookie": {"s3cr3t"},
		"Origin":                   {"http://h:8080"},
		"Sec-Websocket-Protocol":   {"a , x-kaazing-handshake", "b,, c"},
		"Sec-Websocket-Extensions": {`e; x="12", f`},
	}
	got = OpeningFromHTTP("http://h:8080/p?q", "h:8080", header)
	got.Opening, want.Opening = nil, nil
	require.Equal(t, want, got)

	header["host"] = []string{"h:8080"} // a library that leaves it there
	require.Len(t, OpeningFromHTTP("/", "h:8080", header).Opening, 7)
	header["host"] = []string{"evil"}
	s = NewServer(ServerConfig{})
	outs = s.Opened(time.Unix(1, 0), OpeningFromHTTP("/", "h:8080", header), nil)
	require.Equal(t, SendClose, outs[0].Kind, "two hosts are refused")
}

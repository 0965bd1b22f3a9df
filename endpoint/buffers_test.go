package endpoint

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"weak"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Arguments are the endpoint's until the outputs of the call are carried out: changes by the host
// afterwards have no effect.
func TestBuffers(t *testing.T) {
	s := NewServer(ServerConfig{})
	o := OpeningRequest{Target: "/p", Host: "h", Key: "AAAAAAAAAAAAAAAAAAAAAA==",
		Subprotocols: []string{Subprotocol}, Extensions: []string{"x-a"},
		Opening: []HeaderField{{"Cookie", "a"}}}
	granted := []string{"x-a"}
	s.Opened(t0, o, granted)
	clear(granted) // the slices of o are kept
	message := []byte("GET /p HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Extensions: x-b, x-c\r\n" +
		"Cookie: b\r\n\r\n")
	outs := s.Message(t0, wire.Binary, message)
	require.Equal(t, AskDecision, outs[0].Kind)
	clear(message)
	r := s.Request()
	require.Equal(t, []string{Subprotocol}, r.OpeningRequest.Subprotocols)
	require.Equal(t, []string{"x-a"}, r.OpeningRequest.Extensions)
	require.Equal(t, "a", r.Opening[0].Value)
	require.Equal(t, "b", fieldValue(r.Header, "Cookie"))
	d := Decision{Extensions: []string{"x-b"}, Header: []HeaderField{{"X", "y"}}}
	_, err := s.Decide(t0, d)
	require.NoError(t, err)
	clear(d.Header) // Extensions is kept
	require.Equal(t, []string{"x-b"}, s.Result().Extensions)

	c, err := NewClient("ws://h/p", ClientConfig{})
	require.NoError(t, err)
	c.Connect(t0)
	c.Connected(t0, [16]byte{})
	fields, body := []HeaderField{{"Content-Type", "text/plain"}}, []byte("closed for today")
	outs = c.OpeningRefused(t0, 503, fields, body)
	var failed *HandshakeError
	for _, o := range outs {
		if o.Kind == Fail {
			require.ErrorAs(t, o.Err, &failed)
		}
	}
	require.NotNil(t, failed)
	clear(fields)
	clear(body)
	require.Equal(t, "closed for today", string(failed.Body))
	c, err = NewClient("ws://h/p", ClientConfig{HasCredentials: true})
	require.NoError(t, err)
	c.Connect(t0)
	c.Connected(t0, [16]byte{})
	asks := []byte(response(401, `WWW-Authenticate: Basic realm="r"`, "Content-Length: 0"))
	c.OpeningReceived(t0, asks)
	clear(asks)
	require.Equal(t, "Basic", string(c.Challenges()[0].Scheme))
	require.Equal(t, "text/plain", failed.Field("Content-Type"))

	c, err = NewClient("ws://h/p", ClientConfig{Extensions: []string{"x-b"}})
	require.NoError(t, err)
	c.Connect(t0)
	c.Connected(t0, [16]byte{})
	accepted := []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Accept: " + zeroAccept +
		"\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
	used, _ := c.OpeningReceived(t0, accepted)
	require.Len(t, accepted, used)
	clear(accepted)
	response := []byte("HTTP/1.1 101 Switching Protocols\r\n" +
		"Sec-WebSocket-Extensions: x-b\r\nX: y\r\n\r\n")
	for i := range response { // in pieces that are overwritten at once
		piece := []byte{response[i]}
		c.Message(t0, wire.Binary, piece)
		clear(piece)
	}
	c.Message(t0, wire.Binary, nil)
	require.Equal(t, fsm.ClientOpen, c.Phase())
	require.Equal(t, []string{"x-b"}, c.Result().Extensions)
	require.Equal(t, "y", fieldValue(c.Result().Header, "X"))
}

// A server that is used again keeps no more memory than it says, whatever the connection before it
// sent and was sent.
func TestServer_Reset_KeepsLittle(t *testing.T) {
	long := strings.Repeat("x", 2*mostKept)
	for name, s := range map[string]*served{
		"a large request": listening(t, "/p", ServerConfig{}).
			message(request("Content-Length: "+itoa(len(long))) + long),
		"a large response": listening(t, "/p", ServerConfig{}).deciding().
			decide(Decision{Status: 403, Body: []byte(long)}),
		"nothing": newServed(t, ServerConfig{}),
	} {
		s.s.Reset(ServerConfig{})
		require.LessOrEqual(t, cap(s.s.buf)+cap(s.s.pending), mostKept, name)
		require.NotZero(t, cap(s.s.buf), name)
		require.NotZero(t, cap(s.s.pending), name)
		require.NotZero(t, cap(s.s.parsed.Fields), name)
	}
}

// An endpoint holds the data of the last call's outputs until the next call, and no longer: an
// application message, or the body of a decision, may be large, and a connection live long.
func TestEndpoints_KeepNoMessage(t *testing.T) {
	client := asking(t, ClientConfig{}).unit(switching()).wantOpen("").c
	server := listening(t, "/p", ServerConfig{}).deciding()
	gone := map[string]weak.Pointer[byte]{
		"message to a client": large(func(p []byte) { client.Message(t0, wire.Binary, p) }),
		"decision": large(func(p []byte) {
			server.decide(Decision{Status: 201, Location: "/p", Body: p})
		}),
	}
	server.s.Expire(t0)
	gone["message to a server"] = large(func(p []byte) { server.s.Message(t0, wire.Binary, p) })
	client.Expire(t0)
	server.s.Expire(t0)
	runtime.GC()
	for name, p := range gone {
		require.Nil(t, p.Value(), "the %s is kept", name)
	}
	require.True(t, client.Phase().Open() && server.s.Phase().Open())
}

// large calls do with a slice that nothing else holds.
func large(do func(p []byte)) weak.Pointer[byte] {
	p := make([]byte, 1<<16)
	do(p)
	return weak.Make(&p[0])
}

// The copies of all fields are made in memory that is taken at once, whether their names are long
// or their values.
func TestOpeningFromRequest_Allocations(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 1000)
	allocs := func(f wire.Field) float64 {
		r := &wire.Request{Target: []byte("/p"), Fields: wire.Fields{f, f, f}}
		return testing.AllocsPerRun(100, func() { OpeningFromRequest(r) })
	}
	require.Equal(t, allocs(wire.Field{Name: long, Value: []byte("y")}),
		allocs(wire.Field{Name: []byte("y"), Value: long}))
}

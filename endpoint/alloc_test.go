package endpoint

import (
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

var (
	benchClient = ClientConfig{Subprotocols: []string{"amqp"}, Extensions: []string{"x-a;n=1"}}
	benchOpened = []byte(switching("Sec-WebSocket-Protocol: " + Subprotocol))
	benchReply  = []byte(switching("Sec-WebSocket-Protocol: amqp",
		"Sec-WebSocket-Extensions: x-a;n=2"))
	benchOpen = []byte("GET /p HTTP/1.1\r\n" + openingFields +
		"Sec-WebSocket-Protocol: x-kaazing-handshake, amqp\r\n\r\n")
	benchAsk = []byte("GET /p HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Protocol: amqp\r\n" +
		"Sec-WebSocket-Extensions: x-a;n=1\r\n\r\n")
	benchAnswer = Decision{Subprotocol: "amqp", Extensions: []string{"x-a;n=2"}}
)

func clientHandshake() *Client {
	c, _ := NewClient("ws://h/p", benchClient)
	c.Connect(t0)
	c.Connected(t0, [16]byte{})
	c.OpeningReceived(t0, benchOpened)
	c.Message(t0, wire.Binary, benchReply)
	c.Message(t0, wire.Binary, nil)
	return c
}

func serverHandshake() *Server {
	s := NewServer(ServerConfig{})
	shakeAgain(s)
	return s
}

func shakeAgain(s *Server) {
	s.Reset(ServerConfig{})
	s.OpeningReceived(t0, benchOpen)
	s.Message(t0, wire.Binary, benchAsk)
	_, _ = s.Decide(t0, benchAnswer)
}

// A handshake allocates the endpoint itself, its working memory, and the kept values: a list and
// one string for all of them.
func TestHandshake_Allocations(t *testing.T) {
	const most = 4
	require.True(t, clientHandshake().Phase().Open())
	require.True(t, serverHandshake().Phase().Open())
	client := testing.AllocsPerRun(100, func() { clientHandshake() })
	require.LessOrEqual(t, client, float64(most), "client")
	server := testing.AllocsPerRun(100, func() { serverHandshake() })
	require.LessOrEqual(t, server, float64(most), "server")
	s := NewServer(ServerConfig{})
	again := testing.AllocsPerRun(100, func() { shakeAgain(s) })
	require.LessOrEqual(t, again, float64(most-2), "a server that is used again has its memory")
	t.Logf("client %v, server %v, again %v", client, server, again)
}

func BenchmarkHandshake(b *testing.B) {
	b.Run("client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			clientHandshake()
		}
	})
	b.Run("server", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			serverHandshake()
		}
	})
}

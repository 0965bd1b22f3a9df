package endpoint

import (
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

var (
	benchClient = ClientConfig{Protocols: []string{"amqp"}, Extensions: []string{"x-a;n=1"}}
	benchOpened = []byte(switching("Sec-WebSocket-Protocol: " + Protocol))
	benchReply  = []byte(switching("Sec-WebSocket-Protocol: amqp", "Sec-WebSocket-Extensions: x-a;n=2"))
	benchOpen   = []byte("GET /p HTTP/1.1\r\n" + openingFields + "Sec-WebSocket-Protocol: x-kaazing-handshake, amqp\r\n\r\n")
	benchAsk    = []byte("GET /p HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Protocol: amqp\r\nSec-WebSocket-Extensions: x-a;n=1\r\n\r\n")
	benchAnswer = Decision{Protocol: "amqp", Extensions: []string{"x-a;n=2"}}
)

func clientHandshake() *Client {
	c, _ := NewClient("ws://h/p", benchClient)
	c.Connect()
	c.Connected([16]byte{})
	c.OpeningReceived(benchOpened)
	c.Message(wire.Binary, benchReply)
	c.Message(wire.Binary, nil)
	return c
}

func serverHandshake() *Server {
	s := NewServer(ServerConfig{})
	s.OpeningReceived(benchOpen)
	s.Message(wire.Binary, benchAsk)
	_, _ = s.Decide(benchAnswer)
	return s
}

// Each handshake allocates three times beyond what the caller keeps.
func TestHandshake_Allocations(t *testing.T) {
	const (
		endpoint = 3 // itself, its outputs, its buffer
		fields   = 2 // a list and one string for all of a head
		list     = 2 // one element and its text
		passing  = 3 // the parsed fields, the message, an extension while it is checked
	)
	require.True(t, clientHandshake().Phase().Open())
	require.True(t, serverHandshake().Phase().Open())
	const urls = 1
	client := testing.AllocsPerRun(100, func() { clientHandshake() })
	require.LessOrEqual(t, client, float64(endpoint+urls+fields+list+passing), "client")
	const target, offered = 1, 2
	server := testing.AllocsPerRun(100, func() { serverHandshake() })
	require.LessOrEqual(t, server, float64(endpoint+target+fields+offered+fields+2*list+passing), "server")
	t.Logf("client %v, server %v", client, server)
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

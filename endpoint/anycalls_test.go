package endpoint

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/anycall"
	"pgregory.net/rapid"
)

var functions = map[string]any{"CheckOpeningField": CheckOpeningField, "NewClient": NewClient,
	"NewServer": NewServer, "OpeningFromHTTP": OpeningFromHTTP,
	"OpeningFromRequest": OpeningFromRequest, "Redirect": Redirect, "Refuse": Refuse,
	"SameOrigin": SameOrigin}

// clientTexts and serverTexts lead through a handshake.
func clientTexts() []string {
	opened := "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		zeroAccept + "\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"
	return append([]string{
		opened, opened, "HTTP/1.1 200 x\r\nContent-Length: 50\r\n\r\nbegin",
		"HTTP/1.0 401 x\r\nWWW-Authenticate: Basic\r\n\r\n",
		"HTTP/1.1 302 x\r\nTransfer-Encoding: chunked\r\nLocation: /q\r\n\r\n4\r\nabcd\r\n",
		"ws://h/p", "wss://h2:81/q?x", Subprotocol, "amqp", "x-a;n=1", "Basic am9lOndlbGNvbWU=",
		zeroAccept, proceed, reroute + "ws://h2/r",
	}, responses...)
}

func serverTexts() []string {
	opening := "GET /p HTTP/1.1\r\n" + openingFields +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"
	return []string{
		opening, opening, opening, strings.Replace(opening, "/p", "/p?.kl=Y", 1), "HTTP", request(),
		request(), request("Expect: 100-continue", "Content-Length: 4"), "body",
		"ws://h/p", Subprotocol, "amqp", "x-a;n=1", `Basic realm="r"`,
	}
}

// times are within an hour of each other, and no time at all now and then.
func times(t *rapid.T, typ reflect.Type) (v reflect.Value, ok bool) {
	if typ != reflect.TypeFor[time.Time]() {
		return v, false
	}
	at := t0.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "seconds")) * time.Second)
	if rapid.IntRange(0, 20).Draw(t, "no time") == 0 {
		at = time.Time{}
	}
	return reflect.ValueOf(at), true
}

// Whatever is called in whatever order with whatever arguments: nothing panics.
func TestAnyCalls(t *testing.T) {
	anycall.Complete(t, ".", functions)
	any := func(t *rapid.T, first any, texts []string) {
		c := anycall.Caller{Texts: texts, Values: times}
		c.Run(t, []any{first, &Client{}, &Server{}, &Request{}, &OpeningRequest{}, &Timeouts{}},
			functions, 100)
	}
	t.Run("client", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			client, err := NewClient("ws://h/p", rapidConfig(t))
			if err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "begun") {
				client.Connect(t0)
				client.Connected(t0, [16]byte{})
			}
			any(t, client, clientTexts())
		})
	})
	t.Run("server", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			server := NewServer(ServerConfig{})
			if rapid.Bool().Draw(t, "begun") {
				server.OpeningReceived(t0, []byte(serverTexts()[0]))
			}
			any(t, server, serverTexts())
		})
	})
}

// A head that is shorter than at the call before is another one, on both sides. An answer whose
// head is complete is no exception.
func TestOpeningReceived_Shrinks(t *testing.T) {
	good := []byte("GET /p HTTP/1.1\r\n" + openingFields +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
	for _, before := range []string{"!", "G", "GET /p HTTP/1.1\r\nHost: h\r\nX: "} {
		for _, then := range [][]byte{nil, {}, []byte("G")} {
			s := NewServer(ServerConfig{})
			s.OpeningReceived(t0, []byte(before))
			s.OpeningReceived(t0, then)
			s.OpeningReceived(t0, good)
			if before != "!" && s.Phase() != fsm.ServerAwaitRequest {
				t.Errorf("%q, then %q, then a whole request: %v", before, then, s.Phase())
			}
			for _, before := range []string{before, "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"} {
				r := dialed(t, "ws://h/p", ClientConfig{})
				r.c.OpeningReceived(t0, []byte(before))
				r.c.OpeningReceived(t0, then)
				r.c.Lost(t0, "lost")
			}
		}
	}
}

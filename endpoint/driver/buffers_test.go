package driver_test

import (
	"bytes"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// buffer returns bytes that are the driver's for one call: done overwrites all of them.
func buffer() (take func(s string) []byte, done func()) {
	var all [][]byte
	take = func(s string) []byte {
		b := []byte(s)
		all = append(all, b)
		return b
	}
	return take, func() {
		for _, b := range all {
			copy(b, bytes.Repeat([]byte("X"), len(b)))
		}
		all = nil
	}
}

// Slices are the driver's during the call only, whether it is made inside of an order or not:
// changes by the host afterwards have no effect.
func TestBuffers(t *testing.T) {
	for name, inside := range map[string]bool{"inside an order": true, "between calls": false} {
		t.Run(name, func(t *testing.T) {
			take, done := buffer()
			// call makes a call, from inside of the next order of that kind if the test says so
			call := func(h *host, kind string, f func()) func() {
				whole := func() { f(); done() }
				if inside {
					h.on[kind] = whole
					return func() {}
				}
				return whole
			}

			h, s := serving(t)
			for _, piece := range []string{opening[:20], opening[20:50]} {
				s.Received(t0, take(piece))
				done()
			}
			then := call(h, "upgraded", func() {
				s.Ping(t0, take("ping"))
				s.Message(t0, wire.Binary, take("GET /p HTTP/1.1\r\nX: value\r\n\r\n"))
			})
			s.Received(t0, take(opening[50:]))
			done()
			then()
			require.Contains(t, h.take(), "pong ping")
			require.Len(t, h.questions, 1)
			r := h.questions[0].Request()
			require.Equal(t, []endpoint.HeaderField{{Name: "X", Value: "value"}}, r.Header)

			body := "not today"
			answer := func() {
				h.questions[0].Decide(t0, endpoint.Decision{Status: 403, Body: take(body),
					Header: []endpoint.HeaderField{{Name: "A", Value: "b"}}})
			}
			if inside { // a Ping's answer is an order
				h.on["pong"] = func() { answer(); done() }
				s.Ping(t0, take("again"))
			} else {
				answer()
			}
			done()
			require.Contains(t, string(h.sent[len(h.sent)-2]), body)

			h, s = answering(t)
			then = call(h, "pong", func() { require.True(t, s.Send(t0, wire.Text, take("for the client"))) })
			s.Ping(t0, take("p"))
			done()
			then()
			require.Contains(t, h.take(), "message for the client")
			then = call(h, "pong", func() { s.Message(t0, wire.Text, take("for the application")) })
			s.Ping(t0, take("p"))
			done()
			then()
			require.Contains(t, h.take(), "receive text for the application")
		})
	}
}

// A request that the host has parsed, and its library's results of the opening handshake, are the
// driver's during the call only, too.
func TestBuffers_Parsed(t *testing.T) {
	// from inside of an order that is the first one
	first := func(h *host, s *driver.Server, f func()) {
		h.on["pong"] = f
		s.Begin(t0, []endpoint.Output{{Kind: endpoint.SendPong}})
	}
	h, s := serving(t)
	b := []byte(opening)
	var r wire.Request
	_, err := r.ParseOpening(b, wire.DefaultLimits())
	require.NoError(t, err)
	first(h, s, func() {
		s.Opening(t0, &r)
		clear(b)
		clear(r.Fields)
		r = wire.Request{}
	})
	require.Contains(t, h.take(), "bytes HTTP/1.1 101 Switching Protocols")
	require.Equal(t, "/p", s.Endpoint().OpeningRequest().Target)

	h, s = serving(t)
	o := endpoint.OpeningFromHTTP("/p", "h",
		map[string][]string{"Sec-WebSocket-Protocol": {endpoint.Subprotocol}, "Cookie": {"a"}})
	granted := []string{"x-a"}
	first(h, s, func() {
		s.Opened(t0, o, granted)
		clear(granted) // the slices of o are kept
	})
	s.Message(t0, wire.Binary, []byte("GET /p HTTP/1.1\r\nSec-WebSocket-Extensions: x-a\r\n\r\n"))
	require.Empty(t, h.questions, "x-a was granted before")
	require.Equal(t, []string{endpoint.Subprotocol}, s.Endpoint().OpeningRequest().Subprotocols)
	require.Equal(t, "a", s.Endpoint().OpeningRequest().Opening[1].Value)

	h, c := calling(t, endpoint.ClientConfig{})
	conn := h.conns[0]
	fields, body := []endpoint.HeaderField{{Name: "Content-Type", Value: "text/plain"}},
		[]byte("closed for today")
	h.on["disconnect"] = func() {}
	inside := wires{h, "a"}
	refused := &refusing{wires: inside, refuse: func() {
		conn.OpeningRefused(t0, 503, fields, body)
		clear(fields)
		clear(body)
	}}
	conn.Connected(t0, refused, [16]byte{})
	require.Equal(t, fsm.ClientFailed, c.Endpoint().Phase())
	require.Equal(t, "closed for today", string(failure(t, h).Body))
	require.Equal(t, "text/plain", failure(t, h).Field("Content-Type"))
}

// refusing tells the outcome of the opening handshake from inside of the order to send it.
type refusing struct {
	wires
	refuse func()
}

func (r *refusing) SendBytes(p []byte) error {
	defer r.refuse()
	return r.wires.SendBytes(p)
}

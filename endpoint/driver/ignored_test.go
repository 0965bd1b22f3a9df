package driver_test

import (
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// onConnection are the calls of a connection of either side.
type onConnection interface {
	Received(now time.Time, p []byte)
	Message(now time.Time, k wire.MessageType, p []byte)
	Ping(now time.Time, p []byte)
	PeerClosed(now time.Time, code uint16, reason string)
	Violation(now time.Time, f fsm.Failure, detail string)
}

// heard are the calls that a connection ignores where the peer is not heard.
func heard(c onConnection) map[string]func() {
	return map[string]func(){
		"Received":   func() { c.Received(t0, []byte(opened)) },
		"Message":    func() { c.Message(t0, wire.Binary, []byte(request)) },
		"Ping":       func() { c.Ping(t0, []byte("p")) },
		"PeerClosed": func() { c.PeerClosed(t0, 1000, "") },
		"Violation":  func() { c.Violation(t0, fsm.FailureFrame, "bad") },
	}
}

// ofClient adds the calls that only connections of clients have and that report how the connection
// began.
func ofClient(c *driver.Conn) map[string]func() {
	calls := map[string]func(){
		"Failed":         func() { c.Failed(t0, "refused") },
		"Opened":         func() { c.Opened(t0, endpoint.Subprotocol, nil, accept) },
		"OpeningRefused": func() { c.OpeningRefused(t0, 403, nil, nil) },
	}
	return calls
}

// A call that comes too late, or too early, orders nothing and is no misuse of the endpoint.
func TestConn_IgnoresWhatIsNotForIt(t *testing.T) {
	for name, v := range map[string]struct {
		to   func() (*host, *driver.Client, *driver.Conn)
		call []string
	}{
		"dialing": {func() (*host, *driver.Client, *driver.Conn) {
			h, c := calling(t, endpoint.ClientConfig{})
			return h, c, h.conns[0]
		}, []string{"Received", "Opened", "OpeningRefused", "Lost"}},
		"lost before it opened": {func() (*host, *driver.Client, *driver.Conn) {
			h, c := calling(t, endpoint.ClientConfig{})
			h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
			h.conns[0].Lost(t0, "cut")
			return h, c, h.conns[0]
		}, []string{"Received", "Opened", "OpeningRefused", "Failed", "Lost"}},
		"opened": {func() (*host, *driver.Client, *driver.Conn) {
			return asking(t, endpoint.ClientConfig{})
		}, []string{"Received", "Failed", "Opened", "OpeningRefused"}},
		"opened by a layer": {func() (*host, *driver.Client, *driver.Conn) {
			h, c := calling(t, endpoint.ClientConfig{})
			h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
			h.conns[0].Opened(t0, endpoint.Subprotocol, nil, accept)
			return h, c, h.conns[0]
		}, []string{"Received", "Failed", "Opened", "OpeningRefused"}},
		"closed by the peer": {func() (*host, *driver.Client, *driver.Conn) {
			h, c, conn := asking(t, endpoint.ClientConfig{})
			conn.PeerClosed(t0, 1001, "")
			return h, c, conn
		}, []string{"Received", "Message", "Ping", "PeerClosed", "Violation", "Failed", "Opened",
			"OpeningRefused"}},
		"over": {func() (*host, *driver.Client, *driver.Conn) {
			h, c, conn := asking(t, endpoint.ClientConfig{})
			conn.Lost(t0, "cut")
			require.True(t, h.over)
			return h, c, conn
		}, []string{"Received", "Message", "Ping", "PeerClosed", "Violation", "Failed", "Opened",
			"OpeningRefused", "Lost",
			"Close", "GiveUp", "Expire", "Send"}},
	} {
		for _, call := range v.call {
			h, c, conn := v.to()
			h.take()
			calls := heard(conn)
			for name, f := range ofClient(conn) {
				calls[name] = f
			}
			calls["Lost"] = func() { conn.Lost(t0, "cut") }
			calls["Close"] = func() { c.Close(t0, 1000, "") }
			calls["GiveUp"] = func() { c.GiveUp(t0, 1000, "") }
			calls["Expire"] = func() { c.Expire(t0) }
			calls["Send"] = func() { require.False(t, c.Send(t0, wire.Text, nil)) }
			calls[call]()
			require.Empty(t, h.take(), "%s when %s", call, name)
			require.NoError(t, c.Endpoint().Misuse(), "%s when %s", call, name)
		}
	}
	for _, call := range []string{"Received", "Message", "Ping", "PeerClosed", "Violation"} {
		h, s := answering(t)
		s.PeerClosed(t0, 1000, "")
		h.take()
		heard(s)[call]()
		require.Empty(t, h.take(), call)
		require.NoError(t, s.Endpoint().Misuse(), call)
	}
}

// A layer that has opened the connection reports the events of that connection.
func TestConn_OpenedByALayer(t *testing.T) {
	h, _ := calling(t, endpoint.ClientConfig{})
	h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
	h.conns[0].Opened(t0, endpoint.Subprotocol, nil, accept)
	unit(h.conns[0], accepted)
	require.Contains(t, h.take(), "open 101")
}

// After its Close the peer is not heard, also while that is being answered.
func TestConn_NotHeardInsideOfTheAnswerToClose(t *testing.T) {
	for name := range heard(nil) {
		h, s := answering(t)
		h.on["close"] = heard(s)[name]
		s.PeerClosed(t0, 1000, "")
		require.Equal(t, []string{"close 1000", "flush"}, h.take()[:2], name)
		require.NoError(t, s.Endpoint().Misuse(), name)
		hc, c, conn := asking(t, endpoint.ClientConfig{})
		unit(conn, accepted)
		hc.take()
		hc.on["close"] = heard(conn)[name]
		conn.PeerClosed(t0, 1000, "")
		require.Equal(t, []string{"close 1000 a", "flush a"}, hc.take(), name)
		require.NoError(t, c.Endpoint().Misuse(), name)
	}
}

// A call made inside of an order changes nothing there: it waits until the order is carried out.
func TestCalls_WaitInsideOfAnOrder(t *testing.T) {
	inside := []endpoint.Output{{Kind: endpoint.SendPong}}
	server := func(make func(t require.TestingT) (*host, *driver.Server), call func(h *host,
		s *driver.Server)) {
		h, s := make(t)
		called := false
		h.on["pong"] = func() {
			state := s.Endpoint().State()
			call(h, s)
			require.Equal(t, state, s.Endpoint().State())
			called = true
		}
		s.Begin(t0, inside)
		require.True(t, called)
	}
	var r wire.Request
	_, err := r.ParseOpening([]byte(opening), wire.Limits{})
	require.NoError(t, err)
	o := endpoint.OpeningRequest{Target: "/p", Host: "h", Subprotocols: []string{endpoint.Subprotocol}}
	server(serving, func(_ *host, s *driver.Server) { s.Opened(t0, o, nil) })
	server(serving, func(_ *host, s *driver.Server) { s.Opening(t0, &r) })
	server(serving, func(_ *host, s *driver.Server) { s.Received(t0, []byte(opening)) })
	server(deciding, func(h *host, _ *driver.Server) {
		h.questions[0].Decide(t0, endpoint.Decision{})
	})
	server(deciding, func(h *host, _ *driver.Server) { h.questions[0].Fail(t0) })
	server(deciding, func(_ *host, s *driver.Server) { s.Lost(t0, "cut") })
	server(deciding, func(h *host, s *driver.Server) { s.Expire(h.wake) })
	server(deciding, func(_ *host, s *driver.Server) { s.Close(t0, 1000, "") })
	server(deciding, func(_ *host, s *driver.Server) { s.GiveUp(t0, 1000, "") })
	for name := range heard(nil) {
		server(listening, func(_ *host, s *driver.Server) { heard(s)[name]() })
	}
	client := func(call func(h *host, c *driver.Client)) {
		h, c := calling(t, endpoint.ClientConfig{Body: []byte("body")})
		called := false
		c.Observe = func(*endpoint.Output) {
			if state := c.Endpoint().State(); !called {
				called = true
				call(h, c)
				require.Equal(t, state, c.Endpoint().State())
			}
		}
		h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
		require.True(t, called)
	}
	for name := range ofClient(nil) {
		client(func(h *host, _ *driver.Client) { ofClient(h.conns[0])[name]() })
	}
	client(func(_ *host, c *driver.Client) { c.Connect(t0) })
	client(func(_ *host, c *driver.Client) { c.BodyWritten(t0) })
	client(func(h *host, _ *driver.Client) { h.conns[0].Lost(t0, "cut") })
}

// shouting makes a call when a decision of its is refused.
type shouting struct {
	*host
	then func()
}

func (s shouting) Dropped(err error) {
	s.host.Dropped(err)
	s.then()
}

// Calls that the host makes when its decision is refused come after the 500.
func TestQuestion_RefusedDecision(t *testing.T) {
	h := newHost(t)
	var s *driver.Server
	s = driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), wires{h, ""},
		shouting{h, func() { s.Ping(t0, []byte("early")) }})
	s.Received(t0, []byte(opening))
	s.Message(t0, wire.Binary, []byte(request))
	h.take()
	h.questions[0].Decide(t0, endpoint.Decision{Status: 401})
	require.Len(t, h.dropped, 1)
	require.Equal(t, "message HTTP/1.1 500 Internal Server Error", h.take()[0])
}

// The slices of a decision are the driver's during the call only, whichever they are and where it
// is made.
func TestQuestion_KeepsNoSlice(t *testing.T) {
	decide := func(request string, d endpoint.Decision, want ...string) {
		h, s := listening(t)
		s.Message(t0, wire.Binary, []byte(request))
		h.on["pong"] = func() {
			h.questions[0].Decide(t0, d)
			clear(d.Header)
			clear(d.Extensions)
			clear(d.Challenges)
			clear(d.Body)
		}
		s.Ping(t0, []byte("p"))
		require.NotEmpty(t, h.sent)
		for _, w := range want {
			require.Contains(t, string(h.sent[0]), w)
		}
	}
	decide(request, endpoint.Decision{Status: 401, Challenges: []string{"Basic"}, Body: []byte("why"),
		Header: []endpoint.HeaderField{{Name: "X", Value: "y"}}},
		"\r\nWWW-Authenticate: Basic\r\n", "\r\nX: y\r\n", "\r\n\r\nwhy")
	decide("GET /p HTTP/1.1\r\nSec-WebSocket-Extensions: x-a\r\n\r\n",
		endpoint.Decision{Extensions: []string{"x-a"}}, "\r\nSec-WebSocket-Extensions: x-a\r\n")
}

// The extensions that a layer reports inside of an order are the driver's during the call only.
func TestConn_OpenedKeepsNoSlice(t *testing.T) {
	h, _ := calling(t, endpoint.ClientConfig{OpeningExtensions: []string{"x-a", "x-b"}})
	granted := []string{"x-a"}
	h.on["bytes"] = func() {
		h.conns[0].Opened(t0, endpoint.Subprotocol, granted, accept)
		clear(granted)
	}
	h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
	require.Contains(t, string(h.sent[0]), "\r\nSec-WebSocket-Extensions: x-b\r\n", "x-a was granted")
}

// The first connection of a client takes no memory of its own.
func TestClient_FirstConnectionInside(t *testing.T) {
	endpoints := make([]*endpoint.Client, 2*101)
	for i := range endpoints {
		var err error
		endpoints[i], err = endpoint.NewClient("ws://h/p", endpoint.ClientConfig{})
		require.NoError(t, err)
	}
	next := func() (e *endpoint.Client) {
		e, endpoints = endpoints[0], endpoints[1:]
		return e
	}
	with := testing.AllocsPerRun(100, func() { driver.NewClient(next(), unanswered{}).Connect(t0) })
	without := testing.AllocsPerRun(100, func() { next().Connect(t0) })
	require.Equal(t, without+1, with, "the driver itself is all")
}

// unanswered is the host of a client whose dialing never ends.
type unanswered struct{ quiet }

func (unanswered) Dial(*driver.Conn, wire.URL)     {}
func (unanswered) AskCredentials(driver.Challenge) {}

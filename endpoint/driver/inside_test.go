package driver_test

import (
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A library may complete the opening handshake while the opening request is being ordered: its
// words wait until the order is carried out.
func TestClient_OpenedInsideOfAnOrder(t *testing.T) {
	for name, v := range map[string]struct {
		say  func(c *driver.Conn)
		then []string
	}{
		"opened": {func(c *driver.Conn) { c.Opened(t0, endpoint.Subprotocol, nil, accept) },
			[]string{"bytes GET /p HTTP/1.1 a", "flush a", "message GET /p HTTP/1.1 a", "flush a"}},
		"refused": {func(c *driver.Conn) { c.OpeningRefused(t0, 403, nil, nil) },
			[]string{"bytes GET /p HTTP/1.1 a", "flush a", "disconnect a", "over"}},
		"received": {func(c *driver.Conn) {
			c.Received(t0, []byte("HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n"))
		},
			[]string{"bytes GET /p HTTP/1.1 a", "flush a", "disconnect a", "over"}},
	} {
		h, c := calling(t, endpoint.ClientConfig{})
		h.on["bytes"] = func() { v.say(h.conns[0]) }
		h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
		require.Equal(t, v.then, h.take(), name)
		require.NoError(t, c.Endpoint().Misuse(), name)
	}
}

// Events that a library reports inside an order reach the endpoint unchanged: the accept value that
// it got is the one with which that of the extended response is compared.
func TestClient_AcceptToldInsideOfAnOrder(t *testing.T) {
	h, _ := calling(t, endpoint.ClientConfig{})
	h.on["bytes"] = func() { h.conns[0].Opened(t0, endpoint.Subprotocol, nil, accept) }
	h.conns[0].Connected(t0, wires{h, "a"}, [16]byte{})
	unit(h.conns[0], "HTTP/1.1 101 x\r\nSec-WebSocket-Accept: "+accept+"\r\n\r\n")
	require.Contains(t, h.take(), "open 101")
}

// Nothing is sent behind Close, and who asks inside of that order is told so.
func TestServer_SendInsideOfClose(t *testing.T) {
	h, s := answering(t)
	h.on["close"] = func() { require.False(t, s.Send(t0, wire.Text, []byte("late"))) }
	s.Close(t0, 1000, "")
	require.Equal(t, []string{"close 1000", "flush"}, h.take())
	h, s = deciding(t)
	h.on["message"] = func() { require.False(t, s.Send(t0, wire.Text, []byte("early"))) }
	h.questions[0].Decide(t0, endpoint.Decision{})
	require.Equal(t, []string{"message HTTP/1.1 101 Switching Protocols", "message", "open 101",
		"flush"}, h.take())
}

// A question is over as soon as it is answered, also while the answer is being ordered: a second
// answer from inside is dropped, whatever it says.
func TestQuestion_OverWhileAnswered(t *testing.T) {
	for name, answer := range map[string]func(driver.Question){
		"decide": func(q driver.Question) { q.Decide(t0, endpoint.Decision{Status: 403}) },
		"fail":   func(q driver.Question) { q.Fail(t0) },
	} {
		h, _ := deciding(t)
		q := h.questions[0]
		h.on["message"] = func() {
			require.True(t, q.Over(), name)
			q.Decide(t0, endpoint.Decision{})
			require.Equal(t, []error{driver.ErrLate}, h.dropped, name)
		}
		answer(q)
		require.NotContains(t, h.take(), "open 101", name)
	}
	h, _, conn := asking(t, endpoint.ClientConfig{HasCredentials: true})
	unit(conn, challenged)
	q := h.asked[0]
	h.on["message"] = func() {
		require.True(t, q.Over())
		q.None(t0, "no")
		require.Equal(t, []error{driver.ErrLate}, h.dropped)
	}
	q.Credentials(t0, "Basic x")
	unit(conn, accepted)
	require.Contains(t, h.take(), "open 101")
}

// A driver that is used for one connection after the other never takes an answer for one of
// another connection, whichever question of it that was.
func TestReset_AnswersOfEarlierConnections(t *testing.T) {
	h, s := deciding(t)
	stale := h.questions[0]
	stale.Decide(t0, endpoint.Decision{Status: 403}) // the later ones are open when s is reset
	for range 3 {
		h2 := newHost(t)
		s.Reset(endpoint.NewServer(endpoint.ServerConfig{}), wires{h2, ""}, h2)
		s.Received(t0, []byte(opening))
		s.Message(t0, wire.Binary, []byte(request))
		require.Len(t, h2.questions, 1)
		require.True(t, stale.Over())
		stale.Decide(t0, endpoint.Decision{})
		stale.Fail(t0)
		require.Equal(t, []error{driver.ErrLate, driver.ErrLate}, h2.dropped)
		require.NotContains(t, h2.log, "open 101", "let in by an answer to another client")
		require.False(t, h2.questions[0].Over())
		stale = h2.questions[0]
	}

	hc, c, conn := asking(t, endpoint.ClientConfig{HasCredentials: true})
	unit(conn, challenged)
	old := hc.asked[0]
	h2 := newHost(t)
	e, err := endpoint.NewClient("ws://h2/p", endpoint.ClientConfig{HasCredentials: true})
	require.NoError(t, err)
	c.Reset(e, h2)
	c.Connect(t0)
	h2.conns[0].Connected(t0, wires{h2, "b"}, [16]byte{})
	h2.conns[0].Received(t0, []byte(opened))
	unit(h2.conns[0], challenged)
	require.Len(t, h2.asked, 1)
	require.True(t, old.Over())
	h2.take()
	old.Credentials(t0, "Basic of another server")
	require.Equal(t, []error{driver.ErrLate}, h2.dropped)
	require.False(t, h2.asked[0].Over())
	require.Empty(t, h2.take(), "nothing is sent")
}

// A host may report the body as written inside of the order that writes it.
func TestClient_BodyWrittenInsideOfTheOrder(t *testing.T) {
	h, c := calling(t, endpoint.ClientConfig{Body: []byte("body")})
	c.ReportsBody = true
	conn := h.conns[0]
	conn.Connected(t0, wires{h, "a"}, [16]byte{})
	conn.Received(t0, []byte(opened))
	h.take()
	h.on["message"] = func() { c.BodyWritten(t0) }
	unit(conn, "HTTP/1.1 100 x\r\n\r\n")
	require.Equal(t, []string{"message body a", "flush a"}, h.take())
	require.NoError(t, c.Endpoint().Misuse())
	unit(conn, accepted)
	require.Equal(t, []string{"open 101"}, h.take())
}

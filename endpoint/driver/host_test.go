package driver_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// t0 is the time of most events in tests.
var t0 = time.Unix(1_700_000_000, 0)

// host is a host that records its orders, and those of its connections.
type host struct {
	t         require.TestingT
	log       []string
	sent      [][]byte          // messages, copied
	on        map[string]func() // is called, once, when an order of that kind is carried out
	each      func(kind string) // is called at each order; nil is not
	failing   string            // the kind of order that fails
	inside    int               // orders being carried out
	gone      map[string]bool   // connections that were disconnected
	wake      time.Time
	wakes     int
	over      bool
	err       error
	result    endpoint.Result
	questions []driver.Question
	asked     []driver.Challenge
	conns     []*driver.Conn
	dropped   []error
}

func newHost(t require.TestingT) *host {
	return &host{t: t, on: map[string]func(){}, gone: map[string]bool{}}
}

// order writes down an order and calls the function of the test for it.
func (h *host) order(kind, text string) error {
	require.Zero(h.t, h.inside, "%s is ordered while another order is carried out", kind)
	require.False(h.t, h.over, "%s after the end", kind)
	h.log = append(h.log, strings.TrimSpace(kind+" "+text))
	if h.each != nil {
		h.each(kind)
	}
	if f := h.on[kind]; f != nil {
		delete(h.on, kind)
		h.inside++
		f()
		h.inside--
	}
	if h.failing == kind {
		return errors.New("broken pipe")
	}
	return nil
}

// take returns the orders since the last call.
func (h *host) take() []string {
	log := h.log
	h.log = nil
	return log
}

func (h *host) Wake(at time.Time) {
	require.False(h.t, h.over, "no timer after the end")
	h.wake = at
	h.wakes++
}
func (h *host) Open(r endpoint.Result) { h.result = r; _ = h.order("open", fmt.Sprint(r.Status)) }
func (h *host) Receive(t wire.MessageType, p []byte) {
	_ = h.order("receive", t.String()+" "+string(p))
}
func (h *host) Dropped(err error) { h.dropped = append(h.dropped, err) }
func (h *host) Over(err error) {
	require.Zero(h.t, h.wake, "nothing is waited for at the end")
	_ = h.order("over", "")
	h.over, h.err = true, err
}
func (h *host) AskDecision(q driver.Question) {
	h.questions = append(h.questions, q)
	_ = h.order("ask", strings.TrimPrefix(fmt.Sprint(q.Again), "false"))
}
func (h *host) Dial(c *driver.Conn, u wire.URL) {
	h.conns = append(h.conns, c)
	_ = h.order("dial", u.String())
}
func (h *host) AskCredentials(q driver.Challenge) {
	h.asked = append(h.asked, q)
	_ = h.order("ask", string(q.Challenges()[0].Scheme))
}

// wires are the orders of one connection.
type wires struct {
	*host
	name string
}

func (w wires) order(kind, text string) error {
	require.False(w.t, w.gone[w.name], "%s on connection %q that was disconnected", kind, w.name)
	return w.host.order(kind, strings.TrimSpace(text+" "+w.name))
}
func (w wires) SendBytes(p []byte) error {
	line, _, _ := strings.Cut(string(p), "\r\n")
	return w.order("bytes", line)
}
func (w wires) SendMessage(t wire.MessageType, p []byte) error {
	w.sent = append(w.sent, bytes.Clone(p))
	line, _, _ := strings.Cut(string(p), "\r\n")
	return w.order("message", line)
}
func (w wires) SendPong(p []byte) error { return w.order("pong", string(p)) }
func (w wires) SendClose(code uint16, _ string) error {
	return w.order("close", fmt.Sprint(code))
}
func (w wires) Flush() error { return w.order("flush", "") }
func (w wires) Upgraded(rest []byte) {
	_ = w.order("upgraded", string(rest))
}
func (w wires) Disconnect() {
	_ = w.order("disconnect", "")
	w.gone[w.name] = true
}

const opening = "GET /p HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"

var accept = string(upgrade.AppendAccept(nil, upgrade.AppendKey(nil, [16]byte{})))

const request = "GET /p HTTP/1.1\r\n\r\n"

// opened is the answer to the opening request of a client with a nonce of zeros.
var opened = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Accept: " + accept + "\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"

// serving returns a server that was told nothing yet.
func serving(t require.TestingT) (*host, *driver.Server) {
	h := newHost(t)
	return h, driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), wires{h, ""}, h)
}

// listening returns a server that awaits the extended request.
func listening(t require.TestingT) (*host, *driver.Server) {
	h, s := serving(t)
	s.Received(t0, []byte(opening))
	require.Equal(t, []string{"upgraded", "bytes HTTP/1.1 101 Switching Protocols", "flush"}, h.take())
	return h, s
}

// deciding returns a server whose application was asked.
func deciding(t require.TestingT) (*host, *driver.Server) {
	h, s := listening(t)
	s.Message(t0, wire.Binary, []byte(request))
	require.Equal(t, []string{"ask"}, h.take())
	return h, s
}

// answering returns a server that is open.
func answering(t require.TestingT) (*host, *driver.Server) {
	h, s := deciding(t)
	h.questions[0].Decide(t0, endpoint.Decision{})
	require.Equal(t, []string{"message HTTP/1.1 101 Switching Protocols", "message", "open 101",
		"flush"}, h.take())
	return h, s
}

// calling returns a client that dials.
func calling(t require.TestingT, cfg endpoint.ClientConfig) (*host, *driver.Client) {
	h := newHost(t)
	e, err := endpoint.NewClient("ws://h/p", cfg)
	require.NoError(t, err)
	c := driver.NewClient(e, h)
	c.Connect(t0)
	require.Equal(t, []string{"dial ws://h/p"}, h.take())
	return h, c
}

// asking returns a client whose extended request is sent, on connection a.
func asking(t require.TestingT, cfg endpoint.ClientConfig) (*host, *driver.Client, *driver.Conn) {
	h, c := calling(t, cfg)
	conn := h.conns[0]
	conn.Connected(t0, wires{h, "a"}, [16]byte{})
	require.Equal(t, []string{"bytes GET /p HTTP/1.1 a", "flush a"}, h.take())
	conn.Received(t0, []byte(opened))
	require.Equal(t, []string{"upgraded a", "message GET /p HTTP/1.1 a", "flush a"}, h.take())
	return h, c, conn
}

// unit tells of a response and its terminator.
func unit(c *driver.Conn, response string) {
	c.Message(t0, wire.Binary, []byte(response))
	c.Message(t0, wire.Binary, nil)
}

func failure(t *testing.T, h *host) *endpoint.HandshakeError {
	var e *endpoint.HandshakeError
	require.True(t, h.over)
	require.ErrorAs(t, h.err, &e)
	return e
}

// nothing has orders that do nothing.
type nothing struct{ driver.Layer }

func (nothing) SendMessage(wire.MessageType, []byte) error { return nil }
func (nothing) SendClose(uint16, string) error             { return nil }
func (nothing) Disconnect()                                {}

// quiet is a host that accepts whom it can and says nothing.
type quiet struct{}

func (quiet) Wake(time.Time)                   {}
func (quiet) Open(endpoint.Result)             {}
func (quiet) Receive(wire.MessageType, []byte) {}
func (quiet) Dropped(error)                    {}
func (quiet) Over(error)                       {}
func (quiet) AskDecision(q driver.Question)    { q.Decide(t0, endpoint.Decision{}) }

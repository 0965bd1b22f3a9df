//go:build linux

package main

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/wire"
)

// conn is one connection: the host of a driver, and its orders. The loop makes all calls, in one
// goroutine, so there is no lock.
type conn struct {
	driver *driver.Server
	socket *socket
	frames *frames // nil until the opening handshake is over
	out    []byte  // bytes that go out together
	due    *timer
	app    application
}

// application decides about requests, elsewhere and in its own time, and gets messages.
type application struct {
	decide  func(r *endpoint.Request) endpoint.Decision
	receive func(c *conn, t wire.MessageType, p []byte)
}

// serve serves a connection that was accepted. Until the opening request is complete its time is
// bounded here; afterwards the endpoint bounds it.
func serve(s *socket, config endpoint.ServerConfig, app application) events {
	c := &conn{socket: s, app: app}
	c.driver = driver.NewServer(endpoint.NewServer(config), c, c)
	c.due = s.loop.after(10*time.Second, func() { c.driver.Lost(time.Now(), "no opening request") })
	return c
}

// readable and ended are called by the loop.
func (c *conn) readable(p []byte) {
	if c.frames == nil {
		c.driver.Received(time.Now(), p)
	} else {
		c.frames.feed(p)
	}
}
func (c *conn) ended(err error) { c.driver.Lost(time.Now(), err.Error()) }

// Orders of the driver. Bytes are collected until Flush; the socket keeps those that it cannot
// write at once, as many as it allows, and writes them before it disconnects.
func (c *conn) Upgraded(rest []byte) {
	c.frames = &frames{to: c.driver, limit: wire.DefaultLimits().Unit}
	c.frames.feed(rest)
}
func (c *conn) SendBytes(p []byte) error      { c.out = append(c.out, p...); return nil }
func (c *conn) frame(op byte, p []byte) error { c.out = appendFrame(c.out, op, p); return nil }

func (c *conn) SendMessage(t wire.MessageType, p []byte) error { return c.frame(byte(t), p) }
func (c *conn) SendPong(p []byte) error                        { return c.frame(opPong, p) }
func (c *conn) SendClose(code uint16, reason string) error {
	return c.frame(opClose, wire.AppendClose(nil, code, reason))
}
func (c *conn) Flush() error {
	err := c.socket.write(c.out)
	c.out = c.out[:0]
	return err
}
func (c *conn) Disconnect() { c.socket.close() }
func (c *conn) Wake(at time.Time) {
	if c.due.stop(); !at.IsZero() {
		c.due = c.socket.loop.after(time.Until(at), func() { c.driver.Expire(time.Now()) })
	}
}
func (c *conn) AskDecision(q driver.Question) {
	r := q.Request()
	c.socket.loop.elsewhere(func() (then func()) {
		d := c.app.decide(&r)
		return func() { q.Decide(time.Now(), d) }
	})
}
func (c *conn) Open(endpoint.Result)                 {}
func (c *conn) Receive(t wire.MessageType, p []byte) { c.app.receive(c, t, p) }
func (c *conn) Dropped(error)                        {} // a decision that came too late
func (c *conn) Over(error)                           {}

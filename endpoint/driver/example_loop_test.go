package driver_test

import (
	"fmt"
	"net"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/wire"
)

// events is one connection of a server on a bare event loop: one goroutine makes all calls, so
// there is no lock. The loop has sockets and timers, frames a parser.
type events struct {
	loop   *eventLoop
	socket net.Conn // written without blocking: the loop keeps what does not go out at once
	driver *driver.Server
	frames *frames // nil until the opening handshake is through
	out    []byte  // frames that go out together
	cancel func()  // of the timer
	decide func(r endpoint.Request) endpoint.Decision
}

// serve serves a connection.
func serve(l *eventLoop, socket net.Conn, decide func(endpoint.Request) endpoint.Decision) *events {
	c := &events{loop: l, socket: socket, decide: decide, cancel: func() {}}
	c.driver = driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), c, c)
	l.after(10*time.Second, func() { // for the opening request
		if c.frames == nil {
			c.driver.Lost(time.Now(), "no opening request in time")
		}
	})
	return c
}

// What the loop and the parser call.
func (c *events) readable(p []byte) {
	if c.frames == nil {
		c.driver.Received(time.Now(), p)
	} else {
		c.frames.feed(p)
	}
}
func (c *events) ended(err error) { c.driver.Lost(time.Now(), err.Error()) }

// What the driver orders.
func (c *events) Upgraded(rest []byte) {
	c.frames = &frames{to: c.driver, limit: wire.DefaultLimits().Unit}
	c.frames.feed(rest)
}
func (c *events) SendBytes(p []byte) error                       { c.out = append(c.out, p...); return nil }
func (c *events) frame(op byte, p []byte) error                  { c.out = appendFrame(c.out, op, p); return nil }
func (c *events) SendMessage(t wire.MessageType, p []byte) error { return c.frame(byte(t), p) }
func (c *events) SendPong(p []byte) error                        { return c.frame(opPong, p) }
func (c *events) SendClose(code uint16, reason string) error {
	return c.frame(opClose, closeBody(code, reason))
}
func (c *events) Flush() error { _, err := c.socket.Write(c.out); c.out = c.out[:0]; return err }
func (c *events) Disconnect()  { c.loop.forget(c.socket) }
func (c *events) Wake(at time.Time) {
	if c.cancel(); !at.IsZero() {
		c.cancel = c.loop.after(time.Until(at), func() { c.driver.Expire(time.Now()) })
	}
}
func (c *events) AskDecision(q driver.Question) {
	r := q.Request()
	c.loop.elsewhere(func() (then func()) { // may take its time
		d := c.decide(r)
		return func() { q.Decide(time.Now(), d) }
	})
}
func (c *events) Open(r endpoint.Result) { fmt.Println("server: open with", r.Status) }
func (c *events) Receive(t wire.MessageType, p []byte) {
	c.driver.Send(time.Now(), t, append([]byte("you said "), p...))
}
func (c *events) Dropped(err error) { fmt.Println("server:", err) }
func (c *events) Over(err error)    { fmt.Println("server: over,", err) }

// A server on a bare event loop: it asks for credentials, opens, echoes, and is closed with an
// empty Close frame.
func Example_eventLoop() {
	loop := newEventLoop()
	decide := func(r endpoint.Request) endpoint.Decision {
		if _, secret := r.Credentials(); secret == "" {
			return endpoint.Decision{Status: 401, Challenges: []string{r.Challenge("Basic", "echo")}}
		}
		return endpoint.Decision{}
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		loop.run(func(socket net.Conn) conn { return serve(loop, socket, decide) })
	}()
	talk("ws://" + loop.listener.Addr().String())
	<-over
	// Output:
	// server: open with 101
	// client: you said hello
	// server: over, <nil>
}

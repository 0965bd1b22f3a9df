package driver_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// shared is a connection of a library that shakes hands and answers control frames. Three
// goroutines call its driver: the one that reads, the timer's, and the one that decides.
type shared struct {
	driver.Layer
	mu       sync.Mutex // held during each call of the driver
	driver   *driver.Server
	socket   net.Conn
	due      *time.Timer
	received bool // the message that was read is the application's
}

// call makes one call of the driver.
func (c *shared) call(f func(now time.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(time.Now())
}

// send sends a message of the application, which may call it in any goroutine: receive runs outside
// of the lock.
func (c *shared) send(t wire.MessageType, p []byte) {
	c.call(func(now time.Time) { c.driver.Send(now, t, p) })
}

// receive is the application.
func (c *shared) receive(t wire.MessageType, p []byte) {
	c.send(t, append([]byte("you said "), p...))
}

// decide is the application as well. It may take its time.
func (c *shared) decide(r *endpoint.Request) endpoint.Decision {
	if r.Authorization == "" {
		return r.Ask("Basic", "example")
	}
	return endpoint.Decision{}
}

// read reports the messages that the library reads. A writer that is stuck holds it up, and so the
// peer.
func (c *shared) read() {
	for {
		p, op, err := wsutil.ReadClientData(c.socket)
		var closed wsutil.ClosedError
		c.call(func(now time.Time) {
			switch {
			case errors.As(err, &closed):
				c.driver.PeerClosed(now, uint16(closed.Code), closed.Reason)
			case err != nil:
				c.driver.Lost(now, err.Error())
			default:
				c.driver.Message(now, wire.MessageType(op), p)
			}
		})
		if err != nil {
			return
		}
		if c.received {
			c.received = false
			c.receive(wire.MessageType(op), p)
		}
	}
}

// Orders and callbacks run inside of a call, so that none of them may call.

func (c *shared) SendMessage(t wire.MessageType, p []byte) error {
	_ = c.socket.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return wsutil.WriteServerMessage(c.socket, ws.OpCode(t), p)
}
func (c *shared) SendClose(code uint16, reason string) error {
	return wsutil.WriteServerMessage(c.socket, ws.OpClose, wire.AppendClose(nil, code, reason))
}
func (c *shared) Disconnect() { _ = c.socket.Close() }
func (c *shared) Wake(at time.Time) {
	if c.due.Stop(); !at.IsZero() {
		c.due.Reset(time.Until(at))
	}
}
func (c *shared) AskDecision(q driver.Question) {
	r := q.Request()
	go func() {
		d := c.decide(&r)
		c.call(func(now time.Time) { q.Decide(now, d) })
	}()
}
func (c *shared) Receive(wire.MessageType, []byte) { c.received = true }
func (c *shared) Open(endpoint.Result)             {}
func (c *shared) Dropped(error)                    {}
func (c *shared) Over(error)                       {}

// A server on a library with goroutines of its own: a lock is all that its driver needs.
func Example_severalGoroutines() {
	library := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == endpoint.Subprotocol }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, _, _, err := library.Upgrade(r, w)
		if err != nil {
			return
		}
		c := &shared{socket: socket}
		c.driver = driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), c, c)
		c.due = time.AfterFunc(time.Hour, func() { c.call(c.driver.Expire) })
		opening := endpoint.OpeningFromHTTP(r.RequestURI, r.Host, r.Header)
		c.call(func(now time.Time) { c.driver.Opened(now, opening, nil) })
		go c.read()
	}))
	defer server.Close()

	ctx := context.Background()
	client, err := transport.Dial(ctx, "ws"+strings.TrimPrefix(server.URL, "http"),
		&transport.DialOptions{Credentials: auth.Basic("joe", "welcome")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = client.Write(ctx, transport.Text, []byte("hello"))
	_, p, err := client.Read(ctx)
	fmt.Println(string(p), err)
	fmt.Println("closed:", client.Close(transport.CloseNormal, ""))
	// Output:
	// you said hello <nil>
	// closed: <nil>
}

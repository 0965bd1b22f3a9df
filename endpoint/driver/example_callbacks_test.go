package driver_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
)

// callbacks is one connection of a server on a WebSocket library that shakes hands, answers Pings,
// and calls back. The library is told to read messages of at most wire.DefaultLimits().Unit bytes,
// and to select x-kaazing-handshake.
type callbacks struct {
	driver.Layer            // the library shakes hands, and answers Pings
	mu           sync.Mutex // one call of the driver at a time
	driver       *driver.Server
	socket       *socket
	timer        *time.Timer
	decide       func(r endpoint.Request) endpoint.Decision // may take its time
	receive      func(c *callbacks, text string)
}

// call makes one call of the driver.
func (c *callbacks) call(f func(now time.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(time.Now())
}

// What the library calls, in the goroutine that reads.
func (c *callbacks) OnOpen(s *socket, r *http.Request) {
	c.socket = s
	c.driver = driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), c, c)
	o := endpoint.OpeningRequest{Target: r.RequestURI, Host: r.Host, Key: r.Header.Get("Sec-WebSocket-Key")}
	o.Subprotocols = strings.Split(r.Header.Get("Sec-WebSocket-Protocol"), ", ")
	c.call(func(now time.Time) { c.driver.Opened(now, o, nil) })
}
func (c *callbacks) OnMessage(t wire.MessageType, p []byte) {
	c.call(func(now time.Time) { c.driver.Message(now, t, p) })
}
func (c *callbacks) OnClose(code uint16, reason string) {
	c.call(func(now time.Time) { c.driver.PeerClosed(now, code, reason) })
}
func (c *callbacks) OnViolation(f fsm.Failure, err error) {
	c.call(func(now time.Time) { c.driver.Violation(now, f, err.Error()) })
}

// OnEnd may be called from inside of an order, which holds the lock.
func (c *callbacks) OnEnd(err error) {
	go c.call(func(now time.Time) { c.driver.Lost(now, err.Error()) })
}

// What the driver orders.
func (c *callbacks) SendMessage(t wire.MessageType, p []byte) error { return c.socket.Write(t, p) }
func (c *callbacks) SendClose(code uint16, reason string) error {
	return c.socket.WriteClose(code, reason)
}
func (c *callbacks) Disconnect() { c.socket.Drop() }
func (c *callbacks) Wake(at time.Time) {
	if c.timer != nil {
		c.timer.Stop()
	}
	if !at.IsZero() {
		c.timer = time.AfterFunc(time.Until(at), func() { c.call(c.driver.Expire) })
	}
}
func (c *callbacks) AskDecision(q driver.Question) {
	r := q.Request()
	go func() {
		d := c.decide(r)
		c.call(func(now time.Time) { q.Decide(now, d) })
	}()
}
func (c *callbacks) Open(r endpoint.Result)               { fmt.Println("server: open with", r.Status) }
func (c *callbacks) Receive(_ wire.MessageType, p []byte) { c.receive(c, string(p)) }
func (c *callbacks) Dropped(err error)                    { fmt.Println("server:", err) }
func (c *callbacks) Over(err error)                       { fmt.Println("server: over,", err) }

// A server on a WebSocket library with callbacks: it asks for credentials, opens, echoes, and is
// closed with an empty Close frame.
func Example_callbackLibrary() {
	over := make(chan struct{})
	server := httptest.NewServer(library(func() handler {
		return &callbacks{
			decide: func(r endpoint.Request) endpoint.Decision {
				if _, secret := r.Credentials(); secret == "" {
					return endpoint.Decision{Status: 401, Challenges: []string{r.Challenge("Basic", "echo")}}
				}
				return endpoint.Decision{}
			},
			receive: func(c *callbacks, text string) { c.driver.Send(time.Now(), wire.Text, []byte("you said "+text)) },
		}
	}, over))
	defer server.Close()
	talk("ws" + strings.TrimPrefix(server.URL, "http"))
	<-over
	// Output:
	// server: open with 101
	// client: you said hello
	// server: over, <nil>
}

// talk is the other side: a client that has credentials, says hello, and closes without a code.
func talk(url string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := transport.Dial(ctx, url, &transport.DialOptions{Credentials: auth.Basic("joe", "welcome")})
	if err != nil {
		fmt.Println("client:", err)
		return
	}
	if err := c.Write(ctx, transport.Text, []byte("hello")); err == nil {
		_, p, _ := c.Read(ctx)
		fmt.Println("client:", string(p))
	}
	_ = c.Close(0, "")
}

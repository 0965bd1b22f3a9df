package driver_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// blocking is a client on blocking sockets, in one goroutine.
type blocking struct {
	driver *driver.Client
	next   func() // the dial that is asked for
	due    time.Time
	conn   *driver.Conn
	socket net.Conn
	frames *wsutil.Reader // nil until the opening handshake is through
	over   bool
	err    error
	talk   func(c *blocking, text string)
}

// run goes on to the end.
func (c *blocking) run() error {
	for c.driver.Connect(time.Now()); !c.over; {
		switch next := c.next; {
		case next != nil:
			c.next = nil
			next()
		case !c.due.IsZero() && !time.Now().Before(c.due):
			c.driver.Expire(time.Now())
		default:
			_ = c.socket.SetReadDeadline(c.due)
			if err := c.read(); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				c.conn.Lost(time.Now(), err.Error())
			}
		}
	}
	return c.err
}

// read reads some bytes of the opening handshake, or one frame. A deadline inside of a frame loses
// the rest of it, which is enough for an example.
func (c *blocking) read() error {
	if c.frames == nil {
		var b [1 << 10]byte
		n, err := c.socket.Read(b[:])
		c.conn.Received(time.Now(), b[:n])
		return err
	}
	h, err := c.frames.NextFrame()
	if err != nil {
		return err
	}
	p, err := io.ReadAll(io.LimitReader(c.frames, int64(wire.DefaultLimits().Unit)))
	switch now := time.Now(); {
	case err != nil:
	case h.OpCode == ws.OpPing:
		c.conn.Ping(now, p)
	case h.OpCode == ws.OpClose:
		code, reason := ws.ParseCloseFrameData(p)
		c.conn.PeerClosed(now, uint16(code), reason)
	case h.OpCode != ws.OpPong:
		c.conn.Message(now, wire.MessageType(h.OpCode), p)
	}
	return err
}

func (c *blocking) Dial(conn *driver.Conn, u wire.URL) {
	fmt.Println("dial", u.Path)
	c.next = func() {
		d := net.Dialer{Deadline: c.due}
		socket, err := d.Dial("tcp", u.HostPort())
		if err != nil {
			conn.Failed(time.Now(), err.Error())
			return
		}
		c.conn, c.socket, c.frames = conn, socket, nil
		var nonce [16]byte
		_, _ = rand.Read(nonce[:])
		conn.Connected(time.Now(), c, nonce)
	}
}
func (c *blocking) Upgraded(rest []byte) {
	c.frames = &wsutil.Reader{Source: io.MultiReader(bytes.NewReader(bytes.Clone(rest)), c.socket),
		State: ws.StateClientSide, CheckUTF8: true}
}
func (c *blocking) SendBytes(p []byte) error { _, err := c.socket.Write(p); return err }
func (c *blocking) SendMessage(t wire.MessageType, p []byte) error {
	return wsutil.WriteClientMessage(c.socket, ws.OpCode(t), p)
}
func (c *blocking) SendPong(p []byte) error {
	return wsutil.WriteClientMessage(c.socket, ws.OpPong, p)
}
func (c *blocking) SendClose(code uint16, reason string) error {
	return wsutil.WriteClientMessage(c.socket, ws.OpClose, wire.AppendClose(nil, code, reason))
}
func (c *blocking) Flush() error      { return nil }
func (c *blocking) Disconnect()       { _ = c.socket.Close() }
func (c *blocking) Wake(at time.Time) { c.due = at }

// never: the configuration has no credentials
func (c *blocking) AskCredentials(driver.Challenge) {}
func (c *blocking) Dropped(error)                   {}
func (c *blocking) Open(r endpoint.Result) {
	fmt.Println("open with", r.Status, "at", c.driver.Endpoint().URL().Path)
	c.talk(c, "")
}
func (c *blocking) Receive(_ wire.MessageType, p []byte) { c.talk(c, string(p)) }
func (c *blocking) Over(err error)                       { c.over, c.err = true, err }

// A client on blocking sockets: it is redirected, opens, says something and closes.
func Example_blockingClient() {
	server := httptest.NewServer(&transport.Handler{
		Decide: func(_ context.Context, r *endpoint.Request) (endpoint.Decision, error) {
			if r.Path() == "/old" {
				return endpoint.Redirect("/new"), nil
			}
			return endpoint.Decision{}, nil
		},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			t, p, err := c.Read(ctx)
			if err == nil {
				err = c.Write(ctx, t, append([]byte("you said "), p...))
			}
			if err == nil {
				_, _, err = c.Read(ctx)
			}
			return err
		},
	})
	defer server.Close()

	client, err := endpoint.NewClient("ws"+strings.TrimPrefix(server.URL, "http")+"/old",
		endpoint.ClientConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := &blocking{talk: func(c *blocking, text string) {
		if text == "" {
			c.driver.Send(time.Now(), wire.Text, []byte("hello"))
			return
		}
		fmt.Println(text)
		c.driver.Close(time.Now(), 1000, "")
	}}
	c.driver = driver.NewClient(client, c)
	fmt.Println("closed:", c.run())
	// Output:
	// dial /old
	// dial /new
	// open with 101 at /new
	// you said hello
	// closed: <nil>
}

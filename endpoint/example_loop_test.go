package endpoint_test

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
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// loop drives a Client on TCP connections: the loop of the package documentation.
type loop struct {
	client *endpoint.Client
	conn   net.Conn
	buf    []byte // of the opening handshake
	frames *wsutil.Reader
}

// run shakes hands and then has talk use the open connection.
func (l *loop) run(talk func(first bool, text string) []endpoint.Output) (err error) {
	outs := l.client.Connect(time.Now())
	for over := false; !over; {
		next := l.read
		for _, o := range outs {
			switch o.Kind {
			case endpoint.Dial:
				fmt.Println("dial", o.URL.Path)
				l.buf = l.buf[:0]
				next = func() []endpoint.Output { return l.dial(o.URL.HostPort()) }
			case endpoint.SendBytes:
				l.conn.Write(o.Data)
				next = l.opening
			case endpoint.SendMessage:
				wsutil.WriteClientMessage(l.conn, ws.OpCode(o.Type), o.Data)
			case endpoint.SendPong:
				wsutil.WriteClientMessage(l.conn, ws.OpPong, o.Data)
			case endpoint.SendClose:
				wsutil.WriteClientMessage(l.conn, ws.OpClose, ws.NewCloseFrameBody(ws.StatusCode(o.Code), o.Text))
			case endpoint.Disconnect:
				l.conn.Close()
			case endpoint.Open:
				fmt.Println("open at", l.client.URL().Path)
				next = func() []endpoint.Output { return talk(true, "") }
			case endpoint.Deliver:
				text := string(o.Data)
				next = func() []endpoint.Output { return talk(false, text) }
			case endpoint.Closed:
				over = true
			case endpoint.Fail:
				over, err = true, o.Err
			}
		}
		if !over {
			outs = next()
		}
	}
	return err
}

func (l *loop) dial(address string) []endpoint.Output {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return l.client.ConnectFailed(time.Now(), err.Error())
	}
	l.conn = conn
	var nonce [16]byte
	rand.Read(nonce[:])
	return l.client.Connected(time.Now(), nonce)
}

// opening reads until the opening handshake is over.
func (l *loop) opening() []endpoint.Output {
	for {
		l.buf = slices.Grow(l.buf, 4096)
		n, err := l.conn.Read(l.buf[len(l.buf):cap(l.buf)])
		l.buf = l.buf[:len(l.buf)+n]
		if used, outs := l.client.OpeningReceived(time.Now(), l.buf); used > 0 {
			rest := io.MultiReader(bytes.NewReader(slices.Clone(l.buf[used:])), l.conn)
			l.frames = &wsutil.Reader{Source: rest, State: ws.StateClientSide, CheckUTF8: true}
			return outs
		}
		if err != nil {
			return l.client.Lost(time.Now(), err.Error())
		}
	}
}

// read waits for the next frame, or for the deadline.
func (l *loop) read() []endpoint.Output {
	l.conn.SetReadDeadline(l.client.Deadline())
	h, err := l.frames.NextFrame()
	if err == nil {
		var p []byte
		if p, err = io.ReadAll(l.frames); err == nil {
			switch h.OpCode {
			case ws.OpPing:
				return l.client.Ping(time.Now(), p)
			case ws.OpPong:
				return nil
			case ws.OpClose:
				code, reason := ws.ParseCloseFrameData(p)
				return l.client.PeerClosed(time.Now(), uint16(code), reason)
			}
			return l.client.Message(time.Now(), wire.MessageType(h.OpCode), p)
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return l.client.Expire(time.Now())
	}
	return l.client.Lost(time.Now(), err.Error())
}

// The loop of the package documentation on real connections: it is redirected, opens, says something and closes.
func Example_loop() {
	server := httptest.NewServer(&transport.Handler{
		Decide: func(_ context.Context, r *endpoint.Request) (endpoint.Decision, error) {
			if r.Path() == "/old" {
				return endpoint.Decision{Status: 302, Location: "/new"}, nil
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

	client, err := endpoint.NewClient("ws"+strings.TrimPrefix(server.URL, "http")+"/old", endpoint.ClientConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	l := &loop{client: client}
	err = l.run(func(first bool, text string) []endpoint.Output {
		if first {
			outs, _ := client.Send(time.Now(), wire.Text, []byte("hello"))
			return outs
		}
		fmt.Println(text)
		return client.Close(time.Now(), 1000, "")
	})
	fmt.Println("closed:", err)
	// Output:
	// dial /old
	// dial /new
	// open at /new
	// you said hello
	// closed: <nil>
}

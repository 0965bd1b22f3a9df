package extension_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/transport/extension"
	"example.com/khp/wire"
)

// shift is an extension that hides text from the eye by moving its letters. It works the same way
// on both sides, so it is its own session, with the methods of Pass where it does nothing.
type shift struct {
	extension.Pass
	by byte
}

func (s shift) Name() string  { return "x-shift" }
func (s shift) Offer() string { return fmt.Sprint("by=", s.by) }

// Accept takes the parameter of the client, if it is the number of a letter.
func (s shift) Accept(asked extension.Request) (params string, session extension.Session, ok bool) {
	by, _ := asked.Param("by")
	if _, err := fmt.Sscan(string(by), &s.by); err != nil || s.by > 25 {
		return "", nil, false
	}
	return fmt.Sprint("by=", s.by), s, true
}

// Confirm refuses another number than the one asked for.
func (s shift) Confirm(answer wire.Extension) (extension.Session, error) {
	if by, _ := answer.Param("by"); string(by) != fmt.Sprint(s.by) {
		return nil, fmt.Errorf("asked for %d, got %s", s.by, by)
	}
	return s, nil
}

func (s shift) Outgoing(f extension.Flow, m extension.Message) { f.Send(s.moved(m, s.by)) }

func (s shift) Incoming(f extension.Flow, m extension.Message) {
	if m.Kind == extension.Binary {
		f.Fail(transport.CloseUnsupportedData, "text only")
		return
	}
	f.Deliver(s.moved(m, 26-s.by))
}

func (s shift) moved(m extension.Message, by byte) extension.Message {
	if m.Kind == extension.Text {
		m.Data = []byte(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return 'a' + (r-'a'+rune(by))%26
			}
			return r
		}, string(m.Data)))
	}
	return m
}

// An extension of one's own: a type with a name, an offer, an answer, and a session. Both sides
// list it.
func Example() {
	srv := httptest.NewServer(&transport.Handler{
		Use: []extension.Extension{shift{}, extension.PingPong{}},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			_, message, err := c.Read(ctx)
			if err != nil {
				return err
			}
			fmt.Printf("the server reads %q\n", message)
			return c.Write(ctx, transport.Text, []byte("hello, too"))
		},
	})
	defer srv.Close()
	ctx := context.Background()
	conn, err := transport.Dial(ctx, "ws"+strings.TrimPrefix(srv.URL, "http"),
		&transport.DialOptions{Use: []extension.Extension{shift{by: 13}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.CloseNow()
	fmt.Println(conn.Extensions())
	if err := conn.Write(ctx, transport.Text, []byte("hello")); err != nil {
		fmt.Println(err)
		return
	}
	_, message, err := conn.Read(ctx)
	fmt.Printf("the client reads %q %v\n", message, err)
	// Output:
	// [x-shift;by=13]
	// the server reads "hello"
	// the client reads "hello, too" <nil>
}

// A host of package endpoint, here a server, runs the extensions of its connection by itself. Bytes
// for the socket are printed.
func ExampleStack() {
	server := endpoint.NewServer(endpoint.ServerConfig{})
	server.OpeningReceived(time.Now(), []byte("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
	server.Message(time.Now(), wire.Text, []byte("GET / HTTP/1.1\r\n"+
		"Sec-WebSocket-Extensions: x-kaazing-idle-timeout,x-kaazing-ping-pong\r\n\r\n"))

	// The endpoint asks for a decision: what do the extensions answer?
	use := []extension.Extension{extension.IdleTimeout{Period: 2 * time.Second}, extension.PingPong{}}
	answer, sessions := extension.Accept(use, server.Request().Extensions, nil)
	if _, err := server.Decide(time.Now(), endpoint.Decision{Extensions: answer}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(server.Result().Extensions)

	// The connection is open.
	stack := extension.NewStack(sessions)
	now := time.Unix(0, 0)
	carryOut := func(what string, actions []extension.Action) {
		for _, a := range actions {
			switch a.Kind {
			case extension.ActionSend:
				fmt.Printf("%s: send %q\n", what, a.Message.Data)
			case extension.ActionDeliver:
				if a.Message.Kind == extension.Text || a.Message.Kind == extension.Binary {
					fmt.Printf("%s: the application gets %q\n", what, a.Message.Data)
				}
			case extension.ActionFail:
				fmt.Printf("%s: close %d %s\n", what, a.Code, a.Reason)
			}
		}
	}
	carryOut("opened", stack.Open(now))
	carryOut("a message arrives", stack.Incoming(now,
		extension.Message{Kind: extension.Text, Data: []byte("hi")}))
	carryOut("the application speaks",
		stack.Outgoing(now, extension.Message{Kind: extension.Text, Data: []byte("\x01\x01\x01\x02")}))
	for range 2 {
		heard := now // nothing has come since
		expired := stack.Deadline()
		stack.Heard(heard)
		carryOut(expired.Sub(now).String(), stack.Expired(expired))
	}
	// Output:
	// [x-kaazing-idle-timeout;timeout=2000 x-kaazing-ping-pong;01010102]
	// a message arrives: the application gets "hi"
	// the application speaks: send "\x01\x01\x01\x02"
	// the application speaks: send "\x01\x01\x01\x02"
	// 1s: send "\x01\x01\x01\x02\t\x00"
	// 2s: close 1008 x-kaazing-idle-timeout: the client was silent for 2s
}

// Offers and Confirm are the client's side of a negotiation.
func ExampleConfirm() {
	use := []extension.Extension{extension.IdleTimeout{}, extension.PingPong{}}
	fmt.Println(extension.Offers(use, []string{"x-mine;level=3"}))
	sessions, err := extension.Confirm(use, []string{"x-kaazing-idle-timeout;timeout=2000"})
	fmt.Println(len(sessions), err)
	_, err = extension.Confirm(use, []string{"x-kaazing-idle-timeout;timeout=0"})
	fmt.Println(err)
	// Output:
	// [x-mine;level=3 x-kaazing-idle-timeout x-kaazing-ping-pong]
	// 1 <nil>
	// extension x-kaazing-idle-timeout: expected timeout=MILLISECONDS from 1 to 2147483647
}

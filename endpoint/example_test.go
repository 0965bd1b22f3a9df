package endpoint_test

import (
	"fmt"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// show prints the orders that a driver would carry out.
func show(outs []endpoint.Output) {
	for _, o := range outs {
		line, _, _ := strings.Cut(string(o.Data), "\r\n")
		switch o.Kind {
		case endpoint.Dial:
			fmt.Println("  dial", o.URL)
		case endpoint.SendBytes:
			fmt.Println("  send", line)
		case endpoint.SendMessage:
			fmt.Printf("  send message %q\n", line)
		case endpoint.SendClose:
			fmt.Println("  send close", o.Code)
		case endpoint.Deliver:
			fmt.Printf("  deliver %q\n", o.Data)
		case endpoint.Fail:
			fmt.Println("  fail:", o.Err)
		default:
			fmt.Println(" ", o.Kind)
		}
	}
}

// A client hears of the events of its connection, and returns orders.
func ExampleClient() {
	client, err := endpoint.NewClient("ws://example.com/echo",
		endpoint.ClientConfig{HasCredentials: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Now() // which each call is told
	fmt.Println("connect")
	show(client.Connect(now))
	fmt.Println("  and wait for", client.Deadline().Sub(now))
	fmt.Println("connected")
	show(client.Connected(now, [16]byte{})) // 16 fresh random bytes, of course
	fmt.Println("the opening 101 has come")
	show(client.Opened(now, endpoint.Subprotocol, nil, "ICX+Yqv66kxgM0FcWaLWlFLwTAI="))
	fmt.Println("a 401 has come")
	show(client.Message(now, wire.Binary,
		[]byte("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"echo\"\r\n\r\n")))
	show(client.Message(now, wire.Binary, nil))
	fmt.Println("  and wait for", client.Deadline().Sub(now))
	fmt.Printf("the provider has credentials for %s\n", client.Challenges()[0].Scheme)
	show(client.Credentials(now, "Basic am9lOndlbGNvbWU="))
	fmt.Println("a 101 has come")
	show(client.Message(now, wire.Binary, []byte("HTTP/1.1 101 Switching Protocols\r\n\r\n")))
	show(client.Message(now, wire.Binary, nil))
	fmt.Println("a message has come")
	show(client.Message(now, wire.Text, []byte("hello")))
	// Output:
	// connect
	//   dial ws://example.com/echo
	//   and wait for 10s
	// connected
	//   send GET /echo HTTP/1.1
	// the opening 101 has come
	//   send message "GET /echo HTTP/1.1"
	// a 401 has come
	//   AskCredentials
	//   and wait for 1m0s
	// the provider has credentials for Basic
	//   send message "GET /echo HTTP/1.1"
	// a 101 has come
	//   Open
	// a message has come
	//   deliver "hello"
}

// A server asks the application for a decision, and refuses one that the handshake does not allow.
func ExampleServer() {
	server := endpoint.NewServer(endpoint.ServerConfig{})
	now := time.Now()
	fmt.Println("an opening request has come")
	_, outs := server.OpeningReceived(now,
		[]byte("GET /echo HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
	show(outs)
	fmt.Println("an extended request has come")
	show(server.Message(now, wire.Binary, []byte("GET /echo HTTP/1.1\r\n\r\n")))
	_, err := server.Decide(now, endpoint.Decision{Status: 302})
	fmt.Println("no:", err)
	fmt.Println("the application decides")
	outs, err = server.Decide(now, endpoint.Decision{Status: 302, Location: "ws://other.example/echo"})
	if err != nil {
		fmt.Println(err)
	}
	show(outs)
	fmt.Println("the client has answered the Close")
	show(server.PeerClosed(now, 1000, ""))
	// Output:
	// an opening request has come
	//   send HTTP/1.1 101 Switching Protocols
	// an extended request has come
	//   AskDecision
	// no: endpoint: status 302 Found requires Location; set it in the decision
	// the application decides
	//   send message "HTTP/1.1 302 Found"
	//   send message ""
	//   send close 1000
	// the client has answered the Close
	//   Disconnect
	//   fail: refused with 302 Found [extended handshake, /echo]
}

// wireless joins a client and a server: it reports the messages of each to the other. It is a
// driver for both sides without sockets and timers.
type wireless struct {
	client *endpoint.Client
	server *endpoint.Server
	queue  []func() // messages under way
}

// now is when all of it happens.
var now = time.Now()

func (w *wireless) carryOutClient(outs []endpoint.Output) {
	for _, o := range outs {
		data := append([]byte(nil), o.Data...) // it must outlive this call
		switch o.Kind {
		case endpoint.Dial:
			w.server = endpoint.NewServer(endpoint.ServerConfig{})
			w.queue = append(w.queue, func() {
				w.carryOutClient(w.client.Connected(now, [16]byte{byte(w.client.Attempt())}))
			})
		case endpoint.SendBytes:
			w.queue = append(w.queue, func() {
				_, outs := w.server.OpeningReceived(now, data)
				w.carryOutServer(outs)
			})
		case endpoint.SendMessage:
			w.queue = append(w.queue, func() { w.carryOutServer(w.server.Message(now, o.Type, data)) })
		case endpoint.SendClose:
			w.queue = append(w.queue, func() { w.carryOutServer(w.server.PeerClosed(now, o.Code, o.Text)) })
		case endpoint.Open:
			fmt.Println("client: open, subprotocol", w.client.Result().Subprotocol)
			w.queue = append(w.queue, func() {
				outs, _ := w.client.Send(now, wire.Text, []byte("hello"))
				w.carryOutClient(outs)
			})
		case endpoint.Deliver:
			fmt.Printf("client: got %q\n", data)
			w.queue = append(w.queue, func() { w.carryOutClient(w.client.Close(now, 1000, "done")) })
		case endpoint.Closed:
			fmt.Println("client: closed")
		case endpoint.Fail:
			fmt.Println("client:", o.Err)
		}
	}
}

func (w *wireless) carryOutServer(outs []endpoint.Output) {
	for _, o := range outs {
		data := append([]byte(nil), o.Data...)
		switch o.Kind {
		case endpoint.SendBytes:
			w.queue = append(w.queue, func() {
				_, outs := w.client.OpeningReceived(now, data)
				w.carryOutClient(outs)
			})
		case endpoint.SendMessage:
			w.queue = append(w.queue, func() { w.carryOutClient(w.client.Message(now, o.Type, data)) })
		case endpoint.SendClose:
			w.queue = append(w.queue, func() { w.carryOutClient(w.client.PeerClosed(now, o.Code, o.Text)) })
		case endpoint.Disconnect:
			w.queue = append(w.queue, func() { w.carryOutClient(w.client.Lost(now, "end of stream")) })
		case endpoint.AskDecision:
			w.queue = append(w.queue, func() {
				fmt.Println("server: asked for", w.server.Request().Path(), w.server.Request().Subprotocols)
				outs, err := w.server.Decide(now, endpoint.Decision{Subprotocol: "amqp"})
				if err != nil {
					outs = w.server.ApplicationFailed(now)
				}
				w.carryOutServer(outs)
			})
		case endpoint.Deliver:
			w.queue = append(w.queue, func() {
				outs, _ := w.server.Send(now, o.Type, append(data, ", too"...))
				w.carryOutServer(outs)
			})
		}
	}
}

// A client and a server, joined in memory, in the profile of deployed gateways.
func Example_pair() {
	machine := fsm.DefaultClientConfig()
	machine.Profile = fsm.ProfileKaazing
	client, err := endpoint.NewClient("ws://example.com/echo",
		endpoint.ClientConfig{Machine: machine, Subprotocols: []string{"amqp"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := &wireless{client: client}
	w.carryOutClient(client.Connect(now))
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		next()
	}
	// Output:
	// server: asked for /echo [amqp]
	// client: open, subprotocol amqp
	// client: got "hello, too"
	// client: closed
}

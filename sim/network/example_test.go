package network_test

import (
	"fmt"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// A client is redirected, opens, and says something.
func ExampleNew() {
	n := network.New(network.Options{Seed: 1})
	n.Serve("a.example", network.SiteOptions{
		Decide: func(_ int, r *endpoint.Request) (d endpoint.Decision, after time.Duration, err error) {
			if r.Path() == "/old" {
				d = endpoint.Decision{Status: 302, Location: "/new"}
			}
			return d, 2 * time.Second, nil
		},
		Got: func(s *network.Server, m network.Message) { s.Send(m.Type, "you said "+m.Data) },
	})
	client, err := n.NewClient("ws://a.example/old", network.ClientOptions{
		Opened: func(c *network.Client) { c.Send(wire.Text, "hello") },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	client.Connect()
	n.Run(1000)
	fmt.Println(client.Connections(), client.Opened(), client.Messages()[0].Data)
	fmt.Println("after", n.Now(), "broken invariants:", len(n.Broken()))
	// Output:
	// [ws://a.example/old ws://a.example/new] true you said hello
	// after 4.16s broken invariants: 0
}

// A server that follows no protocol sends frames as it likes.
func ExampleNetwork_RawServer() {
	n := network.New(network.Options{})
	n.RawServer("a.example", func(r *network.Raw) {
		r.Head = func([]byte) { r.Conn().Write([]byte("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) }
	})
	client, err := n.NewClient("ws://a.example/", network.ClientOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	client.Connect()
	n.Run(1000)
	fmt.Println(client.Err())
	// Output: refused with 403 Forbidden [opening handshake, ws://a.example/]
}

// A client that follows no protocol says nothing after the opening handshake.
func ExampleNetwork_RawDial() {
	n := network.New(network.Options{})
	site := n.Serve("a.example", network.SiteOptions{Config: endpoint.ServerConfig{
		Timeouts: endpoint.Timeouts{Request: time.Hour, Overall: 2 * time.Hour},
	}})
	n.RawDial("a.example:80", "a.example", func(r *network.Raw) {
		r.Conn().Write([]byte("GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n" +
			"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
			"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
		r.Item = func(it network.Item) {
			if it.Op == ws.OpClose {
				fmt.Println("closed with", it.Code, "after", n.Now())
			}
		}
	}, func(reason string) { fmt.Println(reason) })
	n.Run(1000)
	fmt.Println(site.Last().Err())
	// Output:
	// closed with 1008 after 1h0m0.04s
	// timed out: no extended request in time [extended handshake, /]
}

// A monitor checks outputs of an endpoint, wherever that runs.
func ExampleMonitor_Take() {
	var m network.Monitor
	fmt.Println(m.Take(endpoint.Output{Kind: endpoint.Disconnect}))
	fmt.Println(m.Take(endpoint.Output{Kind: endpoint.Deliver}))
	// Output:
	// <nil>
	// INV-02: a message is delivered before open
}

// Pings go through the same frames as everything else.
func ExampleFrame_Append() {
	fmt.Printf("% x\n", network.Frame{Op: ws.OpPing, Data: []byte("hi")}.Append(nil))
	// Output: 89 02 68 69
}

package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"time"

	"example.com/khp/transport"
	"example.com/khp/transport/extension"
)

// The information of a connection about the other end, here with TLS.
func ExampleConn_RemoteAddr() {
	server := httptest.NewTLSServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			from := netip.MustParseAddrPort(c.RemoteAddr().String()).Addr()
			return c.Write(ctx, transport.Text, fmt.Appendf(nil, "from %v by %s",
				from, tls.VersionName(c.TLS().Version)))
		}})
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c, err := transport.Dial(context.Background(), "wss"+strings.TrimPrefix(server.URL, "https"),
		&transport.DialOptions{TLSConfig: &tls.Config{RootCAs: roots}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.CloseNow()
	_, p, _ := c.Read(context.Background())
	fmt.Printf("%s\n", p)
	fmt.Println(c.TLS().PeerCertificates[0].Subject.Organization, c.Extensions(), c.Plain(),
		c.NetConn() != nil)
	// Output:
	// from 127.0.0.1 by TLS 1.3
	// [Acme Co] [] false true
}

// Both sides see whether messages are compressed, and how.
func ExampleConn_OpeningExtensions() {
	url, stop := listen(&transport.Handler{
		Compression: &transport.Compression{NoContextTakeover: true},
		Serve: func(_ context.Context, c *transport.Conn) error {
			fmt.Printf("server: %q\n", c.OpeningExtensions())
			return nil // which closes
		},
	})
	defer stop()
	c, err := transport.Dial(context.Background(), url,
		&transport.DialOptions{Compression: &transport.Compression{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, _ = c.Read(context.Background()) // the server's Close
	fmt.Printf("client: %q\n", c.OpeningExtensions())
	// Output:
	// server: ["permessage-deflate; client_no_context_takeover; server_no_context_takeover"]
	// client: ["permessage-deflate; client_no_context_takeover; server_no_context_takeover"]
}

// Fields of both handshakes.
func ExampleConn_OpeningHeader() {
	h := &transport.Handler{
		OpeningHeader: http.Header{"X-Opening": {"from the 101 of HTTP"}},
		Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Decision{Header: []transport.HeaderField{{Name: "X-Extended",
				Value: "from the 101 of KHP"}}}, nil
		},
		Serve: func(context.Context, *transport.Conn) error { return nil },
	}
	url, stop := listen(h)
	defer stop()
	c, err := transport.Dial(context.Background(), url, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.CloseNow()
	fmt.Println(c.OpeningHeader().Get("X-Opening"))
	fmt.Println(c.Header().Get("X-Extended"))
	// Output:
	// from the 101 of HTTP
	// from the 101 of KHP
}

// Control frames are told to a connection's callbacks while a call reads.
func ExampleConn_OnPing() {
	pings, pongs := make(chan string, 1), make(chan string, 1)
	url, stop := listen(&transport.Handler{Serve: func(ctx context.Context, c *transport.Conn) error {
		c.OnPing(func([]byte) { pings <- "the server has heard a Ping" })
		return echo(ctx, c)
	}})
	defer stop()
	c, err := transport.Dial(context.Background(), url, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.CloseNow()
	c.OnPong(func([]byte) { pongs <- "the client has heard a Pong" })
	fmt.Println(c.Ping(context.Background())) // reads until the Pong
	fmt.Println(<-pings)
	fmt.Println(<-pongs)
	// Output:
	// <nil>
	// the server has heard a Ping
	// the client has heard a Pong
}

// A peer that says nothing, and answers no Ping, is given up; deployed clients can be asked to tell
// by themselves.
func ExampleInactivityError() {
	url, stop := listen(&transport.Handler{
		KeepAlive: time.Minute,
		Use:       []extension.Extension{extension.IdleTimeout{Period: 30 * time.Second}},
		// reads nothing, so answers nothing
		Serve: func(ctx context.Context, _ *transport.Conn) error { <-ctx.Done(); return nil },
	})
	defer stop()
	c, err := transport.Dial(context.Background(), url,
		&transport.DialOptions{KeepAlive: 20 * time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = c.Read(context.Background())
	fmt.Println(err)
	// Output: transport: nothing was received for 20ms, and no answer to a Ping
}

// The largest message is a matter of the connection.
func ExampleConn_SetReadLimit() {
	url, stop := listen(&transport.Handler{Serve: func(ctx context.Context, c *transport.Conn) error {
		c.SetReadLimit(1000)
		_, _, err := c.Read(ctx)
		return err
	}})
	defer stop()
	c, err := transport.Dial(context.Background(), url, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = c.Write(context.Background(), transport.Binary, make([]byte, 1001))
	_, _, err = c.Read(context.Background())
	fmt.Println(transport.CloseCodeText(transport.CloseCode(err)))
	// Output: message too big
}

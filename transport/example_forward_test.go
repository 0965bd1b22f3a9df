package transport_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"sync"

	"example.com/khp/transport"
)

// A relay: messages of the client go to a back end, and those of the back end to the client.
func ExampleConn_Forward() {
	backend := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			_, p, err := c.Read(ctx)
			if err != nil {
				return err
			}
			return c.Write(ctx, transport.Text, append([]byte("you said "), p...))
		}})
	defer backend.Close()
	relay := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			back := dialTest(backend)
			var both sync.WaitGroup
			both.Go(func() {
				_ = back.Forward(ctx, c, nil, nil)
				_ = c.Close(transport.CloseNormal, "")
			})
			both.Go(func() {
				_ = c.Forward(ctx, back, nil, nil)
				_ = back.Close(transport.CloseNormal, "")
			})
			both.Wait()
			return nil
		}})
	defer relay.Close()

	ctx, c := context.Background(), dialTest(relay)
	_ = c.Write(ctx, transport.Text, []byte("hello"))
	_, p, err := c.Read(ctx)
	fmt.Println(string(p), err)
	_, _, err = c.Read(ctx)
	fmt.Println(transport.CloseCode(err))
	// Output:
	// you said hello <nil>
	// 1000
}

// In front of a server of TCP messages are bytes, in both directions.
func ExampleConn_ForwardTo() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer ln.Close()
	go func() {
		nc, _ := ln.Accept()
		_, _ = io.Copy(nc, nc) // sends everything back
		_ = nc.Close()
	}()
	relay := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			nc, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				return err
			}
			defer nc.Close()
			go func() {
				_ = c.ForwardFrom(ctx, nc, transport.Binary, nil)
				_ = c.Close(transport.CloseNormal, "")
			}()
			return c.ForwardTo(ctx, nc, nil, nil)
		}})
	defer relay.Close()

	ctx, c := context.Background(), dialTest(relay)
	defer c.CloseNow()
	_ = c.Write(ctx, transport.Text, []byte("hello"))
	got := ""
	for len(got) < len("hello") {
		_, p, err := c.Read(ctx)
		if err != nil {
			panic(err)
		}
		got += string(p)
	}
	fmt.Println(got)
	// Output:
	// hello
}

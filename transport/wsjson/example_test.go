package wsjson_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"example.com/khp/transport"
	"example.com/khp/transport/wsjson"
)

// A server that adds up the numbers of its clients.
func Example() {
	type sum struct{ Total int }
	server := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			var s sum
			for n, err := range wsjson.Messages[int](ctx, c) {
				if err != nil {
					return err
				}
				s.Total += n
				if err := wsjson.Write(ctx, c, s); err != nil {
					return err
				}
			}
			return nil
		}})
	defer server.Close()

	ctx := context.Background()
	c, err := transport.Dial(ctx, "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close(transport.CloseNormal, "")
	for n := range 3 {
		_ = wsjson.Write(ctx, c, n)
		var s sum
		_ = wsjson.Read(ctx, c, &s)
		fmt.Println(s.Total)
	}
	// Output:
	// 0
	// 1
	// 3
}

// A value for many connections is encoded once.
func ExamplePrepare() {
	news, err := wsjson.Prepare(map[string]int{"users": 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.WritePrepared(ctx, news)
		}})
	defer server.Close()
	for range 2 {
		c, err := transport.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, p, _ := c.Read(context.Background())
		fmt.Printf("%s\n", p)
		_ = c.Close(transport.CloseNormal, "")
	}
	// Output:
	// {"users":3}
	// {"users":3}
}

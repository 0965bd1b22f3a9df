package transport_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
)

// dialTest connects to a test server, without options.
func dialTest(server *httptest.Server) *transport.Conn {
	c, err := transport.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		panic(err)
	}
	return c
}

// A server that only pushes learns from CloseRead that its client is gone.
func ExampleConn_CloseRead() {
	left := make(chan error, 1)
	server := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			c.CloseRead(ctx)
			ticks := time.NewTicker(time.Millisecond)
			defer ticks.Stop()
			for {
				select {
				case <-ticks.C:
					_ = c.Write(ctx, transport.Text, []byte("tick"))
				case <-ctx.Done():
					left <- context.Cause(ctx)
					return nil
				}
			}
		}})
	defer server.Close()
	c := dialTest(server)
	_, p, _ := c.Read(context.Background())
	fmt.Printf("%s\n", p)
	_ = c.Close(transport.CloseGoingAway, "enough")
	fmt.Println(<-left)
	// Output:
	// tick
	// transport: peer closed the connection: 1001 (going away): "enough"
}

// A stream is for protocols with a framing of their own, here lines.
func ExampleConn_Stream() {
	server := httptest.NewServer(&transport.Handler{
		Serve: func(_ context.Context, c *transport.Conn) error {
			_, err := io.Copy(c.Stream(transport.Binary), strings.NewReader("one\ntwo\n"))
			return err
		}})
	defer server.Close()
	lines := bufio.NewScanner(dialTest(server).Stream(transport.Binary))
	for lines.Scan() {
		fmt.Println(lines.Text())
	}
	fmt.Println(lines.Err())
	// Output:
	// one
	// two
	// <nil>
}

// A message of any length goes through a small buffer, on both sides.
func ExampleConn_Reader() {
	server := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			t, r, err := c.Reader(ctx)
			if err != nil {
				return err
			}
			w, err := c.Writer(ctx, t)
			if err != nil {
				return err
			}
			if _, err := io.Copy(w, r); err != nil {
				return err
			}
			return w.Close()
		}})
	defer server.Close()
	c := dialTest(server)
	_ = c.Write(context.Background(), transport.Text, []byte(strings.Repeat("x", 1<<20)))
	_, p, err := c.Read(context.Background())
	fmt.Println(len(p), err)
	// Output: 1048576 <nil>
}

// A broadcast is put together once.
func ExamplePrepare() {
	news, err := transport.Prepare(transport.Text, []byte("news"))
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
		_, p, _ := dialTest(server).Read(context.Background())
		fmt.Printf("%s\n", p)
	}
	// Output:
	// news
	// news
}

// A broker takes the connections of a Handler from a listener.
func ExampleHandler_Listener() {
	h := &transport.Handler{Subprotocols: []string{"mqtt"}}
	ln := h.Listener(nil)
	go func() { // as a broker does
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				_, _ = io.Copy(nc, nc)
			}()
		}
	}()
	server := httptest.NewServer(h)
	defer server.Close()
	nc := dialTest(server).Stream(transport.Binary)
	_, _ = io.WriteString(nc, "hello")
	room := make([]byte, 5)
	_, _ = io.ReadFull(nc, room)
	fmt.Printf("%s\n", room)
	_ = nc.Close()
	// Output: hello
}

// Accept is for handlers that want no callback.
func ExampleHandler_Accept() {
	h := &transport.Handler{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := h.Accept(w, r)
		if err != nil {
			return // the request was answered
		}
		defer c.Close(transport.CloseNormal, "")
		_ = c.Write(context.Background(), transport.Text, []byte("hello from "+c.URL()))
	}))
	defer server.Close()
	_, p, _ := dialTest(server).Read(context.Background())
	fmt.Printf("%s\n", p)
	// Output: hello from /
}

// A jar keeps cookies from call to call, and CheckRedirect looks at each redirect.
func ExampleDialOptions_jar() {
	h := &transport.Handler{OpeningHeader: http.Header{"Set-Cookie": {"session=1"}},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, []byte("cookie: "+c.OpeningHeader().Get("Cookie")))
		}}
	server := httptest.NewServer(h)
	defer server.Close()
	jar, _ := cookiejar.New(nil)
	opts := &transport.DialOptions{Jar: jar, CheckRedirect: func(via []string, to string) error {
		if len(via) > 2 {
			return errors.New("too far")
		}
		return nil
	}}
	for range 2 {
		c, err := transport.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http"), opts)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, p, _ := c.Read(context.Background())
		fmt.Printf("%s; next time %s\n", p, c.OpeningHeader().Get("Set-Cookie"))
	}
	// Output:
	// cookie: ; next time session=1
	// cookie: session=1; next time session=1
}

// Pages of these origins may connect, beside those of the same host.
func ExampleHandler_origins() {
	h := &transport.Handler{
		AllowOrigins: []string{"https://*.example.com"},
		Serve:        func(context.Context, *transport.Conn) error { return nil },
	}
	server := httptest.NewServer(h)
	defer server.Close()
	for _, origin := range []string{"https://www.example.com", "https://other.example"} {
		_, err := transport.Dial(context.Background(), "ws"+
			strings.TrimPrefix(server.URL, "http"), &transport.DialOptions{
			OpeningHeader: http.Header{"Origin": {origin}},
		})
		var failure fsm.Failure
		fmt.Println(origin, errors.As(err, &failure), failure == fsm.FailureStatus)
	}
	// Output:
	// https://www.example.com false false
	// https://other.example true true
}

// A count is an observer of the ends of connections.
type count struct{ ended chan transport.Event }

func (count) Observe(transport.Event)         {}
func (c count) ObserveEnd(ev transport.Event) { c.ended <- ev }

// An EndObserver learns the outcome of each connection.
func ExampleEndObserver() {
	c := count{make(chan transport.Event, 1)}
	server := httptest.NewServer(&transport.Handler{
		Observer: c, Serve: func(ctx context.Context, conn *transport.Conn) error {
			return conn.Write(ctx, transport.Text, []byte("hello"))
		}})
	defer server.Close()
	conn := dialTest(server)
	_, _, _ = conn.Read(context.Background())
	_, _, _ = conn.Read(context.Background()) // the Close frame
	ev := <-c.ended
	fmt.Println(ev.Code, ev.Sent.Messages, ev.Sent.Bytes)
	// Output: 1000 1 5
}

// Compression is used where both sides want it.
func ExampleCompression() {
	server := httptest.NewServer(&transport.Handler{
		Compression: &transport.Compression{}, Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, []byte(strings.Repeat("hello ", 1000)))
		}})
	defer server.Close()
	c, err := transport.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http"),
		&transport.DialOptions{Compression: &transport.Compression{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, p, _ := c.Read(context.Background())
	fmt.Println(c.OpeningHeader().Get("Sec-WebSocket-Extensions"), len(p))
	// Output: permessage-deflate 6000
}

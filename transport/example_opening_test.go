package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/transport"
)

// An opening request is refused before the handshake because of its fields, and adds values for
// later calls to the context of the connection.
func ExampleHandler_opening() {
	type tenant struct{}
	h := &transport.Handler{
		CheckOpening: func(r *transport.OpeningRequest) (status int, why string) {
			if r.Path() == "/closed" {
				return http.StatusForbidden, "closed on Mondays"
			}
			return 0, ""
		},
		CheckOrigin: func(origin, _ string) bool { return origin == "https://app.example" },
		ConnContext: func(ctx context.Context, r *transport.OpeningRequest) context.Context {
			return context.WithValue(ctx, tenant{}, strings.Trim(r.Path(), "/"))
		},
		Decide: func(ctx context.Context, _ *transport.Request) (transport.Decision, error) {
			if source := transport.SourceOf(ctx); len(source.Hops) != 1 ||
				!source.Hops[0].Addr().IsLoopback() {
				return transport.Refuse(http.StatusForbidden, "from this machine only"), nil
			}
			return transport.Decision{}, nil
		},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, fmt.Appendf(nil, "tenant %v", ctx.Value(tenant{})))
		},
	}
	address, stop := listen(h)
	defer stop()
	for _, path := range []string{"/closed", "/acme"} {
		c, err := transport.Dial(context.Background(), address+path,
			&transport.DialOptions{OpeningHeader: http.Header{"Origin": {"https://app.example"}}})
		var failed *transport.HandshakeError
		if errors.As(err, &failed) {
			fmt.Printf("%d %s", failed.Status, failed.Body)
			continue
		}
		_, p, _ := c.Read(context.Background())
		fmt.Printf("%s\n", p)
		_ = c.Close(transport.CloseNormal, "")
	}
	// Output:
	// 403 closed on Mondays
	// tenant acme
}

// Plain WebSocket clients are served on the same paths as those that speak KHP.
func ExampleConn_Plain() {
	address, stop := listen(&transport.Handler{
		Plain: true, Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, fmt.Appendf(nil, "plain: %t", c.Plain()))
		}})
	defer stop()
	for _, plain := range []bool{false, true} {
		c, err := transport.Dial(context.Background(), address, &transport.DialOptions{PlainOnly: plain})
		if err != nil {
			fmt.Println(err)
			return
		}
		_, p, _ := c.Read(context.Background())
		fmt.Printf("%s\n", p)
		_ = c.Close(transport.CloseNormal, "")
	}
	// Output:
	// plain: false
	// plain: true
}

// The proxy is the one that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY name, and http.ProxyURL names one.
func ExampleProxyFromEnvironment() {
	opts := &transport.DialOptions{Proxy: transport.ProxyFromEnvironment}
	opts.Proxy = http.ProxyURL(&url.URL{Scheme: "socks5", Host: "127.0.0.1:1"})
	_, err := transport.Dial(context.Background(), "wss://server.example/", opts)
	var failed *transport.ProxyError
	fmt.Println(errors.As(err, &failed), errors.Is(err, fsm.FailureConnect), failed.Proxy)
	// Output: true true socks5://127.0.0.1:1
}

// Deployed Kaazing clients ask for more than the upgrade. A Handler answers that where it is
// mounted; elsewhere AnswerProbe does.
func ExampleAnswerProbe() {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/chat/;e/cookies", nil)
	fmt.Println(transport.AnswerProbe(w, r), w.Code)
	fmt.Println(transport.AnswerProbe(w, httptest.NewRequest("GET", "/chat", nil)))
	// Output:
	// true 200
	// false
}

// A host that drives package endpoint by itself gives its users the same error.
func ExampleNewHandshakeError() {
	err := transport.NewHandshakeError(nil,
		&net.DNSError{Err: "no such host", Name: "server.example", IsNotFound: true})
	var dns *net.DNSError
	fmt.Println(errors.As(err, &dns), err.Temporary())
	// Output: true false
}

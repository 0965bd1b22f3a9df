package conformtest_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/conformtest"
)

// go test -run TestServer tries the resources of a server, beside its other tests.
func ExampleServer() {
	TestServer := func(t *testing.T) {
		srv := httptest.NewServer(&transport.Handler{Serve: echo})
		defer srv.Close()
		conformtest.Server(t, "ws"+strings.TrimPrefix(srv.URL, "http"), &conformtest.Options{
			Run:   []string{"khp/ext", "rfc6455"},
			Known: "khp/ext/202/*  we never defer",
		})
	}
	_ = TestServer
}

// A client is a function that connects to a URL, and sends every message back.
func ExampleClient() {
	TestClient := func(t *testing.T) {
		conformtest.Client(t, func(ctx context.Context, url string) {
			c, err := transport.Dial(ctx, url, &transport.DialOptions{
				Profile: transport.Spec, Subprotocols: []string{"chat"},
				Credentials: auth.Basic("joe", "welcome"),
			})
			if err == nil {
				_ = echo(ctx, c)
			}
		}, &conformtest.Options{Profiles: []string{"spec"}})
	}
	_ = TestClient
}

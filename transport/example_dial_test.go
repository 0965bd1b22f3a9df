package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"example.com/khp/transport"
)

// A server that is busy is asked again, with more and more time between, and never sooner than it
// wants.
func ExampleRetry() {
	requests := 0
	url, stop := listen(&transport.Handler{
		Serve: echo,
		Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
			if requests++; requests < 3 {
				return transport.Decision{Status: 503}, nil
			}
			return transport.Decision{}, nil
		},
	})
	defer stop()

	patient := &transport.DialOptions{
		Retry: &transport.Retry{Attempts: 5, MinBackoff: time.Millisecond},
	}
	conn, err := transport.Dial(context.Background(), url, patient)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.CloseNow()
	fmt.Println("open after", requests, "requests")
	// Output: open after 3 requests
}

// The answer of a proxy that does not connect is distinguished from that of a server. In a program
// Proxy is mostly http.ProxyFromEnvironment.
func ExampleProxyError() {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no WebSockets at work", http.StatusForbidden)
	}))
	defer proxy.Close()
	at, _ := url.Parse(proxy.URL)
	at.User = url.UserPassword("joe", "welcome") // in case it asks

	_, err := transport.Dial(context.Background(), "wss://gateway.example/echo",
		&transport.DialOptions{Proxy: http.ProxyURL(at)})
	var refused *transport.ProxyError
	if errors.As(err, &refused) {
		fmt.Println(refused.Proxy == proxy.URL, refused.Target, refused.Status,
			strings.TrimSpace(string(refused.Body)))
	}
	// Output: true gateway.example:443 403 no WebSockets at work
}

// In a hotel the first answer may come from the network.
func ExampleHandshakeError_networkLogin() {
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNetworkAuthenticationRequired)
		fmt.Fprint(w, `<p>You need to <a href="https://login.example/">log in</a>.`)
	}))
	defer portal.Close()

	_, err := transport.Dial(context.Background(), "ws"+strings.TrimPrefix(portal.URL, "http"), nil)
	var failed *transport.HandshakeError
	if errors.As(err, &failed) && failed.NetworkLogin {
		fmt.Println("please log in at", failed.LoginURL, "and try again")
	}
	// Output: please log in at https://login.example/ and try again
}

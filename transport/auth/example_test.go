package auth_test

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
)

// An Authenticator of one's own knows one token, and the network that each client comes from.
func ExampleAuthenticatorFunc() {
	h := &transport.Handler{
		Authenticator: auth.AuthenticatorFunc(
			func(ctx context.Context, r *endpoint.Request) (auth.Verdict, error) {
				// a real one compares in constant time
				if scheme, token := r.Credentials(); scheme == "Bearer" && token == "t" {
					return auth.Verdict{Allow: true, Principal: fmt.Sprint("a client of ",
						auth.ClientNetwork(ctx))}, nil
				}
				return auth.Verdict{Challenges: []string{r.Challenge("Bearer", "demo")}}, nil
			}),
		Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, fmt.Append(nil, c.Principal()))
		},
	}
	server := httptest.NewServer(h)
	defer server.Close()
	c, err := transport.Dial(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http"),
		&transport.DialOptions{Credentials: auth.Bearer("t")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, p, _ := c.Read(context.Background())
	fmt.Printf("%s\n", p)
	_ = c.Close(transport.CloseNormal, "")
	// Output: a client of 127.0.0.1/32
}

// A check that cannot be made says so: the client is not told that its password is wrong. Hosts
// other than transport.Handler say themselves which client they ask about.
func ExampleTryLater() {
	a := auth.BasicAuth{Realm: "demo", Check: func(ctx context.Context, _, _ string) bool {
		fmt.Println("asked about", auth.ClientAddr(ctx))
		auth.TryLater(ctx, 5*time.Second) // the directory does not answer
		return false
	}}
	ctx := auth.WithClientNetwork(context.Background(),
		&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1234})
	verdict, err := a.Authenticate(ctx, &endpoint.Request{Authorization: "Basic am9lOndlbGNvbWU="})
	fmt.Println(verdict.LetsIn(), verdict.RetryAfter, err)
	// Output:
	// asked about 192.0.2.1:1234
	// false 5s <nil>
}

// Challenges are read as a client would.
func ExampleParseChallenges() {
	list, err := auth.ParseChallenges(`Application Basic realm="demo"`,
		`Digest realm="demo", nonce="x"`)
	for _, c := range list {
		fmt.Println(c.Scheme, c.Application, c.Realm)
	}
	fmt.Println(err)
	// Output:
	// Basic true demo
	// Digest false demo
	// <nil>
}

// A host that drives package endpoint by itself asks a provider beside it.
func ExamplePrepareCredentials() {
	now := time.Now()
	client, err := endpoint.NewClient("ws://server.example/",
		endpoint.ClientConfig{HasCredentials: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	client.Connect(now)
	client.Connected(now, [16]byte{})
	client.OpeningRefused(now, 401,
		[]endpoint.HeaderField{{Name: "WWW-Authenticate", Value: `Basic realm="demo"`}}, nil)
	ask := auth.PrepareCredentials(client, "", auth.Basic("joe", "welcome"))
	// in any goroutine; then client.Credentials(now, value) in the host's
	value, err := ask(context.Background())
	fmt.Println(value, err)
	// Output: Basic am9lOndlbGNvbWU= <nil>
}

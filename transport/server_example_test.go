package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
)

// A server for KHP clients at one path, and for web pages at all others.
func ExampleServer() {
	echo := &transport.Handler{Serve: echo}
	srv := &transport.Server{
		Route: func(_, path string) *transport.Handler {
			if path == "/echo" {
				return echo
			}
			return nil
		},
		Fallback: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "a page for "+r.URL.Path)
		}),
		MaxConnections: 10000,
	}
	// srv.ListenAndServe(":8080") does this and the next line
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()

	conn, err := transport.Dial(context.Background(), "ws://"+ln.Addr().String()+"/echo", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = conn.Write(context.Background(), transport.Text, []byte("hello"))
	_, message, _ := conn.Read(context.Background())
	fmt.Println(string(message))
	_ = conn.Close(transport.CloseNormal, "")

	if r, err := http.Get("http://" + ln.Addr().String() + "/about"); err == nil {
		body, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		fmt.Println(string(body))
	}
	fmt.Println(srv.Shutdown(context.Background()), <-served)
	// Output:
	// hello
	// a page for /about
	// <nil> http: Server closed
}

// The application sees who it is that was let in; for files with names and passwords there is
// package htpasswd.
func ExampleAuthenticator() {
	url, stop := listen(&transport.Handler{
		Authenticator: auth.BasicAuth{Realm: "demo",
			Check: auth.Users(map[string]string{"joe": "welcome"})},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, fmt.Appendf(nil, "welcome, %v", c.Principal()))
		},
	})
	defer stop()
	for _, password := range []string{"sesame", "welcome"} {
		conn, err := transport.Dial(context.Background(), url,
			&transport.DialOptions{Credentials: auth.Basic("joe", password)})
		if err != nil {
			var failed *transport.HandshakeError
			fmt.Println(errors.As(err, &failed), failed.Status)
			continue
		}
		_, message, _ := conn.Read(context.Background())
		fmt.Println(string(message))
		_ = conn.Close(transport.CloseNormal, "")
	}
	// Output:
	// true 401
	// welcome, joe
}

// The password stays with the client, whose response proves it once.
func ExampleDigestAuth() {
	url, stop := listen(&transport.Handler{
		Authenticator: &auth.DigestAuth{Realm: "demo", HA1: auth.DigestUsers("demo", 0,
			map[string]string{"joe": "welcome"})},
		Serve: echo,
	})
	defer stop()
	conn, err := transport.Dial(context.Background(), url,
		&transport.DialOptions{Credentials: auth.Digest("joe", "welcome")})
	fmt.Println(err)
	_ = conn.Close(transport.CloseNormal, "")
	// Output: <nil>
}

// Deployed clients answer Token challenges with the result of their login handler; here each token
// stands for a user.
func ExampleTokenAuth() {
	url, stop := listen(&transport.Handler{
		Authenticator: auth.TokenAuth{Check: auth.Tokens(map[string]any{"1:joe:welcome": "joe"})},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, fmt.Appendf(nil, "welcome, %v", c.Principal()))
		},
	})
	defer stop()
	conn, err := transport.Dial(context.Background(), url,
		&transport.DialOptions{Profile: transport.Kaazing, Credentials: auth.Token("1:joe:welcome")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, message, _ := conn.Read(context.Background())
	fmt.Println(string(message))
	_ = conn.Close(transport.CloseNormal, "")
	// Output: welcome, joe
}

package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/trace"
)

// echo serves the connections of most servers here.
func echo(ctx context.Context, c *transport.Conn) error {
	for {
		kind, message, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if err := c.Write(ctx, kind, message); err != nil {
			return err
		}
	}
}

// listen serves h on loopback for one example.
func listen(h *transport.Handler) (url string, stop func()) {
	srv := httptest.NewServer(h)
	return "ws" + strings.TrimPrefix(srv.URL, "http"), func() {
		_ = h.Shutdown(context.Background())
		srv.Close()
	}
}

func ExampleDial() {
	url, stop := listen(&transport.Handler{Serve: echo})
	defer stop()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := transport.Dial(ctx, url+"/echo", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.CloseNow()
	if err := conn.Write(ctx, transport.Text, []byte("hello")); err != nil {
		fmt.Println(err)
		return
	}
	kind, message, err := conn.Read(ctx)
	fmt.Println(kind, string(message), err)
	fmt.Println(conn.Close(transport.CloseNormal, "bye"))
	// Output:
	// text hello <nil>
	// <nil>
}

// DialOptions serve any number of calls: here to a Kaazing gateway.
func ExampleDialOptions() {
	url, stop := listen(&transport.Handler{Serve: echo, Subprotocols: []string{"amqp"}})
	defer stop()

	gateway := &transport.DialOptions{
		Profile:      transport.Kaazing,
		Subprotocols: []string{"amqp"},
		Timeouts:     transport.Timeouts{Opening: 30 * time.Second},
	}
	conn, err := transport.Dial(context.Background(), url+"/amqp", gateway)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.CloseNow()
	fmt.Println(conn.Subprotocol(), conn.Status(), strings.TrimPrefix(conn.URL(), url))
	// Output: amqp 101 /amqp?.kl=Y
}

// A Handler decides about each request, and uses the connections that open.
func ExampleHandler() {
	h := &transport.Handler{
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			switch {
			case r.Path() == "/old":
				return transport.Decision{Status: 301, Location: "/new"}, nil
			case r.Path() != "/new":
				return transport.Refuse(http.StatusNotFound, "try /new"), nil
			case r.Authorization == "":
				return r.Ask("Basic", "new"), nil
			case r.Authorization != "Basic am9lOndlbGNvbWU=": // a real one compares in constant time
				return transport.Refuse(http.StatusForbidden, ""), nil
			}
			return transport.Decision{}, nil
		},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			return c.Write(ctx, transport.Text, []byte("welcome to "+c.Request().Path()))
		},
	}
	url, stop := listen(h) // or http.Handle("/", h)
	defer stop()

	ctx := context.Background()
	conn, err := transport.Dial(ctx, url+"/old",
		&transport.DialOptions{Credentials: auth.Basic("joe", "welcome")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, message, err := conn.Read(ctx)
	fmt.Println(string(message), err)
	_, _, err = conn.Read(ctx)
	fmt.Println(transport.CloseCode(err)) // Serve has returned nil
	// Output:
	// welcome to /new <nil>
	// 1000
}

// A connection is read by one goroutine and written by any. A Read that is given up loses nothing.
func ExampleConn() {
	url, stop := listen(&transport.Handler{Serve: echo})
	defer stop()
	conn, err := transport.Dial(context.Background(), url, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.CloseNow()

	soon, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	_, _, err = conn.Read(soon)
	cancel()
	fmt.Println("nothing yet:", errors.Is(err, context.DeadlineExceeded))

	for _, line := range []string{"one", "two"} {
		if err := conn.Write(context.Background(), transport.Text, []byte(line)); err != nil {
			fmt.Println(err)
			return
		}
	}
	for range 2 {
		_, message, err := conn.Read(context.Background())
		fmt.Println(string(message), err)
	}
	_ = conn.Close(4000, "enough")
	_, _, err = conn.Read(context.Background())
	fmt.Println(err)
	// Output:
	// nothing yet: true
	// one <nil>
	// two <nil>
	// transport: use of closed network connection: transport: peer closed the connection: 4000 (private use): "enough"
}

func ExampleBasic() {
	url, stop := listen(&transport.Handler{
		Serve: echo,
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			if r.Authorization == "" {
				return r.Ask("Basic", "accounts"), nil
			}
			return transport.Decision{}, nil
		},
	})
	defer stop()

	_, err := transport.Dial(context.Background(), url, nil)
	fmt.Println("without:", errors.Is(err, fsm.FailureAuthRequired))
	conn, err := transport.Dial(context.Background(), url,
		&transport.DialOptions{Credentials: auth.Basic("joe", "welcome")})
	fmt.Println("with:", err)
	_ = conn.Close(transport.CloseNormal, "")
	// Output:
	// without: true
	// with: <nil>
}

// Credentials may come from anywhere, such as from the user. The context ends when nobody waits for
// them any more.
func ExampleCredentialsFunc() {
	ask := auth.CredentialsFunc(func(ctx context.Context, r *auth.CredentialsRequest) (string, error) {
		for _, c := range r.Challenges {
			if c.Scheme == "Bearer" && r.Attempt == 1 {
				fmt.Println("a token for", c.Realm)
				return "Bearer abc123", nil
			}
		}
		return "", errors.New("no such credentials")
	})
	url, stop := listen(&transport.Handler{
		Serve: echo,
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			return r.Ask("Bearer", "api"), nil // nothing is good enough
		},
	})
	defer stop()
	_, err := transport.Dial(context.Background(), url, &transport.DialOptions{Credentials: ask})
	fmt.Println(strings.Contains(err.Error(), "no such credentials"))
	// Output:
	// a token for api
	// true
}

// The challenges of the server decide which of them is used: of these challenges Digest is the
// strongest.
func ExampleFirstOf() {
	url, stop := listen(&transport.Handler{
		Serve: echo,
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			if r.Authorization == "" {
				return transport.Decision{Status: 401, Challenges: []string{
					`Basic realm="khp", Digest realm="khp", nonce="e5a1", qop="auth", algorithm=SHA-256`,
				}}, nil
			}
			scheme, _, _ := strings.Cut(r.Authorization, " ")
			fmt.Println("answered with", scheme)
			return transport.Decision{}, nil // after a look at the answer, see credentials.ParseDigest
		},
	})
	defer stop()

	conn, err := transport.Dial(context.Background(), url+"/account", &transport.DialOptions{
		Credentials: auth.FirstOf(auth.Basic("joe", "welcome"), auth.Digest("joe", "welcome")),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.CloseNow()
	fmt.Println(conn.Status())
	// Output:
	// answered with Digest
	// 101
}

// A provider of one's own looks at the parameters of a challenge.
func ExampleChallenge_Param() {
	ch := auth.Challenge{Scheme: "Bearer", Params: `realm="khp", scope="read write"`}
	fmt.Println(ch.Param("scope"))
	// Output: read write true
}

func ExampleHandshakeError() {
	url, stop := listen(&transport.Handler{
		Serve: echo,
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			if r.Path() == "/busy" {
				h := []transport.HeaderField{{Name: "Retry-After", Value: "30"}}
				return transport.Decision{Status: 503, Header: h, Body: []byte("come back later")}, nil
			}
			return transport.Redirect("/b/../a"), nil
		},
	})
	defer stop()

	_, err := transport.Dial(context.Background(), url+"/busy", nil)
	var failed *transport.HandshakeError
	if errors.As(err, &failed) {
		fmt.Println(failed.Leg, failed.Status, string(failed.Body), failed.Temporary(), failed.RetryAfter)
	}

	_, err = transport.Dial(context.Background(), url+"/a", nil)
	if errors.Is(err, fsm.FailureRedirectLoop) && errors.As(err, &failed) {
		fmt.Println(strings.ReplaceAll(strings.Join(failed.Path, " -> "), url, "here"))
	}
	// Output:
	// extended handshake 503 come back later true 30s
	// here/a -> here/a
}

// printer shows the events of a connection.
type printer struct{}

func (printer) Observe(ev transport.Event) {
	first, _, _ := strings.Cut(string(ev.Data), "\r\n")
	fmt.Println(strings.TrimSpace(string(ev.Kind) + " " + first))
}

// An Observer sees each step of a handshake.
func ExampleObserver() {
	url, stop := listen(&transport.Handler{Serve: echo})
	defer stop()
	conn, err := transport.Dial(context.Background(), url+"/echo",
		&transport.DialOptions{Observer: printer{}, OpeningHeader: http.Header{"Cookie": {"secret"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = conn.Close(transport.CloseNormal, "") // the handshake is over: nothing more is observed
	// Output:
	// dial
	// send-opening GET /echo HTTP/1.1
	// receive-opening HTTP/1.1 101 Switching Protocols
	// send GET /echo HTTP/1.1
	// receive HTTP/1.1 101 Switching Protocols
	// receive
	// open
}

// A trace of a handshake, which khp replay can check and draw.
func ExampleTraceTo() {
	url, stop := listen(&transport.Handler{Serve: echo})
	defer stop()
	var file strings.Builder // a file, usually
	options := &transport.DialOptions{}
	w, err := trace.NewWriter(&file, options.TraceHeader())
	if err != nil {
		return
	}
	options.Observer = transport.TraceTo(w)
	conn, err := transport.Dial(context.Background(), url+"/echo", options)
	if err != nil {
		return
	}
	_ = conn.Close(transport.CloseNormal, "")
	fmt.Println(strings.Count(file.String(), "\n"), "lines")
	// Output: 8 lines
}

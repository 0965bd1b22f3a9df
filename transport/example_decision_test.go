package transport_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
)

// A decision names its status itself, so that none is forgotten: a Decision with challenges or a
// location, but without a status, is refused.
func ExampleRefuse() {
	url, stop := listen(&transport.Handler{
		Serve: echo,
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			switch r.Path() {
			case "/old":
				return transport.Redirect("/new"), nil
			case "/closed":
				return transport.Refuse(http.StatusServiceUnavailable, "open from 9 to 5"), nil
			}
			return transport.Decision{}, nil
		},
	})
	defer stop()

	for _, path := range []string{"/old", "/closed"} {
		conn, err := transport.Dial(context.Background(), url+path, nil)
		if err != nil {
			failed := err.(*transport.HandshakeError)
			fmt.Printf("%s: %d %s", path, failed.Status, failed.Body)
			continue
		}
		fmt.Printf("%s: open at %s\n", path, strings.TrimPrefix(conn.URL(), url))
		_ = conn.Close(transport.CloseNormal, "")
	}
	// Output:
	// /old: open at /new
	// /closed: 503 open from 9 to 5
}

// An Authenticator can be used within Decide, for some paths only.
func ExampleVerdict_Decision() {
	users := auth.BasicAuth{Realm: "staff", Check: auth.Users(map[string]string{"joe": "welcome"})}
	url, stop := listen(&transport.Handler{
		Serve: echo,
		Decide: func(ctx context.Context, r *transport.Request) (transport.Decision, error) {
			if r.Path() == "/public" {
				return transport.Decision{}, nil
			}
			verdict, err := users.Authenticate(ctx, r)
			return verdict.Decision(), err
		},
	})
	defer stop()

	for _, password := range []string{"welcome", "wrong"} {
		conn, err := transport.Dial(context.Background(), url+"/staff",
			&transport.DialOptions{Credentials: auth.Basic("joe", password)})
		if err != nil {
			fmt.Println("status", err.(*transport.HandshakeError).Status)
			continue
		}
		fmt.Println("open")
		_ = conn.Close(transport.CloseNormal, "")
	}
	// Output:
	// open
	// status 401
}

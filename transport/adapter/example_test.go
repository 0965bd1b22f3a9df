package adapter_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
)

// A client and a server on the two ends of a connection of another library; here it is one without
// a network. An adapter for a library consists of its Conn and of these two calls.
func Example() {
	clientConn, serverConn := newPipe()
	served := make(chan string)
	go func() {
		result, err := adapter.Server(context.Background(), serverConn,
			openingRequest("/echo?a=b"), &adapter.ServerOptions{
				Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
					if r.Authorization == "" {
						return r.Ask("Basic", "example"), nil
					}
					return transport.Decision{Subprotocol: "amqp"}, nil
				},
			})
		served <- fmt.Sprint(result.URL, " ", result.Subprotocol, " ", err)
	}()
	_, result, err := adapter.Client(context.Background(), "ws://one.example/echo?a=b",
		clientOptions(), func(_ context.Context, t *adapter.Target) (*pipe, *http.Response, error) {
			fmt.Println("dial", t.URL, t.Subprotocols)
			return clientConn, selected(), nil
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("client:", result.Status, result.Subprotocol)
	fmt.Println("server:", <-served)
	// Output:
	// dial ws://one.example/echo?a=b [x-kaazing-handshake amqp]
	// client: 101 amqp
	// server: /echo?a=b amqp <nil>
}

// A handler of any library, mounted so that all of Kaazing's clients can use it. Java clients first
// ask for the cookies below the path.
func ExampleKaazingClients() {
	echo := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		// upgrade, Accept, and use the connection
	})
	mux := http.NewServeMux()
	mux.Handle("/echo", adapter.KaazingClients(echo))
	mux.Handle("/echo/", adapter.KaazingClients(echo))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/echo/;e/cookies?.krn=1", nil))
	fmt.Println(w.Code)
	// Output: 200
}

func clientOptions() *adapter.ClientOptions {
	o := &adapter.ClientOptions{Credentials: auth.Basic("joe", "welcome")}
	o.Config.Subprotocols = []string{"amqp"}
	return o
}

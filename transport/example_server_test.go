package transport_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"example.com/khp/transport"
)

// Limits change while a server serves, its load can be read, and it ends without all of its clients
// coming back at once.
func ExampleServer_SetBounds() {
	h := &transport.Handler{Serve: echo}
	srv := &transport.Server{Handler: h, MaxConnections: 1}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	dial := func() error {
		c, err := transport.Dial(context.Background(), "ws://"+ln.Addr().String(), nil)
		if err == nil {
			c.CloseRead(context.Background()) // answers the server's Close
		}
		return err
	}
	fmt.Println(dial(), dial() != nil, srv.Load().Full)
	fmt.Println(srv.SetBounds(transport.Bounds{MaxConnections: 100}), dial(), h.Connections(),
		srv.Load().InUse)

	fmt.Println(srv.ShutdownOver(context.Background(), 10*time.Millisecond), <-served,
		srv.Connections())
	// Output:
	// <nil> true true
	// <nil> <nil> 2 2
	// <nil> http: Server closed 0
}

// Options of a listener may change while it listens, such as a certificate that is renewed.
func ExampleServer_ServeWith() {
	made := httptest.NewUnstartedServer(nil)
	made.StartTLS() // has a certificate for 127.0.0.1
	defer made.Close()
	srv := &transport.Server{Handler: &transport.Handler{Serve: echo}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	served := make(chan error, 1)
	go func() {
		served <- srv.ServeWith(ln, func() transport.ListenerOptions {
			return transport.ListenerOptions{TLSConfig: made.TLS}
		})
	}()
	client := made.Client().Transport.(*http.Transport)
	c, err := transport.Dial(context.Background(), "wss://"+ln.Addr().String(),
		&transport.DialOptions{TLSConfig: client.TLSClientConfig})
	if err != nil {
		fmt.Println(err)
		return
	}
	c.CloseRead(context.Background()) // answers the server's Close
	fmt.Println(c.TLS().HandshakeComplete)
	fmt.Println(srv.Shutdown(context.Background()), <-served)
	// Output:
	// true
	// <nil> http: Server closed
}

// The same with the files of a certificate. ListenAndServe and ListenAndServeTLS also listen.
func ExampleServer_ServeTLS() {
	srv := &transport.Server{Handler: &transport.Handler{Serve: echo}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(srv.ServeTLS(ln, "missing.pem", "missing.key") != nil)
	fmt.Println(srv.ListenAndServe("127.0.0.1:no port") != nil,
		srv.ListenAndServeTLS("127.0.0.1:no port", "", "") != nil)
	// Output:
	// true
	// true true
}

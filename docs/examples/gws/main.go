// Command gws is a server on github.com/lxzan/gws, a WebSocket library that calls back: package
// adapter shakes hands on its connections, and an adapter.Inbox takes the messages.
//
//	go run . -listen 127.0.0.1:8080
//
// It echoes messages; at /account it asks for the credentials joe:welcome. server.go is all that
// such a server needs; main.go lets it run.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address to listen on")
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on ws://%v\n", l.Addr())
	log.Fatal(server().Serve(l))
}

// server bounds the opening request in time and size, which is the host's to do.
func server() *http.Server {
	// The library does not check the origin.
	own := &adapter.ServerOptions{Config: endpoint.ServerConfig{CheckOrigin: endpoint.SameOrigin}}
	login := *own
	login.Authenticator = auth.BasicAuth{Realm: "account",
		Check: auth.Users(map[string]string{"joe": "welcome"})}
	mux := http.NewServeMux()
	mux.Handle("/", handler(own, echo))
	mux.Handle("/account", handler(&login, echo))
	return &http.Server{Handler: adapter.KaazingClients(mux), ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes: 16 << 10}
}

// echo is the application. A peer that does not read has lost its connection after ten seconds.
func echo(c *conn, t wire.MessageType, p []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = c.WriteMessage(ctx, t, p)
}

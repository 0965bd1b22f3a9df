// Command eventloop is a server in one goroutine: an event loop on epoll, frames of its own, and
// the protocol by endpoint/driver.
//
//	go run . -listen 127.0.0.1:8080
//
// It echoes messages; at /account it asks for the credentials joe:welcome. server.go is the host
// of the driver, all that such a server needs beside sockets (loop_linux.go) and frames
// (frames.go).
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "IPv4 address to listen on")
	flag.Parse()
	l, err := newServer(*listen, decide)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on ws://%v\n", l.addr())
	log.Fatal(l.run())
}

func newServer(listen string, decide func(r *endpoint.Request) endpoint.Decision) (*loop, error) {
	app := application{decide: decide, receive: echo}
	return newLoop(listen, func(s *socket) events { return serve(s, endpoint.ServerConfig{}, app) })
}

var login = auth.BasicAuth{Realm: "account", Check: auth.Users(map[string]string{"joe": "welcome"})}

// decide asks for credentials at /account. It runs in a goroutine of its own.
func decide(r *endpoint.Request) endpoint.Decision {
	if r.Path() != "/account" {
		return endpoint.Decision{}
	}
	verdict, err := login.Authenticate(context.Background(), r)
	if err != nil {
		return endpoint.Refuse(500, "")
	}
	return verdict.Decision()
}

func echo(c *conn, t wire.MessageType, p []byte) { c.driver.Send(time.Now(), t, p) }

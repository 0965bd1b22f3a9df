// Command fsmonly is a server that takes nothing but the rules from khp: package fsm says what to
// do, the parser of HTTP is net/http's, frames are github.com/gobwas/ws's, timers and the rest are
// its own.
//
//	go run . -listen 127.0.0.1:8080
//
// It echoes messages; at /account it asks for the credentials joe:welcome. It leaves out the
// features of package endpoint: bodies of requests, extensions and subprotocols, decisions that
// take their time. Which facts go with which event is listed in docs/facts.md.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address to listen on")
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on ws://%v\n", l.Addr())
	log.Fatal((&http.Server{Handler: http.HandlerFunc(serve), ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes: 16 << 10}).Serve(l))
}

package main

import (
	"context"
	"io"
	"net"
	"net/http"

	"example.com/khp/bench/handshake"
	"example.com/khp/transport"
	coder "github.com/coder/websocket"
	"github.com/gobwas/ws"
	gorilla "github.com/gorilla/websocket"
	"github.com/lxzan/gws"
)

// server is one that is compared. It serves a listener: it shakes hands and then waits for
// messages.
type server struct {
	name  string
	khp   bool                        // it does both handshakes
	serve func(ln net.Listener) error // nil is khp serve as shipped
}

// servers are all servers; the others of a kind are compared with the first.
var servers = []server{
	{"bare net loop", false, each(func(nc net.Conn) { bare(nc); wait(nc) })},
	{"khp Server, Plain", false,
		(&transport.Server{Handler: &transport.Handler{Plain: true, Serve: read}}).Serve},
	{"khp serve as shipped, --plain", false, nil},
	{"gobwas zero-copy", false, each(func(nc net.Conn) { upgrade(nc); wait(nc) })},
	{"gobwas HTTPUpgrader", false, byHTTP(func(w http.ResponseWriter, r *http.Request) {
		if nc, _, _, err := ws.UpgradeHTTP(r, w); err == nil {
			wait(nc)
			_ = nc.Close()
		}
	})},
	{"gorilla", false, byHTTP(func(w http.ResponseWriter, r *http.Request) {
		if c, err := new(gorilla.Upgrader).Upgrade(w, r, nil); err == nil {
			_, _, _ = c.ReadMessage()
			_ = c.Close()
		}
	})},
	{"coder", false, byHTTP(func(w http.ResponseWriter, r *http.Request) {
		if c, err := coder.Accept(w, r, nil); err == nil {
			_, _, _ = c.Read(context.Background())
			_ = c.CloseNow()
		}
	})},
	{"gws", false, func(ln net.Listener) error {
		return gws.NewServer(new(gws.BuiltinEventHandler), nil).RunListener(ln)
	}},

	{"bare net loop", true, each(func(nc net.Conn) { bare(nc); answer(nc); wait(nc) })},
	{"khp Server", true, (&transport.Server{Handler: &transport.Handler{Serve: read}}).Serve},
	{"khp serve as shipped", true, nil},
	{"khp Handler on net/http", true, func(ln net.Listener) error {
		return http.Serve(ln, &transport.Handler{Serve: read})
	}},
	{"gobwas zero-copy", true, each(func(nc net.Conn) { upgrade(nc); answer(nc); wait(nc) })},
}

func each(serve func(net.Conn)) func(net.Listener) error {
	return func(ln net.Listener) error { return handshake.Accept(ln, serve) }
}

func byHTTP(serve http.HandlerFunc) func(net.Listener) error {
	return func(ln net.Listener) error { return http.Serve(ln, serve) }
}

func read(ctx context.Context, c *transport.Conn) error {
	_, _, err := c.Read(ctx)
	return err
}

// bare answers the opening request without a look at it.
func bare(nc net.Conn) {
	var buf [1024]byte
	_, _ = nc.Read(buf[:])
	_, _ = nc.Write(handshake.Opened)
}

func upgrade(nc net.Conn) {
	_, _ = ws.Upgrader{Protocol: func(p []byte) bool {
		return string(p) == handshake.Protocol
	}}.Upgrade(nc)
}

// answer answers the extended request without a look at it.
func answer(nc net.Conn) {
	var buf [512]byte
	_, _ = nc.Read(buf[:])
	_, _ = nc.Write(handshake.Accepted)
}

// wait is for a message, without memory for it.
func wait(nc net.Conn) {
	var header [ws.MinHeaderSize]byte
	_, _ = io.ReadFull(nc, header[:])
}

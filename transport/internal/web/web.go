// Package web hands connections that were accepted elsewhere, and of which something was read
// already, to net/http.
package web

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"

	"example.com/khp/internal/inlet"
)

// Queue is the way to a server of net/http, which is made when the first connection needs it.
type Queue struct {
	mu     sync.Mutex
	server *http.Server
	inlet  *inlet.Listener // of the server
	closed bool
}

// Take hands a connection over, with the bytes that were read from it, and the value for [About];
// gone is called once it is closed. newServer makes the server.
func (w *Queue) Take(
	newServer func() *http.Server, nc net.Conn, read []byte, about any, gone func(),
) {
	var c net.Conn = &readConn{Conn: nc, read: read, about: about, gone: sync.OnceFunc(gone)}
	if secure, ok := nc.(*tls.Conn); ok {
		c = &secureReadConn{c.(*readConn), secure}
	}
	if !w.start(newServer) || w.inlet.Hand(context.Background(), c) != nil {
		_ = c.Close()
	}
}

// start makes the server; ok is false if it has been shut down.
func (w *Queue) start(newServer func() *http.Server) (ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.server != nil {
		return !w.closed
	}
	w.inlet, w.server = inlet.New(nil, net.ErrClosed), newServer()
	go func() { _ = w.server.Serve(w.inlet) }()
	return true
}

// stop keeps it from being started, and returns it if it was.
func (w *Queue) stop() *http.Server {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return w.server
}

// Shutdown shuts the server down, if there is one, and drops its connections if ctx ends. No more
// connections are taken.
func (w *Queue) Shutdown(ctx context.Context) error {
	server := w.stop()
	if server == nil {
		return nil
	}
	err := server.Shutdown(ctx)
	if err != nil {
		_ = server.Close()
	}
	return err
}

// Close drops all connections of the server. No more are taken.
func (w *Queue) Close() {
	if server := w.stop(); server != nil {
		_ = server.Close()
	}
}

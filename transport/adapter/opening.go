package adapter

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// attempt watches a library open one connection.
type attempt struct {
	mu     sync.Mutex
	socket net.Conn    // once the peer is reached, by TLS too if there is any
	stop   func() bool // ends the watch of ctx
}

// watch runs dial and returns the socket too, if it got one. It breaks that off when ctx ends: not
// every library does in the middle of the opening handshake. A connection that was opened although
// ctx has ended must be closed: its socket may have a deadline.
func watch(
	ctx context.Context, dial func(context.Context, *Target) (Conn, *http.Response, error), t *Target,
) (conn Conn, socket net.Conn, resp *http.Response, err error) {
	a := &attempt{stop: func() bool { return true }}
	conn, resp, err = dial(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.socket = info.Conn
			a.stop = context.AfterFunc(ctx, func() { _ = info.Conn.SetDeadline(longAgo) })
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			a.mu.Lock()
			defer a.mu.Unlock()
			if err != nil {
				a.socket = nil
			}
		},
	}), t)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stop()
	return conn, a.socket, resp, err
}

// readBody returns as much of the body of an answer as there is.
func readBody(resp *http.Response, limit int) []byte {
	if resp.Body == nil {
		return nil
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, int64(limit)))
	_ = resp.Body.Close()
	return b
}

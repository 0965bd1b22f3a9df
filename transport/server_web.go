package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/khp/transport/internal/tracker"
)

// requestTimeout bounds one HTTP request and its answer, and idleTimeout the wait for the next.
const (
	requestTimeout = 30 * time.Second
	idleTimeout    = 60 * time.Second
)

// web is the net/http server behind a Server, made when the first connection needs it.
type web struct {
	mu     sync.Mutex
	server *http.Server
	queue  chan net.Conn
	done   chan struct{} // closed with the queue's listener
	closed bool
}

// take hands a connection over, with what was read of it; gone is called once it is closed.
func (w *web) take(s *Server, nc net.Conn, read []byte, gone func()) {
	var c net.Conn = &readConn{Conn: nc, read: read, gone: sync.OnceFunc(gone)}
	if secure, ok := nc.(*tls.Conn); ok {
		c = &secureReadConn{c.(*readConn), secure}
	}
	if !w.start(s) {
		_ = c.Close()
		return
	}
	select {
	case w.queue <- c:
	case <-w.done:
		_ = c.Close()
	}
}

// start makes the server; ok is false if it has been shut down.
func (w *web) start(s *Server) (ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.server != nil {
		return !w.closed
	}
	w.queue, w.done = make(chan net.Conn), make(chan struct{})
	w.server = &http.Server{
		Handler: http.HandlerFunc(s.serveHTTP), ReadHeaderTimeout: defaultOpeningTimeout, ReadTimeout: requestTimeout, WriteTimeout: requestTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: s.Limits.OrDefault().Head, // and 4 KiB, which net/http grants
		ErrorLog:       slog.NewLogLogger(s.log().Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), serverKey{}, s)
		},
	}
	go func() { _ = w.server.Serve(&queueListener{queue: w.queue, done: w.done}) }()
	return true
}

// stop keeps it from being started, and returns it if it was.
func (w *web) stop() *http.Server {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return w.server
}

func (w *web) shutdown(ctx context.Context) error {
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

func (w *web) close() {
	if server := w.stop(); server != nil {
		_ = server.Close()
	}
}

// serveHTTP answers what came by net/http: upgrades to KHP as well, if a client sends one on a connection that it has used for something else.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	path := pathOnly(r.RequestURI)
	if !strings.HasPrefix(path, "/") {
		path = r.URL.EscapedPath()
	}
	path, _, _ = strings.Cut(path, "/;e/") // below it clients ask for what comes with it
	h := s.route(r.Host, cmp.Or(path, "/"))
	switch {
	case (h != nil || strings.HasPrefix(r.URL.RawQuery, ".kr=")) && AnswerProbe(w, r):
	case h != nil && (s.Fallback == nil || upgradesTo(h, r)):
		h.ServeHTTP(w, r)
	case s.Fallback != nil:
		s.Fallback.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// upgradesTo reports whether a request is for h.
func upgradesTo(h *Handler, r *http.Request) bool {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return false
	}
	return h.Plain || offersKHP(requestOf(r).Fields)
}

type serverKey struct{}

// serverOf returns the Server behind net/http, nil if there is none.
func serverOf(ctx context.Context) *Server {
	s, _ := ctx.Value(serverKey{}).(*Server)
	return s
}

// tracker returns what knows the connections of s; nil if there is no Server.
func (s *Server) tracker() *tracker.Tracker {
	if s == nil {
		return nil
	}
	return &s.live
}

// queueListener is a listener for connections that were accepted elsewhere.
type queueListener struct {
	queue <-chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// Accept implements net.Listener.
func (l *queueListener) Accept() (net.Conn, error) {
	select {
	case nc := <-l.queue:
		return nc, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *queueListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr implements net.Listener.
func (l *queueListener) Addr() net.Addr { return &net.TCPAddr{} }

// readConn is a connection of which something has been read already.
type readConn struct {
	net.Conn
	read []byte
	gone func()
}

// Read returns what was read before first.
func (c *readConn) Read(p []byte) (int, error) {
	if len(c.read) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.read)
	if c.read = c.read[n:]; len(c.read) == 0 {
		c.read = nil
	}
	return n, nil
}

// Close implements net.Conn.
func (c *readConn) Close() error {
	defer c.gone()
	return c.Conn.Close()
}

// CloseWrite ends our side of the stream.
func (c *readConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return http.ErrNotSupported
}

// NetConn returns the connection below.
func (c *readConn) NetConn() net.Conn { return c.Conn }

// secureReadConn is one with TLS.
type secureReadConn struct {
	*readConn
	secure *tls.Conn
}

// ConnectionState is what net/http shows as Request.TLS.
func (c *secureReadConn) ConnectionState() tls.ConnectionState { return c.secure.ConnectionState() }

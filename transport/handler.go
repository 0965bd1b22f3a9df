package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"example.com/khp/fsm"
	"example.com/khp/transport/endpoint"
	"example.com/khp/wire"
)

// Request is what a server decides on: the extended request and what it inherits from the opening one.
type Request = endpoint.Request

// Decision is the answer to a Request. The zero value accepts.
type Decision = endpoint.Decision

// Handler serves KHP connections on any net/http mux. It answers the opening handshake, speaks the profile that the client asks for, lets Decide
// judge each request, and calls Serve for each connection that opens.
//
// Use it as a pointer; fields must not change once it serves. The zero timeouts and limits are the defaults.
type Handler struct {
	// Serve uses one open connection; it is closed with 1000 when Serve returns nil, with 1011 when it returns an error. ctx ends when
	// Shutdown is called and the connection should come to its end.
	Serve func(ctx context.Context, c *Conn) error
	// Decide judges one request, first or replayed: it accepts, challenges, redirects, refuses, or asks for time with 202 by returning a decision with that
	// status, after which it is called again. An error is answered with 500. It runs in a goroutine of its own, and ctx ends when nobody waits for
	// the decision any more. nil accepts every request with the first subprotocol of Subprotocols that was asked for.
	Decide       func(ctx context.Context, r *Request) (Decision, error)
	Subprotocols []string // in the server's order of preference, for a nil Decide
	// CheckOrigin decides about opening requests with an Origin field; nil allows the same host only, whatever else would let any web page use the
	// server in its visitors' names.
	CheckOrigin func(origin, host string) bool
	Plain       bool // serve clients that do not offer KHP as plain WebSockets; Decide is not asked about them
	Unchecked   bool // let decisions break the obligations of their status code: for servers that test clients
	Timeouts    Timeouts
	Limits      wire.Limits // of the handshake
	ReadLimit   int64       // of a message after it, in bytes; 0 is DefaultReadLimit
	Observer    Observer
	Logger      *slog.Logger // one line per handshake; nil logs nothing

	live tracker
}

// ServeHTTP takes over the connection of an upgrade request and returns when it is closed. Requests that are no WebSocket upgrade
// are answered with 426 or another fitting status.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hijacker, ok := w.(http.Hijacker)
	if !ok || r.ProtoMajor != 1 {
		http.Error(w, "WebSocket needs an HTTP/1.1 connection", http.StatusHTTPVersionNotSupported)
		return
	}
	nc, buffered, err := hijacker.Hijack()
	if err != nil {
		http.Error(w, "the connection cannot be taken over: "+err.Error(), http.StatusInternalServerError)
		return
	}
	rest, _ := buffered.Reader.Peek(buffered.Reader.Buffered())
	h.serve(context.WithoutCancel(r.Context()), nc, requestOf(r), rest)
}

// Shutdown ends all connections: it closes open ones with 1001 and answers handshakes in progress with 503, and waits until Serve has returned for all of them or
// ctx ends; then it drops what is left and returns ctx.Err().
func (h *Handler) Shutdown(ctx context.Context) error { return h.live.shutdown(ctx) }

// Connections returns how many connections are being served, handshakes included.
func (h *Handler) Connections() int { return h.live.count() }

// serve shakes hands on nc, whose opening request was read already, and serves the connection.
func (h *Handler) serve(ctx context.Context, nc net.Conn, req *wire.Request, rest []byte) {
	ctx, entry, ok := h.live.add(ctx, nc)
	if !ok {
		_ = nc.Close()
		return
	}
	defer h.live.remove(entry)
	a := &acceptor{handler: h, server: endpoint.NewServer(h.config()), request: req, rest: rest, remote: nc.RemoteAddr()}
	conn := a.shake(ctx, nc)
	if conn == nil {
		return
	}
	entry.opened(conn)
	h.finish(ctx, conn, h.callServe(ctx, conn))
}

// callServe keeps a panic of the application from taking the connection's state with it; net/http logs it.
func (h *Handler) callServe(ctx context.Context, conn *Conn) error {
	normal := false
	defer func() {
		if !normal {
			_ = conn.Close(CloseInternalError, "")
		}
	}()
	err := h.Serve(ctx, conn)
	normal = true
	return err
}

func (h *Handler) finish(ctx context.Context, conn *Conn, err error) {
	code := CloseNormal
	if ctx.Err() != nil {
		code = CloseGoingAway
	}
	var closed *CloseError
	if err != nil && !errors.As(err, &closed) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, context.Canceled) {
		code = CloseInternalError
		h.log().Warn("serving failed", "remote", conn.NetConn().RemoteAddr().String(), "error", err.Error())
	}
	_ = conn.Close(code, "")
}

func (h *Handler) config() endpoint.ServerConfig {
	m := fsm.DefaultServerConfig()
	m.Plain, m.Unchecked = h.Plain, h.Unchecked
	return endpoint.ServerConfig{Machine: m, Limits: h.Limits, CheckOrigin: h.CheckOrigin}
}

func (h *Handler) log() *slog.Logger {
	if h.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return h.Logger
}

// decide asks the application, or accepts.
func (h *Handler) decide(ctx context.Context, r *Request) (d Decision, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("Decide panicked: %v", v)
		}
	}()
	if h.Decide != nil {
		return h.Decide(ctx, r)
	}
	for _, p := range h.Subprotocols {
		for _, asked := range r.Protocols {
			if p == asked {
				return Decision{Protocol: p}, nil
			}
		}
	}
	return Decision{}, nil
}

// requestOf is r in the parser's form.
func requestOf(r *http.Request) *wire.Request {
	req := &wire.Request{Method: []byte(r.Method), Target: []byte(r.RequestURI), Minor: r.ProtoMinor, ContentLength: r.ContentLength}
	req.Fields = append(req.Fields, wire.Field{Name: []byte("Host"), Value: []byte(r.Host)})
	for _, name := range sortedKeys(r.Header) {
		for _, v := range r.Header[name] {
			req.Fields = append(req.Fields, wire.Field{Name: []byte(name), Value: []byte(v)})
		}
	}
	return req
}

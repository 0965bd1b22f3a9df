package adapter

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/internal/field"
	"example.com/khp/wire"
)

// ServerOptions are what a server offers and how it decides. The zero value, or nil, accepts every request.
type ServerOptions struct {
	// Decide judges one request, first or replayed: it accepts, challenges, redirects, refuses, or asks for time with 202, after which it is called
	// again. It runs in a goroutine of its own, and must return when ctx ends. An error or panic is answered with 500, not shown to the client, and
	// returned as the cause of the failure. nil accepts with the first of Subprotocols that was asked for.
	Decide       func(ctx context.Context, r *transport.Request) (transport.Decision, error)
	Subprotocols []string              // in the server's order of preference, for a nil Decide
	Config       endpoint.ServerConfig // limits, timeouts and switches; the library compares Origin with Host, CheckOrigin is asked besides if it is set
	ReadLimit    int64                 // of a message after the handshake, in bytes; 0 is transport.DefaultReadLimit
}

// Server shakes hands on conn, which the library has just opened for r and on which it selected x-kaazing-handshake. It speaks the profile that the client
// asks for.
//
// When ctx ends before the connection is open the client gets a 503 and the connection is closed; afterwards ctx has no meaning. A failure,
// also a refusal that Decide wanted, is a [*transport.HandshakeError], and the connection is closed.
func Server(ctx context.Context, conn Conn, r *http.Request, opts *ServerOptions) (*Result, error) {
	if opts == nil {
		opts = &ServerOptions{}
	}
	if err := opts.Config.Check(); err != nil {
		_ = conn.Close()
		return nil, err
	}
	if opts.ReadLimit < 0 {
		_ = conn.Close()
		return nil, fmt.Errorf("adapter: ReadLimit is %d; use a positive number of bytes, or 0 for %d", opts.ReadLimit, transport.DefaultReadLimit)
	}
	s := &server{opts: opts, server: endpoint.NewServer(opts.Config), cancel: func() {}}
	s.driver = driver{
		ctx: ctx, endpoint: s.server, timeouts: &opts.Config.Timeouts, special: s.special, settled: s.settle, patient: s.waiting,
		limit: int64(opts.Config.Limits.OrDefault().Unit),
	}
	s.attach(conn, nil)
	s.run(s.server.Opened(time.Now(), openingOf(r), nil))
	s.cancel()
	if err := s.outcome(s.broken); err != nil {
		return nil, err
	}
	limit := opts.ReadLimit
	if limit <= 0 {
		limit = transport.DefaultReadLimit
	}
	conn.SetReadLimit(limit)
	result, request := s.server.Result(), *s.server.Request()
	return &Result{
		Status: result.Status, Subprotocol: result.Protocol, Extensions: result.Extensions, Header: r.Header, URL: request.Target, Request: &request,
	}, nil
}

// server is one connection.
type server struct {
	driver
	server *endpoint.Server
	opts   *ServerOptions
	again  bool               // the application asked for time: ask again
	cancel context.CancelFunc // of the decision in progress
	broken error              // what the application failed with
}

// waiting reports whether a decision is owed. Nothing is read then: what a library has begun to read it cannot give back.
func (s *server) waiting() bool {
	return s.server.Phase() == fsm.ServerDeciding || s.server.Phase() == fsm.ServerPending
}

func (s *server) special(o *endpoint.Output) {
	if o.Kind == endpoint.AskDecision {
		s.ask()
	}
}

// settle asks again once a 202 is written, and ends a decision that nobody waits for any more.
func (s *server) settle() {
	switch {
	case s.again:
		s.again = false
		s.ask()
	case !s.waiting():
		s.cancel()
	}
}

// ask has the application decide.
func (s *server) ask() {
	s.cancel()
	ctx, cancel := context.WithCancel(s.ctx)
	s.cancel = cancel
	r := *s.server.Request()
	s.later(func() func() []endpoint.Output {
		d, err := s.decide(ctx, &r)
		return func() []endpoint.Output { return s.decided(d, err) }
	})
}

// decided tells the endpoint. A decision that cannot be sent is the application's failure.
func (s *server) decided(d transport.Decision, err error) (out []endpoint.Output) {
	if !s.waiting() {
		return nil
	}
	if err == nil {
		out, err = s.server.Decide(time.Now(), d)
	}
	if err != nil {
		s.broken = err
		return s.server.ApplicationFailed(time.Now())
	}
	s.again = s.server.Phase() == fsm.ServerPending
	return out
}

func (s *server) decide(ctx context.Context, r *transport.Request) (d transport.Decision, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if s.opts.Decide != nil {
		return s.opts.Decide(ctx, r)
	}
	for _, p := range s.opts.Subprotocols {
		if slices.Contains(r.Protocols, p) {
			return transport.Decision{Protocol: p}, nil
		}
	}
	return transport.Decision{}, nil
}

// openingOf is r in the endpoint's form. What is malformed in its lists was the library's to refuse, and is left out.
func openingOf(r *http.Request) endpoint.OpeningRequest {
	o := endpoint.OpeningRequest{
		Target: r.RequestURI, Host: r.Host, Key: r.Header.Get("Sec-WebSocket-Key"),
		Opening: append([]endpoint.HeaderField{{Name: "Host", Value: r.Host}}, field.List(r.Header)...), Extensions: r.Header.Values("Sec-WebSocket-Extensions"),
	}
	if !strings.HasPrefix(o.Target, "/") {
		o.Target = r.URL.RequestURI()
	}
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		list, _ := wire.ParseTokens(nil, []byte(line))
		for _, p := range list {
			o.Protocols = append(o.Protocols, string(p))
		}
	}
	return o
}

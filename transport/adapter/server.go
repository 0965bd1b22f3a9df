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
	"example.com/khp/endpoint/driver"
	"example.com/khp/transport"
	"example.com/khp/transport/internal/field"
	"example.com/khp/wire"
)

// ServerOptions are what a server offers and how it decides. The zero value, or nil, accepts every
// request.
type ServerOptions struct {
	// Decide judges one request, first or replayed: it accepts, challenges, redirects, refuses, or
	// asks for time with 202, after which it is called again. It runs in a goroutine of its own,
	// and must return when ctx ends. An error or panic is answered with 500, not shown to the
	// client, and returned as the cause of the failure. nil accepts with the first of Subprotocols
	// that was asked for.
	Decide       func(ctx context.Context, r *transport.Request) (transport.Decision, error)
	Subprotocols []string              // in the server's order of preference, for a nil Decide
	Config       endpoint.ServerConfig // limits, timeouts and switches; the library compares Origin with Host, CheckOrigin is asked besides if it is set
	ReadLimit    int64                 // of a message after the handshake, in bytes; 0 is transport.DefaultReadLimit
}

// Server shakes hands on conn, which the library has just opened for r and on which it selected
// x-kaazing-handshake. It speaks the profile that the client asks for.
//
// When ctx ends before the connection is open the client gets a 503 and the connection is closed;
// afterwards ctx has no meaning. A failure, also a refusal that Decide wanted, is a
// [*transport.HandshakeError], and the connection is closed.
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
	s.opening = openingOf(r)
	s.drive = driver.NewServer(s.server, s, s)
	s.loop = loop{ctx: ctx, driver: s.drive, side: s, timeouts: &opts.Config.Timeouts, limit: int64(opts.Config.Limits.OrDefault().Unit)}
	s.attach(conn, nil, s.drive)
	s.run()
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
		Status: result.Status, Subprotocol: result.Subprotocol, Extensions: result.Extensions, Header: r.Header, URL: request.Target, Request: &request,
	}, nil
}

// server is one connection.
type server struct {
	loop
	server   *endpoint.Server
	drive    *driver.Server
	opts     *ServerOptions
	opening  endpoint.OpeningRequest
	question driver.Question    // that the application was asked
	cancel   context.CancelFunc // of the decision in progress
	broken   error              // what the application failed with
}

func (s *server) begin() { s.drive.Opened(time.Now(), s.opening, nil) }

// patient reports whether a decision is owed. Nothing is read then: what a library has begun to
// read it cannot give back.
func (s *server) patient() bool { return !s.question.Over() }

// settled ends a decision that is not waited for any more.
func (s *server) settled() {
	if s.question.Over() {
		s.cancel()
	}
}

// Dropped implements [driver.Host]. A decision that cannot be sent is the application's failure.
func (s *server) Dropped(err error) {
	if err != driver.ErrLate {
		s.broken = err
	}
}

// AskDecision implements [driver.ServerHost]: it has the application decide, beside the connection.
func (s *server) AskDecision(q driver.Question) {
	s.cancel()
	ctx, cancel := context.WithCancel(s.ctx)
	s.cancel, s.question = cancel, q
	r := q.Request()
	s.later(func() func() {
		d, err := s.decide(ctx, &r)
		return func() {
			switch {
			case q.Over():
			case err != nil:
				s.broken = err
				q.Fail(time.Now())
			default:
				q.Decide(time.Now(), d)
			}
		}
	})
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
		if slices.Contains(r.Subprotocols, p) {
			return transport.Decision{Subprotocol: p}, nil
		}
	}
	return transport.Decision{}, nil
}

// openingOf is r in the endpoint's form. What is malformed in its lists was the library's to
// refuse, and is left out.
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
			o.Subprotocols = append(o.Subprotocols, string(p))
		}
	}
	return o
}

package adapter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
)

// ServerOptions configures a server. The zero value, or nil, accepts every request.
type ServerOptions struct {
	// Decide judges one request, first or replayed: it accepts, challenges, redirects, refuses, or
	// asks for time with 202, after which it is called again. It runs in a goroutine of its own,
	// and must return when ctx ends. An error or panic is answered with 500, not shown to the
	// client, and returned as the cause of the failure. nil accepts with the first of Subprotocols
	// that was asked for.
	Decide       func(ctx context.Context, r *transport.Request) (transport.Decision, error)
	Subprotocols []string // in the server's order of preference, for a nil Decide
	// SelectSubprotocol selects one of r.Subprotocols, or none with "", in the place of
	// Subprotocols. It runs where Decide would, and is refused beside it: a decision selects by
	// itself.
	SelectSubprotocol func(r *transport.Request) string
	// Authenticator identifies clients, and lets in those that it knows, before Decide is asked; the
	// principal is in the request. nil asks no client. It runs where Decide runs, with its rules.
	// Config.Machine.MaxChallenges bounds how often one client is asked.
	Authenticator auth.Authenticator
	// limits, timeouts and switches; the library compares Origin with Host, CheckOrigin is asked
	// besides if it is set
	Config    endpoint.ServerConfig
	ReadLimit int64 // of a message after the handshake, in bytes; 0 is transport.DefaultReadLimit
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
	if err := opts.check(); err != nil {
		_ = conn.Close()
		return nil, err
	}
	s := &server{opts: opts, server: endpoint.NewServer(opts.Config), cancel: func() {}}
	s.opening, s.remote = openingOf(r), remoteOf(r)
	s.drive = driver.NewServer(s.server, s, s)
	s.loop = loop{ctx: ctx, driver: s.drive, side: s, timeouts: &opts.Config.Timeouts,
		limit: int64(opts.Config.Limits.OrDefault().Unit)}
	s.attach(conn, nil, s.drive)
	s.run()
	if err := s.outcome(s.broken); err != nil {
		return nil, err
	}
	limit := opts.ReadLimit
	if limit <= 0 {
		limit = transport.DefaultReadLimit
	}
	conn.SetReadLimit(limit)
	result, request := s.server.Result(), *s.server.Request()
	request.Principal = s.who
	return &Result{
		Status: result.Status, Subprotocol: result.Subprotocol, Extensions: result.Extensions,
		Header: r.Header, URL: request.Target, Request: &request,
	}, nil
}

// check refuses invalid options.
func (o *ServerOptions) check() error {
	if err := o.Config.Check(); err != nil {
		return err
	}
	if a, ok := o.Authenticator.(interface{ Validate() error }); ok {
		if err := a.Validate(); err != nil {
			return fmt.Errorf("adapter: ServerOptions.Authenticator: %w", err)
		}
	}
	switch {
	case o.ReadLimit < 0:
		return fmt.Errorf("adapter: ReadLimit is %d; use a positive number of bytes, or 0 for %d",
			o.ReadLimit, transport.DefaultReadLimit)
	case o.SelectSubprotocol != nil && o.Decide != nil:
		return errors.New("adapter: SelectSubprotocol is set beside Decide; " +
			"leave it nil and set Subprotocol in the decision")
	case o.SelectSubprotocol != nil && o.Subprotocols != nil:
		return errors.New("adapter: SelectSubprotocol and Subprotocols are both set; " +
			"leave one of them nil")
	}
	return nil
}

// server is one connection.
type server struct {
	loop
	server   *endpoint.Server
	drive    *driver.Server
	opts     *ServerOptions
	opening  endpoint.OpeningRequest
	remote   net.Addr           // of the client, nil if it is not known
	question driver.Question    // that the application was asked
	cancel   context.CancelFunc // of the decision in progress
	broken   error              // the failure of the application
	who      any                // the principal of the present request
}

func (s *server) begin() { s.drive.Opened(time.Now(), s.opening, nil) }

// patient reports whether a decision is owed. Nothing is read then, because a library cannot give
// back a message that it has begun to read.
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
	if s.remote != nil {
		ctx = auth.WithClientNetwork(ctx, s.remote)
	}
	s.cancel, s.question = cancel, q
	r := q.Request()
	if q.Again { // after a 202: the client was let in before
		r.Principal = s.who
	}
	s.later(func() func() {
		d, err := s.decide(ctx, &r, q.Again)
		return func() {
			switch {
			case q.Over():
			case err != nil:
				s.broken = err
				q.Fail(time.Now())
			default:
				s.who = r.Principal
				q.Decide(time.Now(), d)
			}
		}
	})
}

// decide asks the Authenticator, unless it has let in the client of this request already, and then
// the application.
func (s *server) decide(
	ctx context.Context, r *transport.Request, letIn bool,
) (d transport.Decision, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if s.opts.Authenticator != nil && !letIn {
		v, err := s.opts.Authenticator.Authenticate(ctx, r)
		if err != nil {
			return d, fmt.Errorf("authenticating: %w", err)
		}
		if !v.LetsIn() {
			return v.Decision(), nil
		}
		r.Principal = v.Principal
	}
	switch {
	case s.opts.Decide != nil:
		d, err = s.opts.Decide(ctx, r)
	case s.opts.SelectSubprotocol != nil:
		d.Subprotocol = s.opts.SelectSubprotocol(r)
	default:
		i := slices.IndexFunc(s.opts.Subprotocols,
			func(p string) bool { return slices.Contains(r.Subprotocols, p) })
		if i >= 0 {
			d.Subprotocol = s.opts.Subprotocols[i]
		}
	}
	return d, err
}

// openingOf is r in the endpoint's form.
func openingOf(r *http.Request) endpoint.OpeningRequest {
	target := r.RequestURI
	if target == "" { // of a request that middleware has made
		target = r.URL.RequestURI()
	}
	return endpoint.OpeningFromHTTP(target, r.Host, r.Header)
}

// remoteOf is the client's address, of which middleware may know better than the socket.
func remoteOf(r *http.Request) net.Addr {
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return net.TCPAddrFromAddrPort(at)
	}
	return nil
}

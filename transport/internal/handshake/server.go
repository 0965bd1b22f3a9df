// Package handshake is the server's side of a handshake on a blocking socket: it has an application
// decide about each request, beside the reading of the connection, and logs the outcome.
package handshake

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/loop"
	"example.com/khp/transport/internal/opening"
)

// Application decides about clients.
type Application interface {
	// Accept answers a request at once; ok is false if that takes Judge.
	Accept(r *endpoint.Request) (d endpoint.Decision, ok bool)
	// AtOnce reports whether Judge never waits.
	AtOnce() bool
	// Judge decides about a request of the client of nc, which was let in already or not. r is the
	// callee's own, and gets the principal. refused is the verdict of an Authenticator that does
	// not let the client in, else nil.
	Judge(ctx context.Context, nc net.Conn, r *endpoint.Request, letIn bool) (d endpoint.Decision,
		refused *auth.Verdict, err error)
	// Allows reports whether pages of origin may use the server.
	Allows(origin, host string) bool
}

// Config has the parts that the handshake of one connection needs.
type Config struct {
	Application Application
	Context     context.Context
	Conn        net.Conn
	Log         *slog.Logger
	Use         []extension.Extension // granted beside those of a decision
	Timeouts    *endpoint.Timeouts
	Limit       int64 // of a message, in bytes
	Trace       loop.Trace
	Observe     func(*endpoint.Output) // of executed outputs; nil observes nothing
}

// Server shakes hands on one connection. It counts the questions of all its handshakes: so the
// answer to an old one is none to a new one.
type Server struct {
	loop.Loop

	// Results.
	Principal any                 // whom the Authenticator has let in
	Sessions  []extension.Session // of the extensions that the decision grants
	Question  driver.Question     // that the application was asked last

	c         Config
	server    *endpoint.Server
	drive     *driver.Server
	letIn     bool               // the Authenticator has let the present request in
	wrong     []any              // about credentials that were refused last, for the log
	elsewhere string             // where the last decision sends the client, without the query
	cancel    context.CancelFunc // of the decision in progress, nil if there is none
}

// New returns a Server for one handshake after the other.
func New() Server { return Server{server: &endpoint.Server{}, drive: &driver.Server{}} }

// Reset makes s ready for the next handshake. It forgets all but memory, and how many questions
// were asked.
func (s *Server) Reset() {
	*s = Server{server: s.server, drive: s.drive, Loop: loop.Loop{Corked: s.Corked[:0]}}
}

// Opening lets the endpoint answer the opening request. Shake carries the answer out.
func (s *Server) Opening(cfg endpoint.ServerConfig, o *opening.Request) {
	s.server.Reset(cfg)
	if o.Parsed != nil {
		s.First = s.server.Opening(time.Now(), o.Parsed)
		return
	}
	_, s.First = s.server.OpeningReceived(time.Now(), o.Head)
}

// Shake shakes hands, after Opening, and releases o. IsOpen says whether there is an open
// connection then; if not, it is closed.
func (s *Server) Shake(c Config, o *opening.Request) {
	begin := time.Now()
	s.c = c
	s.drive.Reset(s.server, s, s)
	s.drive.Observe = c.Observe
	s.Context, s.Driver, s.Side, s.Trace, s.Timeouts, s.Limit = c.Context, s.drive, s, c.Trace,
		c.Timeouts, c.Limit
	s.Connected(c.Conn, s.drive)
	if s.server.Deciding() { // on a plain WebSocket, which there is none yet
		s.Hold(o.Rest)
	} else {
		s.Established(o.Rest)
	}
	o.Release()
	s.Run()
	s.report(time.Since(begin))
}

// Phase returns the phase of the machine.
func (s *Server) Phase() string { return s.server.Phase().String() }

// Attempt is the client's.
func (s *Server) Attempt() int { return 0 }

// Timer returns which timer runs.
func (s *Server) Timer() fsm.Timer { return s.server.Timer() }

// Result returns the outcome, once the connection is open.
func (s *Server) Result() endpoint.Result { return s.server.Result() }

// OpeningRequest returns the opening request; it is valid until Reset.
func (s *Server) OpeningRequest() *endpoint.OpeningRequest { return s.server.OpeningRequest() }

// Request returns a copy of the request to decide on, or decided on.
func (s *Server) Request() *endpoint.Request {
	r := *s.server.Request()
	r.Principal = s.Principal
	return &r
}

// AskDecision implements [driver.ServerHost]: it has the application decide, beside the reading of
// the connection if that may take time.
func (s *Server) AskDecision(q driver.Question) {
	s.Question = q
	if !q.Again {
		s.letIn, s.Principal = false, nil
	}
	app := s.c.Application
	if d, ok := app.Accept(s.server.Request()); ok {
		s.Next = func() { s.decide(q, s.server.Request(), d, nil, nil) }
		return
	}
	if app.AtOnce() {
		s.Next = func() {
			r := s.Request()
			d, refused, err := app.Judge(s.Context, s.c.Conn, r, s.letIn)
			s.decide(q, r, d, refused, err)
		}
		return
	}
	if s.cancel != nil {
		s.cancel()
	}
	ctx, cancel := context.WithCancel(s.Context)
	s.cancel = cancel
	nc, r, letIn := s.c.Conn, s.Request(), s.letIn
	s.Later(func() func() {
		d, refused, err := app.Judge(ctx, nc, r, letIn)
		return func() { s.decide(q, r, d, refused, err) }
	})
}

// Dropped implements [driver.Host]. A decision that cannot be sent is the application's failure, of
// which the client does not hear more than that.
func (s *Server) Dropped(err error) {
	if err != driver.ErrLate {
		s.failed(err)
	}
}

// Settled ends a decision that is not waited for any more.
func (s *Server) Settled() {
	if s.cancel != nil && s.Question.Over() {
		s.cancel()
	}
}

// decide tells the driver the decision of the application about a request. A decision that lets the
// client in gets the answers of the extensions.
func (s *Server) decide(
	q driver.Question, r *endpoint.Request, d endpoint.Decision, refused *auth.Verdict, err error,
) {
	// The answer belongs to an earlier question, or failed because it was broken off.
	if q.Over() || err != nil && s.Context.Err() != nil {
		return
	}
	s.wrong = nil
	if refused != nil {
		s.loginFailed(r, refused)
	}
	if err != nil {
		s.failed(err)
		q.Fail(time.Now())
		return
	}
	s.letIn, s.Principal = refused == nil, r.Principal
	s.elsewhere, _, _ = strings.Cut(cmp.Or(d.Reroute, d.Location), "?")
	if d.Status == 0 || fsm.Status(d.Status).Action == codes.ActionComplete {
		s.Proceed()
		d.Extensions, s.Sessions = extension.Accept(s.c.Use, s.server.Request().Extensions, d.Extensions)
	}
	q.Decide(time.Now(), d)
}

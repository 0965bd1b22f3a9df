package transport

import (
	"cmp"
	"context"
	"net"
	"strings"
	"sync"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/loop"
	"example.com/khp/transport/internal/opening"
)

// acceptor shakes hands on one connection of a Handler.
type acceptor struct {
	loop.Loop
	trace     trace
	handler   *Handler
	server    *endpoint.Server
	drive     *driver.Server
	nc        net.Conn
	remote    net.Addr
	letIn     bool               // the Authenticator has let the present request in
	principal any                // as whom
	wrong     []any              // about credentials that were refused last, for the log
	elsewhere string             // where the last decision sends the client, without the query
	first     []endpoint.Output  // of judge
	question  driver.Question    // that the application was asked
	cancel    context.CancelFunc // of the decision in progress, nil if there is none
	keepAlive time.Duration      // of the connection, once open

	cancelConn context.CancelCauseFunc // ends the context of the connection

	sessions []extension.Session // of the extensions that the decision grants
}

// acceptors are between two handshakes. Each keeps its driver, which counts the questions of all
// its handshakes: so the answer to an old one is none to a new one.
var acceptors = sync.Pool{New: func() any { return &acceptor{server: &endpoint.Server{}, drive: &driver.Server{}} }}

// release gives a back for the next handshake, unless something that ran beside this one may still
// wake it. What was returned is not a's any more.
func (a *acceptor) release() {
	if a.Beside {
		return
	}
	a.reset()
	acceptors.Put(a)
}

// reset forgets all but memory, and how many questions were asked.
func (a *acceptor) reset() {
	if poison != nil {
		poison(a.Corked[:cap(a.Corked)])
	}
	*a = acceptor{server: a.server, drive: a.drive, Loop: loop.Loop{Corked: a.Corked[:0]}}
}

// poison spoils memory that is released, so that tests find who still uses it; nil does not.
var poison func(released []byte)

// judge lets the endpoint answer the opening request.
func (a *acceptor) judge(o *opening.Request) []endpoint.Output {
	if o.Parsed != nil {
		return a.server.Opening(time.Now(), o.Parsed)
	}
	_, out := a.server.OpeningReceived(time.Now(), o.Head)
	return out
}

// shake returns the open connection, nil if there is none; then nc is closed. first are the outputs
// of judge.
func (a *acceptor) shake(ctx context.Context, nc net.Conn, o *opening.Request, first []endpoint.Output) *Conn {
	h := a.handler
	begin := time.Now()
	a.drive.Reset(a.server, a, a)
	a.trace = newTrace(h.Observer, a, true)
	a.Context, a.Driver, a.Side, a.Trace, a.Timeouts, a.Limit = ctx, a.drive, a, &a.trace, &h.Timeouts, int64(h.Limits.OrDefault().Unit)
	if a.trace.to != nil {
		a.drive.Observe = a.trace.observe
	}
	a.Connected(nc, a.drive)
	a.trace.received(o)
	if a.server.Deciding() { // on a plain WebSocket, which there is none yet
		a.Hold(o.Rest)
	} else {
		a.Established(o.Rest)
	}
	o.Release()
	a.first = first
	a.Run()
	a.report(time.Since(begin))
	if !a.IsOpen {
		if a.Connection() {
			a.Disconnect()
		}
		return nil
	}
	return a.openConn()
}

func (a *acceptor) Begin()           { a.drive.Begin(time.Now(), a.first) }
func (a *acceptor) Phase() string    { return a.server.Phase().String() }
func (a *acceptor) Attempt() int     { return 0 }
func (a *acceptor) Timer() fsm.Timer { return a.server.Timer() }

// AskDecision implements [driver.ServerHost].
func (a *acceptor) AskDecision(q driver.Question) {
	a.question = q
	if !q.Again {
		a.letIn, a.principal = false, nil
	}
	if h := a.handler; h.Decide == nil && h.Authenticator == nil {
		a.Next = func() { a.decide(q, h.accept(a.server.Request())) }
		return
	}
	a.ask(q)
}

// Dropped implements [driver.Host]. A decision that cannot be sent is the application's failure, of
// which the client does not hear more than that.
func (a *acceptor) Dropped(err error) {
	if err != driver.ErrLate {
		a.failed(err)
	}
}

// failed reports a failure of the application.
func (a *acceptor) failed(err error) {
	a.handler.log().ErrorContext(a.Context, "deciding failed", "remote", a.remote.String(), "path", a.server.Request().Path(), "error", err.Error())
}

// Settled ends a decision that is not waited for any more.
func (a *acceptor) Settled() {
	if a.cancel != nil && a.question.Over() {
		a.cancel()
		a.cancel = nil
	}
}

// ask has the application decide beside the reading of the connection.
func (a *acceptor) ask(q driver.Question) {
	if a.cancel != nil {
		a.cancel()
	}
	ctx, cancel := context.WithCancel(a.Context)
	a.cancel = cancel
	h, r, letIn := a.handler, a.request(), a.letIn
	ctx = context.WithValue(ctx, sourceKey{}, a.nc)
	if h.Authenticator != nil && !letIn {
		ctx = auth.WithClientNetwork(ctx, a.remote)
	}
	a.Later(func() func() {
		d, refused, err := h.decide(ctx, r, letIn)
		return func() { a.decided(q, r, d, refused, err) }
	})
}

// decided tells the driver what the application decided about a request. refused is the verdict of
// an Authenticator that does not let the client in.
func (a *acceptor) decided(q driver.Question, r *Request, d Decision, refused *auth.Verdict, err error) {
	if q.Over() { // whatever it says, it is not about what is asked now
		return
	}
	a.wrong = nil
	if refused != nil {
		a.loginFailed(r, refused)
	}
	switch {
	case err != nil:
		a.failed(err)
		a.Proceed()
		q.Fail(time.Now())
	default:
		a.letIn, a.principal = refused == nil, r.Principal
		a.decide(q, d)
	}
}

// withoutQuery cuts the query off a URL or a reference, for the log.
func withoutQuery(location string) string {
	before, _, _ := strings.Cut(location, "?")
	return before
}

// decide answers q.
func (a *acceptor) decide(q driver.Question, d Decision) {
	a.elsewhere = withoutQuery(cmp.Or(d.Location, d.Reroute))
	if fsm.Status(d.Status).Action != fsm.ActionWait {
		a.Proceed()
	}
	q.Decide(time.Now(), a.grant(d))
}

// request returns a copy of the request to decide on, or decided on.
func (a *acceptor) request() *Request {
	r := *a.server.Request()
	r.Principal = a.principal
	return &r
}

// openConn makes the open connection the application's.
func (a *acceptor) openConn() *Conn {
	result := a.server.Result()
	o := opened{
		watched: a.trace.opened(result.Subprotocol, result.Status),
		info:    handshakeInfo{subprotocol: result.Subprotocol, extensions: result.Extensions, status: result.Status, plain: result.Plain, unfragmented: a.server.OpeningRequest().Kaazing()},
		cancel:  a.cancelConn, sessions: a.sessions, readLimit: a.handler.ReadLimit, keepAlive: a.keepAlive,
	}
	if a.Entry != nil {
		o.home = a.Context
	}
	if result.Plain {
		r := *a.server.OpeningRequest()
		o.info.opening, o.info.principal = &r, a.principal
	} else {
		o.info.request = a.request()
		o.info.opening = &o.info.request.OpeningRequest
	}
	return newConn(a.Link, o)
}

// grant adds to a decision that lets the client in what the handler's extensions answer.
func (a *acceptor) grant(d Decision) Decision {
	a.sessions = nil
	if d.Status == 0 || fsm.Status(d.Status).Action == fsm.ActionComplete {
		d.Extensions, a.sessions = extension.Accept(a.handler.Use, a.server.Request().Extensions, d.Extensions)
	}
	return d
}

package transport

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
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
	"example.com/khp/wire"
)

// acceptor shakes hands on one connection of a Handler.
type acceptor struct {
	loop.Loop
	trace     trace
	handler   *Handler
	server    *endpoint.Server
	drive     *driver.Server
	remote    net.Addr
	letIn     bool               // the Authenticator has let the present request in
	principal any                // as whom
	wrong     []any              // about credentials that were refused last, for the log
	elsewhere string             // where the last decision sends the client, without the query
	first     []endpoint.Output  // of judge
	question  driver.Question    // that the application was asked
	cancel    context.CancelFunc // of the decision in progress, nil if there is none
	keepAlive time.Duration      // of the connection, once open

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

// Settled ends a decision that nobody waits for any more.
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
	if h.Authenticator != nil && !letIn {
		ctx = auth.WithClientNetwork(ctx, a.remote)
	}
	a.Later(func() func() {
		d, in, err := h.decide(ctx, r, letIn)
		return func() { a.decided(q, r, d, in, err) }
	})
}

// decided tells the driver what the application decided about a request, and whether it has let the
// client in.
func (a *acceptor) decided(q driver.Question, r *Request, d Decision, in bool, err error) {
	if q.Over() { // whatever it says, it is not about what is asked now
		return
	}
	a.wrong = nil
	if !in && err == nil && r.Authorization != "" {
		a.refusedCredentials(r, d.Status == 401)
	}
	switch {
	case err != nil:
		a.failed(err)
		a.Proceed()
		q.Fail(time.Now())
	default:
		a.letIn, a.principal = in, r.Principal
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
	limit := a.handler.ReadLimit
	if limit <= 0 {
		limit = DefaultReadLimit
	}
	a.Link.SetLimit(limit)
	a.trace.opened(result.Subprotocol, result.Status)
	info := handshakeInfo{subprotocol: result.Subprotocol, extensions: result.Extensions, status: result.Status, plain: result.Plain}
	if a.Entry != nil {
		info.home = a.Context
	}
	if result.Plain {
		o := *a.server.OpeningRequest()
		info.opening, info.principal = &o, a.principal
	} else {
		info.request = a.request()
		info.opening = &info.request.OpeningRequest
	}
	c := newConn(a.Link, info, a.sessions...)
	c.keepAlive(a.keepAlive, a.sessions)
	return c
}

// report logs one line about the handshake, with the context of the connection.
func (a *acceptor) report(took time.Duration) {
	log := a.handler.log()
	if !log.Enabled(a.Context, slog.LevelInfo) {
		return
	}
	profile, status := a.server.OpeningRequest().Speaks(), a.server.State().Status()
	if a.IsOpen { // also without KHP, of which the machine knows no status
		status = a.server.Result().Status
	}
	attrs := []any{"remote", a.remote.String(), "path", a.server.OpeningRequest().Path(), "profile", profile, "status", status, "took", took.Round(time.Microsecond)}
	var failed *endpoint.HandshakeError
	switch {
	case a.IsOpen:
		log.InfoContext(a.Context, "open", append(attrs, "subprotocol", a.server.Result().Subprotocol)...)
	case a.GaveUp != "":
		log.InfoContext(a.Context, "handshake given up", append(attrs, "phase", a.GaveUp)...)
	case errors.As(a.Failure, &failed):
		message := a.outcome(failed)
		if message == redirected {
			attrs = append(attrs, "target", a.elsewhere)
		}
		attrs = append(attrs, "leg", failed.Leg.String())
		if a.wrong != nil {
			attrs = append(attrs, a.wrong...)
		} else {
			attrs = append(attrs, "reason", failed.Failure.Error())
		}
		log.InfoContext(a.Context, message, append(append(attrs, a.refusedOrigin(failed)...), difference(failed)...)...)
		log.DebugContext(a.Context, "what was wrong", "remote", a.remote.String(), "detail", failed.Detail) // may quote the client
	case a.elsewhere != "":
		log.InfoContext(a.Context, redirected, append(attrs, "target", a.elsewhere)...)
	default:
		log.InfoContext(a.Context, "handshake ended", attrs...)
	}
}

// mostQuoted bounds what a line of the log quotes from a client.
const mostQuoted = 100

// refusedCredentials notes credentials that the Authenticator has refused. If the client may try
// again they have a line of the log for themselves, so that attempts can be counted; otherwise the
// line about the handshake has what is known.
func (a *acceptor) refusedCredentials(r *Request, again bool) {
	a.wrong = []any{"reason", wrongCredentials}
	scheme, rest, _ := strings.Cut(r.Authorization, " ")
	if strings.EqualFold(scheme, "Basic") {
		if user, _, ok := wire.DecodeBasic([]byte(rest)); ok {
			a.wrong = append(a.wrong, "user", user[:min(len(user), mostQuoted)])
		}
	}
	if again {
		a.handler.log().InfoContext(a.Context, wrongCredentials, append([]any{"remote", a.remote.String(), "path", r.Path()}, a.wrong[2:]...)...)
	}
}

// refusedOrigin quotes the Origin of a refused page, if that is what was refused, because it is
// what has to be allowed.
func (a *acceptor) refusedOrigin(e *endpoint.HandshakeError) []any {
	o := a.server.OpeningRequest()
	if e.Leg != endpoint.LegOpening || e.Status != 403 || o.Origin == "" || a.handler.allows(o.Origin, o.Host) {
		return nil
	}
	return []any{"origin", o.Origin[:min(len(o.Origin), mostQuoted)]}
}

// Messages and reasons of more than one line.
const (
	redirected       = "redirected"
	saidNo           = "refused"
	wrongCredentials = "wrong credentials"
)

// difference tells which two values should be the same and are not, usually because of a proxy in
// front.
func difference(e *endpoint.HandshakeError) []any {
	if d := e.Difference; d != nil {
		return []any{"differs", d.What, "opening", d.Opening, "extended", d.Extended}
	}
	return nil
}

// outcome names a handshake that did not open: the application sent the client elsewhere or refused
// it, or something went wrong.
func (a *acceptor) outcome(e *endpoint.HandshakeError) string {
	switch {
	case a.wrong != nil: // whether it was told so for the last time, or gave up
		return saidNo
	case a.server.State().Status() == 401 && (e.Failure == fsm.FailurePeerClosed || e.Failure == fsm.FailureConnectionLost): // challenged, and gone
		return saidNo
	case e.Failure != fsm.FailureStatus:
		return "handshake failed"
	case e.Status >= 300 && e.Status < 400 && a.elsewhere != "":
		return redirected
	}
	return saidNo
}

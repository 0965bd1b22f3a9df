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
	"example.com/khp/wire"
)

// opening is an opening request that has been read.
type opening struct {
	request *wire.Request // nil if it cannot be parsed
	head    []byte        // the same as it came; nil if net/http has read it
	rest    []byte        // what came behind it
	buffer  *headBuffer   // that all this is in, if it is a pool's

	keepAlive time.Duration // of the Server that it came to; 0 without one
}

// acceptor shakes hands on one connection of a Handler.
type acceptor struct {
	loop
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

// acceptors are between two handshakes. Each keeps its driver, which counts the questions of all its handshakes: so the answer to an old one is none to a new one.
var acceptors = sync.Pool{New: func() any { return &acceptor{server: &endpoint.Server{}, drive: &driver.Server{}} }}

// release gives a back for the next handshake, unless something that ran beside this one may still wake it. What was returned is not a's any more.
func (a *acceptor) release() {
	if a.beside {
		return
	}
	a.reset()
	acceptors.Put(a)
}

// reset forgets all but memory, and how many questions were asked.
func (a *acceptor) reset() {
	if poison != nil {
		poison(a.corked[:cap(a.corked)])
	}
	*a = acceptor{server: a.server, drive: a.drive, loop: loop{corked: a.corked[:0]}}
}

// poison spoils memory that is released, so that tests find who still uses it; nil does not.
var poison func(released []byte)

// judge lets the endpoint answer the opening request.
func (a *acceptor) judge(o *opening) []endpoint.Output {
	if o.request != nil {
		return a.server.Opening(time.Now(), o.request)
	}
	_, out := a.server.OpeningReceived(time.Now(), o.head)
	return out
}

// shake returns the open connection, nil if there is none; then nc is closed. first are the outputs of judge.
func (a *acceptor) shake(ctx context.Context, nc net.Conn, o *opening, first []endpoint.Output) *Conn {
	h := a.handler
	begin := time.Now()
	a.drive.Reset(a.server, a, a)
	a.ctx, a.driver, a.side, a.limits = ctx, a.drive, a, int64(h.Limits.OrDefault().Unit)
	a.timeouts, a.trace = &h.Timeouts, newTrace(h.Observer, true)
	if a.trace.to != nil {
		a.drive.Observe = a.observe
	}
	a.connected(nc, a.drive)
	a.trace.received(o)
	a.established(o.rest)
	o.release()
	a.first = first
	a.run()
	a.report(time.Since(begin))
	if !a.open {
		if a.nc != nil {
			a.Disconnect()
		}
		return nil
	}
	return a.openConn()
}

// received tells of the opening request, written anew if net/http has read it.
func (t *trace) received(o *opening) {
	if t.to == nil {
		return
	}
	b := o.head
	if b == nil {
		b, _ = o.request.Append([]byte{})
	}
	t.event(Event{Kind: EventReceiveOpening, Data: b, Phase: fsm.ServerOpening.String()})
}

// release gives the buffer back. Nothing of o may be used any more.
func (o *opening) release() {
	h := o.buffer
	*o = opening{}
	if h != nil {
		h.release()
	}
}

func (a *acceptor) begin()           { a.drive.Begin(time.Now(), a.first) }
func (a *acceptor) phase() string    { return a.server.Phase().String() }
func (a *acceptor) attempt() int     { return 0 }
func (a *acceptor) timer() fsm.Timer { return a.server.Timer() }

// AskDecision implements [driver.ServerHost].
func (a *acceptor) AskDecision(q driver.Question) {
	a.question = q
	if !q.Again {
		a.letIn, a.principal = false, nil
	}
	if h := a.handler; h.Decide == nil && h.Authenticator == nil {
		a.next = func() { a.decide(q, h.accept(a.server.Request())) }
		return
	}
	a.ask(q)
}

// Dropped implements [driver.Host]. A decision that cannot be sent is the application's failure, of which the client does not hear more than that.
func (a *acceptor) Dropped(err error) {
	if err != driver.ErrLate {
		a.failed(err)
	}
}

// failed reports a failure of the application.
func (a *acceptor) failed(err error) {
	a.handler.log().ErrorContext(a.ctx, "deciding failed", "remote", a.remote.String(), "path", a.server.Request().Path(), "error", err.Error())
}

// settled ends a decision that nobody waits for any more.
func (a *acceptor) settled() {
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
	ctx, cancel := context.WithCancel(a.ctx)
	a.cancel = cancel
	h, r, letIn := a.handler, a.request(), a.letIn
	if h.Authenticator != nil && !letIn {
		ctx = auth.WithClientNetwork(ctx, a.remote)
	}
	a.later(func() func() {
		d, in, err := h.decide(ctx, r, letIn)
		return func() { a.decided(q, r, d, in, err) }
	})
}

// decided tells the driver what the application decided about a request, and whether it has let the client in.
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
		q.Fail(time.Now())
	default:
		a.letIn, a.principal = in, r.Principal
		a.decide(q, d)
	}
}

// decide answers q.
func (a *acceptor) decide(q driver.Question, d Decision) {
	a.elsewhere = pathOnly(cmp.Or(d.Location, d.Reroute))
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
	a.link.SetLimit(limit)
	a.trace.opened(result.Protocol, result.Status, 0, a.phase())
	info := handshakeInfo{subprotocol: result.Protocol, extensions: result.Extensions, status: result.Status, plain: result.Plain}
	if a.entry != nil {
		info.home = a.ctx
	}
	if result.Plain {
		o := *a.server.OpeningRequest()
		info.opening = &o
	} else {
		info.request = a.request()
		info.opening = &info.request.OpeningRequest
	}
	c := newConn(a.link, info, a.sessions...)
	c.keepAlive(a.keepAlive, a.sessions)
	return c
}

// report logs one line about the handshake, with the context of the connection.
func (a *acceptor) report(took time.Duration) {
	log := a.handler.log()
	if !log.Enabled(a.ctx, slog.LevelInfo) {
		return
	}
	profile := "spec"
	if a.server.OpeningRequest().Kaazing() { // also of one that is refused before its profile counts
		profile = "kaazing"
	}
	attrs := []any{"remote", a.remote.String(), "path", a.server.OpeningRequest().Path(), "profile", profile, "status", a.server.State().Status(), "took", took.Round(time.Microsecond)}
	var failed *endpoint.HandshakeError
	switch {
	case a.open:
		log.InfoContext(a.ctx, "open", append(attrs, "subprotocol", a.server.Result().Protocol)...)
	case a.gaveUp != "":
		log.InfoContext(a.ctx, "handshake given up", append(attrs, "phase", a.gaveUp)...)
	case errors.As(a.err, &failed):
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
		log.InfoContext(a.ctx, message, append(append(attrs, a.refusedOrigin(failed)...), difference(failed)...)...)
		log.DebugContext(a.ctx, "what was wrong", "remote", a.remote.String(), "detail", failed.Detail) // may quote the client
	case a.elsewhere != "":
		log.InfoContext(a.ctx, redirected, append(attrs, "target", a.elsewhere)...)
	default:
		log.InfoContext(a.ctx, "handshake ended", attrs...)
	}
}

// mostQuoted bounds what a line of the log quotes from a client.
const mostQuoted = 100

// refusedCredentials notes credentials that the Authenticator has refused. If the client may try again they have a line of the log for themselves, so that attempts
// can be counted; otherwise the line about the handshake has what is known.
func (a *acceptor) refusedCredentials(r *Request, again bool) {
	a.wrong = []any{"reason", wrongCredentials}
	scheme, rest, _ := strings.Cut(r.Authorization, " ")
	if strings.EqualFold(scheme, "Basic") {
		if user, _, ok := wire.DecodeBasic([]byte(rest)); ok {
			a.wrong = append(a.wrong, "user", user[:min(len(user), mostQuoted)])
		}
	}
	if again {
		a.handler.log().InfoContext(a.ctx, wrongCredentials, append([]any{"remote", a.remote.String(), "path", r.Path()}, a.wrong[2:]...)...)
	}
}

// refusedOrigin quotes the Origin of a refused page, if that is what was refused, because it is what has to be allowed.
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

// difference tells which two values should be the same and are not, usually because of a proxy in front.
func difference(e *endpoint.HandshakeError) []any {
	if d := e.Difference; d != nil {
		return []any{"differs", d.What, "opening", d.Opening, "extended", d.Extended}
	}
	return nil
}

// outcome names a handshake that did not open: the application sent the client elsewhere or refused it, or something went wrong.
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

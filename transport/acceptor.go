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
	"example.com/khp/fsm"
	"example.com/khp/transport/extension"
	"example.com/khp/wire"
)

// opening is an opening request that has been read.
type opening struct {
	request *wire.Request // nil if it cannot be parsed
	head    []byte        // the same as it came; nil if net/http has read it
	rest    []byte        // what came behind it
	buffer  *headBuffer   // that all this is in, if it is a pool's
}

// acceptor shakes hands on one connection of a Handler.
type acceptor struct {
	driver
	handler   *Handler
	server    *endpoint.Server
	remote    net.Addr
	letIn     bool               // the Authenticator has let the present request in
	principal any                // as whom
	again     bool               // the application asked for time: ask again
	wrong     []any              // about credentials that were refused last, for the log
	elsewhere string             // where the last decision sends the client, without the query
	cancel    context.CancelFunc // of the decision in progress, nil if there is none

	sessions []extension.Session // of the extensions that the decision grants
}

// acceptors are between two handshakes.
var acceptors = sync.Pool{New: func() any { return &acceptor{server: &endpoint.Server{}} }}

// release gives a back for the next handshake, unless something that ran beside this one may still speak to it. What was returned is not a's any more.
func (a *acceptor) release() {
	if a.beside {
		return
	}
	*a = acceptor{server: a.server, driver: driver{corked: a.corked[:0]}}
	acceptors.Put(a)
}

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
	a.ctx, a.endpoint, a.side, a.limits = ctx, a.server, a, int64(h.Limits.OrDefault().Unit)
	a.timeouts, a.trace = &h.Timeouts, newTrace(h.Observer, true)
	a.connected(nc)
	a.trace.received(o)
	a.established(o.rest)
	o.release()
	a.run(first)
	a.report(time.Since(begin))
	if !a.open {
		a.disconnect()
		return nil
	}
	return a.conn()
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

func (a *acceptor) phase() string { return a.server.Phase().String() }
func (a *acceptor) attempt() int  { return 0 }

// opening is not called: whoever has accepted the connection has read the opening request.
func (a *acceptor) opening([]byte) (used int, out []endpoint.Output) { return 0, nil }

// special carries out the output that only a server gets.
func (a *acceptor) special(o *endpoint.Output) {
	if o.Kind != endpoint.AskDecision {
		return
	}
	a.letIn, a.principal = false, nil
	if h := a.handler; h.Decide == nil && h.Authenticator == nil {
		a.next = func() []endpoint.Output { return a.decided(h.accept(a.server.Request()), nil) }
		return
	}
	a.ask()
}

// waiting reports whether a decision is owed.
func (a *acceptor) waiting() bool {
	return a.server.Phase() == fsm.ServerDeciding || a.server.Phase() == fsm.ServerPending
}

// settled asks again once a 202 is written, and ends a decision that nobody waits for any more.
func (a *acceptor) settled() {
	switch {
	case a.again:
		a.again = false
		a.ask()
	case a.cancel != nil && !a.waiting():
		a.cancel()
		a.cancel = nil
	}
}

// ask has the application decide beside the reading of the connection.
func (a *acceptor) ask() {
	if a.cancel != nil {
		a.cancel()
	}
	ctx, cancel := context.WithCancel(a.ctx)
	a.cancel = cancel
	r, letIn := a.request(), a.letIn
	if a.handler.Authenticator != nil && !letIn {
		ctx = WithClientNetwork(ctx, a.remote)
	}
	a.later(func() func() []endpoint.Output {
		d, in, err := a.handler.decide(ctx, r, letIn)
		return func() []endpoint.Output {
			a.letIn, a.principal = in, r.Principal
			a.wrong = nil
			if !in && err == nil && r.Authorization != "" {
				a.refusedCredentials(r, d.Status == 401)
			}
			return a.decided(d, err)
		}
	})
}

// request returns a copy of the request to decide on, or decided on.
func (a *acceptor) request() *Request {
	r := *a.server.Request()
	r.Principal = a.principal
	return &r
}

// decided tells the endpoint what the application decided. A decision that cannot be sent is the application's failure, of which the client
// does not hear more than that.
func (a *acceptor) decided(d Decision, err error) []endpoint.Output {
	if !a.waiting() {
		return nil
	}
	var out []endpoint.Output
	if err == nil {
		a.elsewhere = pathOnly(cmp.Or(d.Location, d.Reroute))
		out, err = a.server.Decide(time.Now(), a.grant(d))
	}
	if err != nil {
		a.handler.log().ErrorContext(a.ctx, "deciding failed", "remote", a.remote.String(), "path", a.server.Request().Path(), "error", err.Error())
		return a.server.ApplicationFailed(time.Now())
	}
	a.again = a.server.Phase() == fsm.ServerPending
	return out
}

// conn makes the open connection the application's.
func (a *acceptor) conn() *Conn {
	result := a.server.Result()
	limit := a.handler.ReadLimit
	if limit <= 0 {
		limit = DefaultReadLimit
	}
	a.link.limit.Store(limit)
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
	return newConn(a.link, info, a.sessions...)
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

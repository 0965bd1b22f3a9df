package transport

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/endpoint"
	"example.com/khp/transport/extension"
	"example.com/khp/wire"
)

// acceptor shakes hands on one connection of a Handler.
type acceptor struct {
	driver
	handler *Handler
	server  *endpoint.Server
	request *wire.Request // the opening request
	header  http.Header   // its fields
	rest    []byte        // what came behind it
	remote  net.Addr
	again   bool               // the application asked for time: ask again
	cancel  context.CancelFunc // of the decision in progress, nil if there is none

	sessions []extension.Session // of the extensions that the decision grants
}

// shake returns the open connection, nil if there is none; then nc is closed.
func (a *acceptor) shake(ctx context.Context, nc net.Conn) *Conn {
	h := a.handler
	begin := time.Now()
	a.driver = driver{
		ctx: ctx, endpoint: a.server, timers: timers{timeouts: &h.Timeouts}, trace: newTrace(h.Observer, true), special: a.special, settled: a.settle,
		limits: int64(h.Limits.OrDefault().Unit), phase: func() string { return a.server.Phase().String() }, attempt: func() int { return 0 },
	}
	_ = nc.SetDeadline(time.Time{}) // of the net/http server
	a.connected(nc)
	a.trace.event(Event{Kind: EventReceiveOpening, Data: a.head0(), Phase: a.phase()})
	a.established(a.rest)
	a.run(a.server.Opening(a.request))
	a.report(time.Since(begin))
	if !a.open {
		a.disconnect()
		return nil
	}
	return a.conn()
}

// head0 rebuilds the opening request for an observer.
func (a *acceptor) head0() []byte {
	if a.trace.to == nil {
		return nil
	}
	b, err := a.request.Append(nil)
	if err != nil {
		return []byte{}
	}
	return b
}

// special carries out the output that only a server gets.
func (a *acceptor) special(o *endpoint.Output) {
	if o.Kind != endpoint.AskDecision {
		return
	}
	if a.handler.Decide == nil {
		a.next = func() []endpoint.Output { return a.decided(a.handler.decide(a.ctx, a.server.Request())) }
		return
	}
	a.ask()
}

// waiting reports whether a decision is owed.
func (a *acceptor) waiting() bool {
	return a.server.Phase() == fsm.ServerDeciding || a.server.Phase() == fsm.ServerPending
}

// settle asks again once a 202 is written, and ends a decision that nobody waits for any more.
func (a *acceptor) settle() {
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
	r := *a.server.Request()
	a.later(func() func() []endpoint.Output {
		d, err := a.handler.decide(ctx, &r)
		return func() []endpoint.Output { return a.decided(d, err) }
	})
}

// decided tells the endpoint what the application decided. A decision that cannot be sent is the application's failure, of which the client
// does not hear more than that.
func (a *acceptor) decided(d Decision, err error) []endpoint.Output {
	if !a.waiting() {
		return nil
	}
	var out []endpoint.Output
	if err == nil {
		out, err = a.server.Decide(a.grant(d))
	}
	if err != nil {
		a.handler.log().Error("deciding failed", "remote", a.remote.String(), "path", a.server.Request().Path(), "error", err.Error())
		return a.server.ApplicationFailed()
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
	info := handshakeInfo{
		subprotocol: result.Protocol, extensions: result.Extensions, status: result.Status, header: a.header, url: string(a.request.Target), plain: result.Plain,
	}
	if !result.Plain {
		r := *a.server.Request()
		info.request = &r
	}
	return newConn(a.link, info, a.sessions...)
}

// report logs one line about the handshake.
func (a *acceptor) report(took time.Duration) {
	log := a.handler.log()
	if !log.Enabled(a.ctx, slog.LevelInfo) {
		return
	}
	profile := "spec"
	if a.server.State().Profile() == fsm.ProfileKaazing {
		profile = "kaazing"
	}
	attrs := []any{"remote", a.remote.String(), "path", pathOnly(string(a.request.Target)), "profile", profile, "status", a.server.State().Status(), "took", took.Round(time.Microsecond)}
	var failed *endpoint.HandshakeError
	switch {
	case a.open:
		log.Info("open", append(attrs, "subprotocol", a.server.Result().Protocol)...)
	case a.gaveUp != "":
		log.Info("handshake given up", append(attrs, "phase", a.gaveUp)...)
	case errors.As(a.err, &failed):
		log.Info(outcome(failed), append(attrs, "leg", failed.Leg.String(), "reason", failed.Failure.Error())...)
		log.Debug("what was wrong", "remote", a.remote.String(), "detail", failed.Detail) // may quote the client
	default:
		log.Info("handshake ended", attrs...)
	}
}

// outcome names a handshake that did not open: the application sent the client elsewhere or refused it, or something went wrong.
func outcome(e *endpoint.HandshakeError) string {
	switch {
	case e.Failure != fsm.FailureStatus:
		return "handshake failed"
	case e.Status >= 300 && e.Status < 400:
		return "redirected"
	}
	return "refused"
}

// pathOnly leaves out the query, which may hold secrets.
func pathOnly(target string) string {
	path, _, _ := strings.Cut(target, "?")
	return path
}

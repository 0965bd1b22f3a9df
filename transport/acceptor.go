package transport

import (
	"context"
	"log/slog"
	"net"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/endpoint"
	"example.com/khp/wire"
)

// acceptor shakes hands on one connection of a Handler.
type acceptor struct {
	driver
	handler *Handler
	server  *endpoint.Server
	request *wire.Request
	rest    []byte // what came behind the opening request
	remote  net.Addr
	cancel  context.CancelFunc // of the decision in progress
}

// shake returns the open connection, nil if there is none; then nc is closed.
func (a *acceptor) shake(ctx context.Context, nc net.Conn) *Conn {
	h := a.handler
	begin := time.Now()
	a.driver = driver{
		ctx: ctx, endpoint: a.server, timers: timers{timeouts: &h.Timeouts}, trace: newTrace(h.Observer, true), special: a.special,
		limits: int64(h.Limits.OrDefault().Unit), phase: func() string { return a.server.Phase().String() }, attempt: func() int { return 0 },
		results: make(chan func() []endpoint.Output, 1),
	}
	_ = nc.SetDeadline(time.Time{}) // of the net/http server
	a.connected(nc)
	a.trace.event(Event{Kind: EventReceiveOpening, Data: a.head0(), Phase: a.phase()})
	a.established(a.rest)
	a.run(a.server.Opening(a.request))
	if a.cancel != nil {
		a.cancel()
	}
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
		a.pending = func() []endpoint.Output { return a.decided(a.handler.decide(a.ctx, a.server.Request())) }
		return
	}
	a.ask()
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

// decided tells the endpoint what the application decided. A decision that cannot be sent is the application's failure.
func (a *acceptor) decided(d Decision, err error) []endpoint.Output {
	var out []endpoint.Output
	if err == nil {
		out, err = a.server.Decide(d)
	}
	if err != nil {
		if err == endpoint.ErrTooLate {
			return nil
		}
		a.handler.log().Error("deciding failed", "remote", a.remote.String(), "path", a.server.Request().Path(), "error", err.Error())
		return a.server.ApplicationFailed()
	}
	if a.server.Phase() == fsm.ServerPending {
		a.settled = func() { a.settled = nil; a.ask() }
	}
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
	a.trace.opened(result.Protocol, result.Status, 0)
	return newConn(a.link, handshakeInfo{
		subprotocol: result.Protocol, extensions: result.Extensions, status: result.Status, header: httpHeader(a.server.Request().Opening), url: a.server.Request().Target,
		plain: result.Plain,
	})
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
	attrs := []any{"remote", a.remote.String(), "path", string(pathOnly(a.request.Target)), "profile", profile, "status", a.server.State().Status(), "took", took.Round(time.Microsecond)}
	switch {
	case a.open:
		log.Info("open", append(attrs, "subprotocol", a.server.Result().Protocol)...)
	case a.err != nil:
		log.Info("handshake failed", append(attrs, "reason", a.err.Error())...)
	default:
		log.Info("handshake ended", attrs...)
	}
}

// pathOnly leaves out the query, which may hold secrets.
func pathOnly(target []byte) []byte {
	for i, c := range target {
		if c == '?' {
			return target[:i]
		}
	}
	return target
}

package transport

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"example.com/khp/endpoint"
	"example.com/khp/internal/origins"
	"example.com/khp/internal/place"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/handshake"
	"example.com/khp/transport/internal/opening"
	"example.com/khp/transport/internal/tracker"
)

// served is one connection of a server, until Serve has returned. Its Entry is how it is ended from
// outside.
type served struct {
	tracker.Entry
	accept.Visit
	server  *Server         // nil if a Handler serves without one
	handler *Handler        // once the opening request has found it
	ctx     context.Context // ends at Shutdown
	conn    *Conn           // once open
	over    func()          // ends the work of ConnContext; nil without it
	fresh   bool            // ctx has no values

	returned bool // Serve has
}

// acceptor shakes hands on one connection, and reports it to observers.
type acceptor struct {
	handshake.Server
	trace trace
}

func newAcceptor() *acceptor { return &acceptor{Server: handshake.New()} }

// acceptors are between two handshakes.
var acceptors = sync.Pool{New: func() any { return newAcceptor() }}

// release returns a to the pool for the next handshake, unless a goroutine of this one may still
// wake it. The caller must not use a afterwards.
func (a *acceptor) release() {
	if !a.Beside {
		a.reset()
		acceptors.Put(a)
	}
}

// reset makes a ready for the next handshake.
func (a *acceptor) reset() {
	if poison != nil {
		poison(a.Corked[:cap(a.Corked)])
	}
	a.Reset()
	a.trace = trace{}
}

// poison spoils memory that is released, so that tests find who still uses it; nil does not.
var poison func(released []byte)

// shake shakes hands with a client whose opening request was read already. conn is the outcome, nil
// if it failed. fields are added to the opening 101.
// detached says that Serve is not called: the end of the connection is the end of all.
func (c *served) shake(o *opening.Request, detached bool, fields ...HeaderField) error {
	a := acceptors.Get().(*acceptor)
	c.shakeWith(a, o, detached, fields...)
	err := a.Failure
	a.release() // not after a panic
	switch {
	case c.conn != nil:
		c.EndBy((*inner)(c.conn))
		return nil
	case err == nil:
		return cmp.Or(c.ctx.Err(), errUnexplained)
	}
	return err
}

// shakeWith is shake with a new or reset acceptor.
func (c *served) shakeWith(a *acceptor, o *opening.Request, detached bool, fields ...HeaderField) {
	h := c.handler
	cfg := h.config()
	if len(h.OpeningHeader)+len(fields) > 0 {
		cfg.OpeningFields = func() []HeaderField { return append(field.List(h.OpeningHeader), fields...) }
	}
	if h.Compression != nil {
		cfg.GrantOpening = func(offered []string) []string {
			granted, p, ok := deflate.Accept(offered, h.Compression.NoContextTakeover)
			if !ok {
				return nil
			}
			a.Compression = &p
			return []string{granted}
		}
	}
	a.Opening(cfg, o)
	a.Entry = &c.Entry
	cancel := c.CancelFunc()
	if h.ConnContext != nil {
		if !c.addContext(*a.OpeningRequest(), &cancel) {
			a.Entry = nil // the application may end it, too
		}
		defer func() {
			if c.conn == nil {
				c.over()
			}
		}()
	}
	if end := cancel; detached {
		cancel = func(cause error) {
			end(cause)
			c.forget()
			if c.over != nil {
				c.over()
			}
		}
	}
	config := handshake.Config{
		Application: (*application)(h), Context: c.ctx, Conn: c.Conn, Log: h.log(), Use: h.Use,
		Timeouts: &h.Timeouts, Limit: int64(h.Limits.OrDefault().Unit), Trace: &a.trace,
	}
	if a.trace = newTrace(c.ctx, observed(h.Observer, h), a, true); a.trace.to != nil {
		config.Observe = a.trace.observe
		a.trace.received(o)
	}
	if a.Shake(config, o); a.IsOpen {
		c.conn = c.open(a, cancel)
	}
}

// open makes the open connection the application's.
func (c *served) open(a *acceptor, cancel context.CancelCauseFunc) *Conn {
	h, result := c.handler, a.Result()
	o := opened{
		watched: a.trace.opened(result.Subprotocol, result.Status),
		info: handshakeInfo{subprotocol: result.Subprotocol, extensions: result.Extensions,
			status: result.Status, plain: result.Plain, unfragmented: a.OpeningRequest().Kaazing()},
		cancel: cancel, sessions: a.Sessions, readLimit: h.ReadLimit, keepAlive: h.KeepAlive,
	}
	if c.server != nil {
		o.keepAlive = cmp.Or(h.KeepAlive, c.server.KeepAlive)
	}
	if a.Entry != nil {
		o.home = a.Context
	}
	switch {
	case h.Forget: // not even a part of its memory
		o.info.subprotocol, o.info.principal = strings.Clone(result.Subprotocol), a.Principal
		o.info.extensions = slices.Clone(result.Extensions)
		for i, e := range o.info.extensions {
			o.info.extensions[i] = strings.Clone(e)
		}
	case result.Plain:
		r := *a.OpeningRequest()
		o.info.opening, o.info.principal = &r, a.Principal
	default:
		o.info.request = a.Request()
		o.info.opening = &o.info.request.OpeningRequest
	}
	return newConn(a.Link, o)
}

// application is a Handler as its handshakes see it.
type application Handler

var _ handshake.Application = (*application)(nil)

// AtOnce implements [handshake.Application].
func (h *application) AtOnce() bool { return h.Prompt }

// Judge implements [handshake.Application]: it asks the Authenticator, unless the client of this
// request was let in already, and then the application.
func (h *application) Judge(
	ctx context.Context, nc net.Conn, r *Request, letIn bool,
) (d Decision, refused *auth.Verdict, err error) {
	ctx = context.WithValue(ctx, sourceKey{}, nc)
	if h.Authenticator != nil {
		ctx = auth.WithClientNetwork(ctx, nc.RemoteAddr())
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if h.Authenticator != nil && !letIn {
		v, err := h.Authenticator.Authenticate(ctx, r)
		if err != nil {
			return Decision{}, nil, fmt.Errorf("authenticating: %w", err)
		}
		if !v.LetsIn() {
			return v.Decision(), &v, nil
		}
		r.Principal = v.Principal
	}
	if h.Decide == nil {
		return h.accept(r), nil, nil
	}
	d, err = h.Decide(ctx, r)
	return d, nil, err
}

// Accept implements [handshake.Application].
func (h *application) Accept(r *Request) (d Decision, ok bool) {
	if h.Decide == nil && h.Authenticator == nil {
		return h.accept(r), true
	}
	return Decision{}, false
}

// accept lets a request in, with the subprotocol that the server likes best.
func (h *application) accept(r *Request) Decision {
	for _, p := range h.Subprotocols {
		if slices.Contains(r.Subprotocols, p) {
			return Decision{Subprotocol: p}
		}
	}
	return Decision{}
}

// Allows reports whether pages of origin may use the server.
func (h *application) Allows(origin, host string) bool {
	switch {
	case origins.Match(h.AllowOrigins, origin):
		return true
	case h.CheckOrigin != nil:
		return h.CheckOrigin(origin, host)
	}
	return endpoint.SameOrigin(origin, host)
}

// checkKHP is CheckOpening, and refuses clients that cannot be asked for credentials.
func (h *application) checkKHP(o *OpeningRequest) (status int, why string) {
	if slices.Contains(o.Subprotocols, endpoint.Subprotocol) {
		if h.CheckOpening == nil {
			return 0, ""
		}
		return h.CheckOpening(o)
	}
	return http.StatusForbidden, "this address asks for credentials, which takes the subprotocol " +
		endpoint.Subprotocol
}

// use lets the application have the connection, and returns when both are done with it. A panic of
// the application does not take the connection's state with it; net/http logs it. Its frame is
// small, because idle connections wait in it, and so are those of the calls from here to the
// socket: a stack of 2 KiB has room for few more.
func (c *served) use() {
	defer c.used()
	err := c.handler.Serve(c.ctx, c.conn)
	c.returned = true
	c.finish(err)
}

// used ends the remaining work of a connection after Serve.
func (c *served) used() {
	if c.over != nil {
		defer c.over()
	}
	if !c.returned {
		_ = c.conn.Close(CloseInternalError, "")
	}
}

// addContext lets the application add to the context of the connection. over then ends the
// application's part of it, and cancel the context. The result reports whether only values were
// added, so that the context ends when it did before.
func (c *served) addContext(o OpeningRequest, cancel *context.CancelCauseFunc) (valuesOnly bool) {
	ctx, h := c.ctx, c.handler
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	own := h.ConnContext(whole, &o)
	finish := end
	if h.ConnOver != nil {
		finish = func() {
			h.ConnOver(own)
			end()
		}
	}
	if c.fresh && own.Done() == whole.Done() {
		c.ctx, c.over = &valued{ctx, own}, finish
		return true
	}
	own, stopped := context.WithCancelCause(own)
	stop := context.AfterFunc(ctx, func() { stopped(context.Cause(ctx)) })
	c.ctx, *cancel, c.over = own, stopped, func() {
		stop()
		stopped(nil)
		finish()
	}
	return false
}

// valued is a context that has no values of its own, with those of another.
type valued struct {
	context.Context
	values context.Context
}

// Value implements [context.Context].
func (v *valued) Value(key any) any {
	if x := v.Context.Value(key); x != nil {
		return x // how package context knows its own
	}
	return v.values.Value(key)
}

// finish closes everything that Serve leaves open, and waits for that.
func (c *served) finish(err error) {
	conn, code, level := c.conn, CloseNormal, slog.LevelDebug
	switch {
	case c.ctx.Err() != nil:
		code = CloseGoingAway
	case err != nil && !conn.hasEnded():
		code, level = CloseInternalError, slog.LevelWarn
	}
	if log := c.handler.log(); err != nil && log.Enabled(c.ctx, level) {
		attrs := []any{"remote", conn.NetConn().RemoteAddr().String()}
		if !c.handler.Forget {
			attrs = append(attrs, "path", place.TargetPath(conn.URL()))
		}
		log.Log(c.ctx, level, "a connection ended with an error", append(attrs, "error", err.Error())...)
	}
	if !conn.hasEnded() {
		_ = conn.Close(code, "")
	}
	<-conn.done // another goroutine may be closing it
}

// ended ends the work that Server.connection has begun, also after a panic with the value v. A
// connection that net/http has taken over is left to it.
func (c *served) ended(v any) {
	if v != nil {
		c.server.log().Error("a panic while serving a connection", "remote", c.RemoteAddr().String(),
			"panic", v, "stack", string(debug.Stack()))
	}
	if c.handler != nil {
		c.handler.live.Remove(&c.Entry)
	}
	c.Leave() // before Shutdown may return: no connection is counted behind it
	c.server.live.Remove(&c.Entry)
}

// drop ends the work that upgrade has begun: it closes the connection in any state.
func (c *served) drop() {
	if c.Conn != nil {
		_ = c.Conn.Close() // in case the application panics
	}
	c.forget()
}

// forget takes the connection from the trackers.
func (c *served) forget() {
	c.handler.live.Remove(&c.Entry)
	c.server.tracker().Remove(&c.Entry)
}

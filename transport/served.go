package transport

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/netip"

	"example.com/khp/transport/internal/tracker"
)

// served is one connection of a server, until Serve has returned. Its Entry is how it is ended from outside.
type served struct {
	tracker.Entry
	server   *Server      // nil if a Handler serves without one
	host     netip.Prefix // the address that it counts for
	passedOn bool         // it belongs to net/http now

	handler *Handler        // once the opening request has found it
	ctx     context.Context // ends at Shutdown
	nc      net.Conn
	conn    *Conn  // once open
	over    func() // ends what ConnContext has begun; nil without it
}

// shake shakes hands with a client whose opening request was read already. conn is the outcome, nil if it failed.
func (c *served) shake(o *opening) {
	a := acceptors.Get().(*acceptor)
	c.shakeWith(a, o)
	a.release() // not after a panic
	if c.conn != nil {
		c.EndBy((*open)(c.conn))
	}
}

// shakeWith is shake with a new or reset acceptor.
func (c *served) shakeWith(a *acceptor, o *opening) {
	h := c.handler
	a.handler, a.remote, a.keepAlive = h, c.nc.RemoteAddr(), h.KeepAlive
	if c.server != nil {
		a.keepAlive = cmp.Or(h.KeepAlive, c.server.KeepAlive)
	}
	a.server.Reset(h.config())
	first := a.judge(o)
	a.Entry = &c.Entry
	if h.ConnContext != nil {
		c.ctx, c.over = h.connContext(c.ctx, *a.server.OpeningRequest())
		a.Entry = nil // the application may end it, too
		defer func() {
			if c.conn == nil {
				c.over()
			}
		}()
	}
	c.conn = a.shake(c.ctx, c.nc, o, first)
}

// use lets the application have the connection, and returns when both are done with it.
func (c *served) use() {
	if c.over != nil {
		defer c.over()
	}
	c.finish(c.callServe())
}

// connContext lets the application add to the context of a connection; over ends what it was given.
func (h *Handler) connContext(ctx context.Context, o OpeningRequest) (_ context.Context, over func()) {
	whole, end := context.WithCancel(context.WithoutCancel(ctx))
	own, cancel := context.WithCancel(h.ConnContext(whole, &o))
	stop := context.AfterFunc(ctx, cancel)
	return own, func() {
		stop()
		cancel()
		end()
	}
}

// callServe keeps a panic of the application from taking the connection's state with it; net/http logs it.
func (c *served) callServe() error {
	normal := false
	defer func() {
		if !normal {
			_ = c.conn.Close(CloseInternalError, "")
		}
	}()
	err := c.handler.Serve(c.ctx, c.conn)
	normal = true
	return err
}

// finish closes what Serve leaves open, and waits for that.
func (c *served) finish(err error) {
	conn, code, level := c.conn, CloseNormal, slog.LevelDebug
	switch {
	case c.ctx.Err() != nil:
		code = CloseGoingAway
	case err != nil && !conn.hasEnded():
		code, level = CloseInternalError, slog.LevelWarn
	}
	if log := c.handler.log(); err != nil && log.Enabled(c.ctx, level) {
		log.Log(c.ctx, level, "a connection ended with an error", "remote", conn.NetConn().RemoteAddr().String(), "path", conn.info.opening.Path(), "error", err.Error())
	}
	if !conn.hasEnded() {
		_ = conn.Close(code, "")
	}
	<-conn.done // somebody else may be closing it
}

// open is a Conn as the end of its server sees it.
type open Conn

// Interrupt implements [tracker.Ender].
func (x *open) Interrupt() {
	c := (*Conn)(x)
	c.homeEnds()
	go func() { _ = c.Close(CloseGoingAway, "") }()
}

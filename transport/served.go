package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/hops"
	"example.com/khp/transport/internal/opening"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/wire"
)

// served is one connection of a server, until Serve has returned. Its Entry is how it is ended from
// outside.
type served struct {
	tracker.Entry
	server   *Server      // nil if a Handler serves without one
	host     netip.Prefix // the address that it counts for
	passedOn bool         // it belongs to net/http now
	placed   bool         // it has one of the places

	handler *Handler        // once the opening request has found it
	ctx     context.Context // ends at Shutdown
	nc      net.Conn
	conn    *Conn  // once open
	over    func() // ends what ConnContext has begun; nil without it
}

// shake shakes hands with a client whose opening request was read already. conn is the outcome, nil
// if it failed.
func (c *served) shake(o *opening.Request) {
	a := acceptors.Get().(*acceptor)
	c.shakeWith(a, o)
	a.release() // not after a panic
	if c.conn != nil {
		c.EndBy((*open)(c.conn))
	}
}

// shakeWith is shake with a new or reset acceptor.
func (c *served) shakeWith(a *acceptor, o *opening.Request) {
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

// callServe keeps a panic of the application from taking the connection's state with it; net/http
// logs it.
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

// connection serves one connection, from its first byte until it is open, or net/http has it, or it
// is over. What comes after open runs in a goroutine of its own: a handshake needs a deep stack,
// which this one takes along when it ends, and waiting for messages does not.
func (s *Server) connection(nc net.Conn, host netip.Prefix, secure *tls.Config) {
	c := &served{server: s, nc: nc, host: host}
	c.ctx = c.Begin(context.Background())
	defer func() {
		if c.conn == nil {
			c.ended(recover())
		}
	}()
	o := c.begin(secure)
	if o == nil {
		return
	}
	if c.shake(o); c.conn != nil {
		go c.useAll()
	}
}

// useAll is use for a connection that nobody above looks after.
func (c *served) useAll() {
	defer func() { c.ended(recover()) }()
	c.use()
}

// ended ends what Server.connection has begun, also with a panic, if v is not nil. A connection
// that net/http has got is its own.
func (c *served) ended(v any) {
	s := c.server
	if v != nil {
		s.log().Error("a panic while serving a connection", "remote", c.nc.RemoteAddr().String(), "panic", v, "stack", string(debug.Stack()))
	}
	if c.handler != nil {
		c.handler.live.Remove(&c.Entry)
	}
	s.live.Remove(&c.Entry)
	if c.placed {
		s.places.Release()
	}
	if !c.passedOn {
		_ = c.nc.Close()
		s.slots.Exit(c.host)
	}
}

// begin finds out who the client is, reads the opening request and finds out who is to answer it;
// nil if that is net/http or nobody.
func (c *served) begin(secure *tls.Config) *opening.Request {
	s := c.server
	if !s.live.Add(&c.Entry) {
		return nil
	}
	c.Connected(c.nc, true)
	defer c.Heard()
	_ = c.nc.SetDeadline(time.Now().Add(cmp.Or(s.OpeningTimeout, defaultOpeningTimeout))) // of writing, too: TLS answers
	if !c.introduced(secure) {
		return nil
	}
	o, err := c.readOpening()
	c.Heard()
	if s.refusesProxyHeader(c.nc, o.Head, err) {
		o.Release()
		return nil
	}
	if err != nil {
		s.log().Debug("no opening request came", "remote", c.nc.RemoteAddr().String(), "error", err.Error())
		o.Release()
		return nil
	}
	if h := s.handlerOf(o); h != nil {
		if o.Parsed != nil {
			c.nc = s.seenFrom(c.nc, o.Parsed.Fields)
		}
		if !c.count() {
			accept.Answer(c.nc, "503 Service Unavailable", accept.TooMany+"\n")
			o.Release()
			return nil
		}
		if !c.place(o) {
			o.Release()
			return nil
		}
		if h.live.Add(&c.Entry) {
			c.handler = h
			return o
		}
	}
	c.passedOn = true
	s.live.Remove(&c.Entry)
	_ = c.nc.SetDeadline(time.Time{})
	s.web.Take(s.newWeb, c.nc, slices.Concat(o.Head, o.Rest), func() { s.slots.Exit(c.host) })
	o.Release()
	return nil
}

// introduced reads the PROXY header if there has to be one, and begins TLS; false is the end of the
// connection.
func (c *served) introduced(secure *tls.Config) bool {
	s := c.server
	if s.ProxyProtocol && s.trusts(c.nc.RemoteAddr()) {
		nc, known, err := hops.ReadHeader(c.nc)
		switch {
		case errors.Is(err, hops.ErrNothing):
			return false
		case err != nil:
			s.mistrusts(c.nc, "a trusted proxy sent no PROXY header that can be read, its connection was closed", err)
			return false
		}
		c.nc = nc
		if known && !c.count() {
			accept.TurnAway(c.nc, secure != nil)
			return false
		}
	}
	if secure != nil {
		c.nc = tls.Server(c.nc, secure)
	}
	return true
}

// count has the connection count for the address that its client turns out to have, if that does
// not have too many already.
func (c *served) count() bool {
	s, host := c.server, auth.NetworkOf(c.nc.RemoteAddr())
	if host == c.host {
		return true
	}
	if !s.slots.Claim(host, s.MaxPerAddress) {
		s.tooMany(c.nc.RemoteAddr().String())
		return false
	}
	s.slots.Waive(c.host)
	c.host = host
	return true
}

// readOpening reads the opening request.
func (c *served) readOpening() (*opening.Request, error) {
	o, err := opening.Read(c.nc, c.server.Limits)
	if nc, first := beforeTLS(err); nc != nil && !hops.IsHeader(first) {
		accept.Answer(nc, "400 Bad Request", "this is an HTTPS port: use wss:// or https://\n")
	}
	return o, err
}

// handlerOf returns the handler of an opening request, nil if it is for net/http. Without a
// Fallback that is not asked about upgrades, whatever is wrong with them.
func (s *Server) handlerOf(o *opening.Request) *Handler {
	r := o.Parsed
	if r == nil {
		return s.forBroken()
	}
	upgrade, _ := r.Fields.Get("Upgrade")
	if string(r.Method) != "GET" || r.Target[0] != '/' || !wire.HasToken(upgrade, "websocket") {
		return nil
	}
	h := s.Handler
	if s.Route != nil {
		host, _ := r.Fields.Get("Host")
		h = s.Route(string(host), wire.TargetPath(string(r.Target)))
	}
	if h == nil || h.Check() != nil || s.Fallback != nil && !h.Plain && !offersKHP(r.Fields) {
		return nil
	}
	return h
}

// forBroken answers a request that cannot be parsed, unless net/http shall try.
func (s *Server) forBroken() *Handler {
	switch {
	case s.Fallback != nil:
		return nil
	case s.Handler != nil:
		return &Handler{Limits: s.Limits, Logger: s.Handler.Logger, Observer: s.Handler.Observer}
	}
	return &Handler{Limits: s.Limits, Logger: s.Logger}
}

// offersKHP reports whether one of the subprotocols is KHP.
func offersKHP(fields wire.Fields) bool {
	for v := range fields.All("Sec-WebSocket-Protocol") {
		var room [8][]byte
		list, _ := wire.ParseTokens(room[:0], v)
		for _, p := range list {
			if string(p) == endpoint.Subprotocol {
				return true
			}
		}
	}
	return false
}

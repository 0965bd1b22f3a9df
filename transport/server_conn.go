package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// connection serves one connection, from its first byte until it is open, or net/http has it, or it is over. What comes after open runs in a goroutine of its
// own: a handshake needs a deep stack, which this one takes along when it ends, and waiting for messages does not.
func (s *Server) connection(nc net.Conn, host netip.Prefix) {
	c := &served{server: s, nc: nc, host: host}
	c.ctx = c.Begin(context.Background())
	defer func() {
		if c.conn == nil {
			c.ended(recover())
		}
	}()
	o := c.begin()
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

// ended ends what Server.connection has begun, also with a panic, if v is not nil. A connection that net/http has got is its own.
func (c *served) ended(v any) {
	s := c.server
	if v != nil {
		s.log().Error("a panic while serving a connection", "remote", c.nc.RemoteAddr().String(), "panic", v, "stack", string(debug.Stack()))
	}
	if c.handler != nil {
		c.handler.live.Remove(&c.Entry)
	}
	s.live.Remove(&c.Entry)
	if !c.passedOn {
		_ = c.nc.Close()
		s.slots.exit(c.host)
	}
}

// begin reads the opening request and finds out who is to answer it; nil if that is net/http or nobody.
func (c *served) begin() *opening {
	s := c.server
	if !s.live.Add(&c.Entry) {
		return nil
	}
	c.Connected(c.nc, true)
	o, err := s.readOpening(c.nc)
	c.Heard()
	if err != nil {
		s.log().Debug("no opening request came", "remote", c.nc.RemoteAddr().String(), "error", err.Error())
		o.release()
		return nil
	}
	if h := s.handlerOf(o); h != nil && h.live.Add(&c.Entry) {
		c.handler = h
		return o
	}
	c.passedOn = true
	s.live.Remove(&c.Entry)
	_ = c.nc.SetDeadline(time.Time{})
	s.web.take(s, c.nc, slices.Concat(o.head, o.rest), func() { s.slots.exit(c.host) })
	o.release()
	return nil
}

// readOpening reads the opening request.
func (s *Server) readOpening(nc net.Conn) (*opening, error) {
	timeout := s.OpeningTimeout
	if timeout <= 0 {
		timeout = defaultOpeningTimeout
	}
	_ = nc.SetDeadline(time.Now().Add(timeout)) // of writing, too: TLS answers
	o, err := readHead(nc, s.Limits)
	if err != nil {
		var plain tls.RecordHeaderError
		if errors.As(err, &plain) && plain.Conn != nil {
			sayBriefly(plain.Conn, "400 Bad Request", "this is an HTTPS port: use wss:// or https://\n")
		}
	}
	return o, err
}

// handlerOf returns the handler of an opening request, nil if it is for net/http. Without a Fallback that is not asked about upgrades, whatever is wrong with them.
func (s *Server) handlerOf(o *opening) *Handler {
	r := o.request
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
		h = s.Route(string(host), pathOnly(string(r.Target)))
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

// pathOnly leaves out the query.
func pathOnly(target string) string {
	path, _, _ := strings.Cut(target, "?")
	return path
}

// offersKHP reports whether one of the subprotocols is KHP.
func offersKHP(fields wire.Fields) bool {
	for v := range fields.All("Sec-WebSocket-Protocol") {
		var room [8][]byte
		list, _ := wire.ParseTokens(room[:0], v)
		for _, p := range list {
			if string(p) == endpoint.Protocol {
				return true
			}
		}
	}
	return false
}

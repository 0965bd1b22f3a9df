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

// served is a connection of a Server.
type served struct {
	server  *Server
	nc      net.Conn
	host    netip.Prefix
	entry   *tracked
	handler *Handler // once its opening request has found it
	session session  // once open
}

// connection serves one connection, from its first byte until it is open, or net/http has it, or it is over. What comes after open runs in a goroutine of its
// own: a handshake needs a deep stack, which this one takes along when it ends, and waiting for messages does not.
func (s *Server) connection(nc net.Conn, host netip.Prefix) {
	c := &served{server: s, nc: nc, host: host}
	ctx, entry := newTracked(context.Background())
	c.entry = entry
	defer func() {
		if c.session.conn == nil {
			c.over(recover())
		}
	}()
	h, o := s.begin(nc, entry, host)
	if h == nil {
		return
	}
	c.handler = h
	if c.session = h.shake(ctx, entry, nc, o); c.session.conn != nil {
		go c.use()
	}
}

// use lets the application have the open connection.
func (c *served) use() {
	defer func() { c.over(recover()) }()
	c.session.use()
}

// over ends what connection began, also with a panic, if v is not nil. What net/http has got is its own.
func (c *served) over(v any) {
	s := c.server
	if v != nil {
		s.log().Error("a panic while serving a connection", "remote", c.nc.RemoteAddr().String(), "panic", v, "stack", string(debug.Stack()))
	}
	if c.handler != nil {
		c.handler.live.remove(c.entry)
	}
	s.live.remove(c.entry)
	if !c.entry.passedOn {
		_ = c.nc.Close()
		s.slots.exit(c.host)
	}
}

// begin reads the opening request and finds out who is to answer it; nil if that is net/http or nobody.
func (s *Server) begin(nc net.Conn, entry *tracked, host netip.Prefix) (*Handler, *opening) {
	if !s.live.add(entry) {
		return nil, nil
	}
	entry.connected(nc, true)
	o, err := s.readOpening(nc)
	entry.heard()
	if err != nil {
		s.log().Debug("no opening request came", "remote", nc.RemoteAddr().String(), "error", err.Error())
		o.release()
		return nil, nil
	}
	if h := s.handlerOf(o); h != nil && h.live.add(entry) {
		o.keepAlive = s.KeepAlive
		return h, o
	}
	entry.passedOn = true
	s.live.remove(entry)
	_ = nc.SetDeadline(time.Time{})
	s.web.take(s, nc, slices.Concat(o.head, o.rest), func() { s.slots.exit(host) })
	o.release()
	return nil, nil
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

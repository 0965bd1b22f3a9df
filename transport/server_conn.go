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

	"example.com/khp/transport/endpoint"
	"example.com/khp/wire"
)

// connection serves one connection, from its first byte to its last, or until net/http has it. Its frame stays on the stack for as long.
func (s *Server) connection(nc net.Conn, host netip.Addr) {
	ctx, entry := newTracked(context.Background())
	defer s.over(nc, entry, host)
	if h, o := s.begin(nc, entry, host); h != nil {
		defer h.live.remove(entry)
		h.serve(ctx, entry, nc, o)
	}
}

// over ends what connection began, also with a panic. What net/http has got is its own.
func (s *Server) over(nc net.Conn, entry *tracked, host netip.Addr) {
	if v := recover(); v != nil {
		s.log().Error("a panic while serving a connection", "remote", nc.RemoteAddr().String(), "panic", v, "stack", string(debug.Stack()))
	}
	s.live.remove(entry)
	if !entry.passedOn {
		_ = nc.Close()
		s.slots.exit(host)
	}
}

// begin reads the opening request and finds out who is to answer it; nil if that is net/http or nobody.
func (s *Server) begin(nc net.Conn, entry *tracked, host netip.Addr) (*Handler, *opening) {
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
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil {
		sayBriefly(plain.Conn, "400 Bad Request", "this is an HTTPS port: use wss:// or https://\n")
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
	host, _ := r.Fields.Get("Host")
	h := s.route(string(host), pathOnly(string(r.Target)))
	if h == nil || h.Serve == nil || s.Fallback != nil && !h.Plain && !offersKHP(r.Fields) {
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

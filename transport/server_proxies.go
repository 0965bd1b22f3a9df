package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"

	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/hops"
	"example.com/khp/transport/internal/opening"
	"example.com/khp/wire"
)

// trusts reports whether the word of who has that address is taken for the address of somebody
// else.
func (s *Server) trusts(a net.Addr) bool {
	peer, ok := a.(*net.TCPAddr)
	return ok && len(s.TrustedProxies) > 0 && hops.Networks(s.TrustedProxies).Has(peer.AddrPort().Addr())
}

// networkAtFirst is what a new connection counts as until more is known of its client; the zero
// Prefix does not count.
func (s *Server) networkAtFirst(nc net.Conn) netip.Prefix {
	if s.trusts(nc.RemoteAddr()) {
		return netip.Prefix{}
	}
	return auth.NetworkOf(nc.RemoteAddr())
}

// beforeTLS returns the connection below TLS and its first bytes, where err says that they are none
// of TLS.
func beforeTLS(err error) (net.Conn, []byte) {
	if err == nil {
		return nil, nil
	}
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil {
		return plain.Conn, plain.RecordHeader[:]
	}
	return nil, nil
}

// refusesProxyHeader answers one that came in the place of an opening request, or of TLS.
func (s *Server) refusesProxyHeader(nc net.Conn, head []byte, err error) bool {
	if below, first := beforeTLS(err); below != nil {
		nc, head = below, first
	}
	if !hops.IsHeader(head) {
		return false
	}
	s.mistrusts(nc, "a PROXY header was refused: its sender is not among the trusted proxies, or none is expected here", nil)
	accept.Answer(nc, "400 Bad Request", "no PROXY header is expected from this address\n")
	return true
}

// mistrusts logs that a connection was refused because of its PROXY header.
func (s *Server) mistrusts(nc net.Conn, what string, err error) {
	silent, ok := s.mistrusting.Say(time.Now())
	if !ok {
		return
	}
	attrs := []any{"remote", nc.RemoteAddr().String(), "since_last_line", silent}
	if err != nil {
		attrs = append(attrs, "error", err.Error())
	}
	s.log().Warn(what, attrs...)
}

// seenFrom gives nc the address that its opening request has come from.
func (s *Server) seenFrom(nc net.Conn, fields wire.Fields) net.Conn {
	if !s.trusts(nc.RemoteAddr()) {
		return nc
	}
	peer := nc.RemoteAddr().(*net.TCPAddr).AddrPort()
	if client := hops.Client(peer, fields, s.TrustedProxies); client != peer {
		return hops.NewConn(nc, client)
	}
	return nc
}

// tooMany logs that a client was turned away.
func (s *Server) tooMany(remote string) {
	if silent, ok := s.turning.Say(time.Now()); ok {
		s.log().Warn("turned away: too many connections from this address", "remote", remote, "most", s.MaxPerAddress, "since_last_line", silent)
	}
}

// asked notes on a request that net/http has read what address it comes from, and reports whether a
// proxy says so.
func (s *Server) asked(r *http.Request) (proxied bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !hops.Networks(s.TrustedProxies).Has(peer.Addr()) {
		return false
	}
	o := opening.Of(r)
	defer o.Release()
	r.RemoteAddr = hops.Client(peer, o.Parsed.Fields, s.TrustedProxies).String()
	return true
}

// serveUpgrade has h answer a request on a connection that net/http has. Where a proxy sends
// requests of many clients on one, each counts for itself.
func (s *Server) serveUpgrade(h *Handler, w http.ResponseWriter, r *http.Request, proxied bool) {
	if proxied {
		client, _ := netip.ParseAddrPort(r.RemoteAddr)
		network := auth.NetworkOf(net.TCPAddrFromAddrPort(client))
		if !s.slots.Claim(network, s.MaxPerAddress) {
			s.tooMany(r.RemoteAddr)
			w.Header().Set("Connection", "close")
			http.Error(w, accept.TooMany, http.StatusServiceUnavailable)
			return
		}
		defer s.slots.Waive(network)
	}
	if !s.placeInWeb(w, r) {
		return
	}
	defer s.places.Release()
	h.ServeHTTP(w, r)
}

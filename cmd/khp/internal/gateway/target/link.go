package target

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"

	"example.com/khp/transport"
	"github.com/pires/go-proxyproto"
)

// link is how connections to one back end are made.
type link struct {
	network, addr string // "tcp" and a host with its port, or "unix" and the path of a socket
}

// dial connects, and writes a PROXY header of that version first, if it is not 0: so that the back
// end knows the client, whose side s is.
func (l link) dial(ctx context.Context, version byte, s transport.Source) (net.Conn, error) {
	nc, err := new(net.Dialer).DialContext(ctx, l.network, l.addr)
	if err != nil || version == 0 {
		return nc, err
	}
	defer context.AfterFunc(ctx, func() { _ = nc.Close() })()
	if _, err := proxyHeader(version, s).WriteTo(nc); err != nil {
		_ = nc.Close()
		return nil, fmt.Errorf("writing the PROXY header: %w", err)
	}
	return nc, nil
}

// proxyHeader has the address of the client, and the address of this server that it is connected
// to. It says that this is not known for a client that is connected by a Unix socket.
func proxyHeader(version byte, s transport.Source) *proxyproto.Header {
	local, ok := s.Local.(*net.TCPAddr)
	if len(s.Hops) == 0 || !ok {
		return proxyproto.HeaderProxyFromAddrs(version, nil, nil)
	}
	from, to := s.Hops[0], local.AddrPort()
	from, to = netip.AddrPortFrom(from.Addr().Unmap(), from.Port()),
		netip.AddrPortFrom(to.Addr().Unmap().WithZone(""), to.Port())
	if from.Addr().Is4() != to.Addr().Is4() { // a header has one family
		from, to = in6(from), in6(to)
	}
	h := &proxyproto.Header{Version: version, Command: proxyproto.PROXY,
		TransportProtocol: proxyproto.TCPv4, SourceAddr: net.TCPAddrFromAddrPort(from),
		DestinationAddr: net.TCPAddrFromAddrPort(to)}
	if from.Addr().Is6() {
		h.TransportProtocol = proxyproto.TCPv6
	}
	return h
}

// in6 writes an address of IPv4 as one of IPv6.
func in6(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
}

// startTLS shakes hands with a back end. If that fails nc is closed.
func startTLS(ctx context.Context, nc net.Conn, cfg *tls.Config, host string) (*tls.Conn, error) {
	if cfg = cfg.Clone(); cfg == nil {
		cfg = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if cfg.ServerName == "" {
		cfg.ServerName = host
	}
	secure := tls.Client(nc, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = nc.Close()
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	return secure, nil
}

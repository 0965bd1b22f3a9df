package transport

import (
	"context"
	"net"
	"net/netip"

	"example.com/khp/transport/internal/hops"
)

// Source tells where a request comes from, as far as that is certain: what a client says about
// itself does not count.
type Source struct {
	// Hops are the addresses that the request has come by: the client's first, then those of the
	// proxies that [Server].TrustedProxies lists, the one that is connected to this server last. A
	// port that is not known is 0. There are none if the client is connected by a Unix socket.
	Hops []netip.AddrPort
	// Proxied reports whether a trusted proxy has sent the request, so that fields that such
	// proxies write, as X-Forwarded-Proto, are its word.
	Proxied bool
	Secure  bool     // TLS ends at this server
	Local   net.Addr // the address of this server that the connection was made to
}

type sourceKey struct{}

// SourceOf returns where the request comes from that ctx, as an Authenticator or [Handler].Decide
// has it, is about; the zero Source for another ctx.
func SourceOf(ctx context.Context) Source {
	if ctx == nil {
		return Source{}
	}
	nc, ok := ctx.Value(sourceKey{}).(net.Conn)
	if !ok {
		return Source{}
	}
	s := hops.SourceOf(nc)
	return Source{Hops: s.Way, Proxied: s.Spoken, Secure: s.Secure, Local: nc.LocalAddr()}
}

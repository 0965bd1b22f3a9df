package auth

import (
	"context"
	"net"
	"net/netip"

	"example.com/khp/transport/internal/network"
)

type addrKey struct{}

// WithClientNetwork returns a context that carries a client's address, for [ClientNetwork] and
// [ClientAddr]. A transport.Handler does this before it asks its Authenticator; other hosts of an
// [Authenticator] can do it themselves.
func WithClientNetwork(ctx context.Context, client net.Addr) context.Context {
	return context.WithValue(ctx, addrKey{}, client)
}

// ClientAddr returns the address of the client that an [Authenticator] is asked about: the client's
// own also behind a proxy that a transport.Server trusts. It is nil if the address is not known.
func ClientAddr(ctx context.Context) net.Addr {
	addr, _ := ctx.Value(addrKey{}).(net.Addr)
	return addr
}

// ClientNetwork returns the network that an [Authenticator] should count a client as, where clients
// share a scarce resource: an IPv4 address, or the /64 of an IPv6 address, which one client has at
// its disposal. The result is the zero Prefix if the address is not known.
func ClientNetwork(ctx context.Context) netip.Prefix {
	return network.Of(ClientAddr(ctx))
}

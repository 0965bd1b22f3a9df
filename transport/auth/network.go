package auth

import (
	"context"
	"net"
	"net/netip"
)

type networkKey struct{}

// WithClientNetwork returns a context that carries the network of a client's address, for
// [ClientNetwork]. A transport.Handler does this before it asks its Authenticator; other hosts of
// an [Authenticator] can do it themselves.
func WithClientNetwork(ctx context.Context, client net.Addr) context.Context {
	return context.WithValue(ctx, networkKey{}, NetworkOf(client))
}

// ClientNetwork returns the network that an [Authenticator] should count a client as, where clients
// share something that is scarce: an IPv4 address, or the /64 of an IPv6 address, which is what one
// client has at its disposal. It is the zero Prefix if the address is not known.
func ClientNetwork(ctx context.Context) netip.Prefix {
	network, _ := ctx.Value(networkKey{}).(netip.Prefix)
	return network
}

// NetworkOf returns the network that a client with this address counts as, the zero Prefix if it
// has no IP address.
func NetworkOf(client net.Addr) netip.Prefix {
	a, ok := client.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := a.AddrPort().Addr().Unmap()
	bits := min(ip.BitLen(), 64)
	network, _ := ip.WithZone("").Prefix(bits) // the zero address has no prefix, and gives none
	return network
}

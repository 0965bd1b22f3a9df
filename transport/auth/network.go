package auth

import (
	"context"
	"net"
	"net/netip"

	"example.com/khp/transport/internal/network"
)

type networkKey struct{}

// WithClientNetwork returns a context that carries the network of a client's address, for
// [ClientNetwork]. A transport.Handler does this before it asks its Authenticator; other hosts of
// an [Authenticator] can do it themselves.
func WithClientNetwork(ctx context.Context, client net.Addr) context.Context {
	return context.WithValue(ctx, networkKey{}, network.Of(client))
}

// ClientNetwork returns the network that an [Authenticator] should count a client as, where clients
// share something that is scarce: an IPv4 address, or the /64 of an IPv6 address, which is what one
// client has at its disposal. It is the zero Prefix if the address is not known.
func ClientNetwork(ctx context.Context) netip.Prefix {
	client, _ := ctx.Value(networkKey{}).(netip.Prefix)
	return client
}

package accept

import (
	"net"
	"net/netip"
	"testing"

	"example.com/khp/transport/internal/network"

	"github.com/stretchr/testify/require"
)

// All addresses of a /64 are one client's; an IPv4 address is one in whatever form it comes.
func TestSlots_IPv6Network(t *testing.T) {
	networkOf := func(addr string) netip.Prefix {
		return network.Of(&net.TCPAddr{IP: netip.MustParseAddr(addr).AsSlice(), Port: 7})
	}
	var s slots
	require.True(t, s.enter(networkOf("2001:db8:0:1::1"), 2))
	require.True(t, s.enter(networkOf("2001:db8:0:1:ffff::2"), 2))
	require.False(t, s.enter(networkOf("2001:db8:0:1:1:2:3:4"), 2),
		"a third address of the same client")
	require.True(t, s.enter(networkOf("2001:db8:0:2::1"), 2), "another client")
	require.True(t, s.enter(networkOf("192.0.2.1"), 1))
	require.False(t, s.enter(networkOf("::ffff:192.0.2.1"), 1), "the same address")
	require.True(t, s.enter(networkOf("192.0.2.2"), 1))
	require.True(t, s.enter(netip.Prefix{}, 1))
	require.True(t, s.enter(netip.Prefix{}, 1), "no address, no bound")
	s.exit(networkOf("2001:db8:0:1::1"))
	require.True(t, s.enter(networkOf("2001:db8:0:1::9"), 2))
}

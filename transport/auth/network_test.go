package auth

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClientNetwork(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1": "fe80::/64",
	} {
		ctx := WithClientNetwork(t.Context(),
			&net.TCPAddr{IP: net.ParseIP(ip), Port: 7, Zone: map[bool]string{true: "eth0"}[ip == "fe80::1"]})
		require.Equal(t, netip.MustParsePrefix(want), ClientNetwork(ctx))
	}
	require.Zero(t, ClientNetwork(t.Context()))
	require.Zero(t, ClientNetwork(WithClientNetwork(t.Context(), &net.UnixAddr{Name: "socket"})))
	require.Zero(t, ClientNetwork(WithClientNetwork(t.Context(), nil)))
	require.Zero(t, ClientNetwork(WithClientNetwork(t.Context(), &net.TCPAddr{})))
}

func TestClientAddr(t *testing.T) {
	addr := &net.TCPAddr{IP: net.IPv6loopback, Port: 7}
	require.Equal(t, addr, ClientAddr(WithClientNetwork(t.Context(), addr)))
	require.Nil(t, ClientAddr(t.Context()))
	require.Nil(t, ClientAddr(WithClientNetwork(t.Context(), nil)))
}

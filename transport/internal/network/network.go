// Package network finds out which clients count as one.
package network

import (
	"net"
	"net/netip"
)

// Of returns the network that a client with this address counts as, the zero Prefix if it
// has no IP address.
func Of(client net.Addr) netip.Prefix {
	a, ok := client.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := a.AddrPort().Addr().Unmap()
	bits := min(ip.BitLen(), 64)
	network, _ := ip.WithZone("").Prefix(bits) // the zero address has no prefix, and gives none
	return network
}

// Package hops finds out where a request comes from that proxies have passed on.
package hops

import (
	"net/netip"
	"slices"
	"strings"

	"example.com/khp/wire"
)

// Networks are those of proxies whose word is taken.
type Networks []netip.Prefix

// Has reports whether an address belongs to one of them.
func (n Networks) Has(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(n, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Way returns the addresses that a request has come by which arrived from peer: the client's first,
// then those of trusted proxies, peer last. Each trusted proxy vouches for the one before it: the
// hops that X-Forwarded-For or Forwarded list are followed from right to left, until one is not
// trusted or cannot be read. Addresses further left may be forged. Where both fields are there and
// lead to different addresses one of them is not the proxy's, and all there is is peer. A port is 0
// if it is not known.
func Way(peer netip.AddrPort, fields wire.Fields, trusted Networks) []netip.AddrPort {
	direct := []netip.AddrPort{peer}
	if !trusted.Has(peer.Addr()) {
		return direct
	}
	x, hasX := trusted.follow(peer, fields, "X-Forwarded-For",
		func(v string) []string { return strings.Split(v, ",") })
	f, hasF := trusted.follow(peer, fields, "Forwarded", forwardedFor)
	switch {
	case hasX && hasF && x[0].Addr() != f[0].Addr():
		return direct
	case hasX:
		return x
	}
	return f
}

// follow walks along the hops that a field lists, and reports whether the field is there.
func (n Networks) follow(
	peer netip.AddrPort, fields wire.Fields, name string, split func(value string) []string,
) (way []netip.AddrPort, there bool) {
	var list []string
	for v := range fields.All(name) {
		list, there = append(list, split(string(v))...), true
	}
	way = []netip.AddrPort{peer}
	for _, hop := range slices.Backward(list) {
		next, ok := node(strings.Trim(hop, " \t"))
		if !ok || !n.Has(way[len(way)-1].Addr()) {
			break
		}
		way = append(way, next)
	}
	slices.Reverse(way)
	return way, there
}

// node reads an address with or without port, one of IPv6 with or without brackets. A port that is
// hidden, as in 192.0.2.1:_x, is not known.
func node(s string) (netip.AddrPort, bool) {
	if a, hidden, ok := strings.Cut(s, ":_"); ok && hidden != "" {
		s = a
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port()), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if s, ok = strings.CutSuffix(inner, "]"); !ok || !strings.Contains(s, ":") {
			return netip.AddrPort{}, false
		}
	}
	a, err := netip.ParseAddr(s)
	return netip.AddrPortFrom(a.Unmap().WithZone(""), 0), err == nil
}

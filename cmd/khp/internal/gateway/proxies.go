package gateway

import (
	"errors"
	"net/netip"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// trust reads the values of --trusted-proxies.
func (o *options) trust() ([]netip.Prefix, error) {
	var list []netip.Prefix
	var wrong []error
	for _, text := range o.TrustedProxies {
		p, err := network(text)
		list, wrong = append(list, p), append(wrong, err)
	}
	if o.ProxyProtocol && len(list) == 0 {
		wrong = append(wrong, cli.Usagef("--proxy-protocol true: nobody's PROXY header counts; add --trusted-proxies with the networks of your proxies"))
	}
	return list, errors.Join(wrong...)
}

// network reads one of them. What is no network, or is everybody, could let clients say who they
// are.
func network(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if a, alone := netip.ParseAddr(text); alone == nil {
		p, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	switch {
	case err != nil || strings.Contains(text, "%") || p.Addr().Is4In6():
		return p, cli.Usagef("--trusted-proxies %q: expected an address or a network, as in 10.0.0.7, 10.0.0.0/8 or fd00::/8", text)
	case p.Bits() == 0:
		return p, cli.Usagef("--trusted-proxies %s: that is everybody, who could then say to be anybody; name the networks of your proxies", text)
	case p.Masked() != p:
		return p, cli.Usagef("--trusted-proxies %s: the network of that address is %s, the address alone %s; write which is meant", text, p.Masked(), p.Addr())
	}
	return p, nil
}

package gateway

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/gateway/config"
)

// trust reads the trusted proxies of a listener. The error joins all mistakes.
func trust(l *config.Listener) ([]netip.Prefix, error) {
	var list []netip.Prefix
	var wrong []error
	for _, text := range l.TrustedProxies {
		p, why := network(text)
		if list = append(list, p); why != "" {
			wrong = append(wrong, l.Fault("trusted-proxies", shownNetwork(text), "%s", why))
		}
	}
	if l.ProxyProtocol && len(list) == 0 {
		wrong = append(wrong, l.Fault("proxy-protocol", "true", "nobody's PROXY header counts; "+
			"add %s with the networks of your proxies", l.Called("trusted-proxies")))
	}
	return list, errors.Join(wrong...)
}

// network reads one of them, or says what is wrong with it. A text that is no network, or the
// network of all addresses, could let clients claim any address.
func network(text string) (p netip.Prefix, why string) {
	p, err := netip.ParsePrefix(text)
	if a, alone := netip.ParseAddr(text); alone == nil {
		p, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	switch {
	case err != nil || strings.Contains(text, "%") || p.Addr().Is4In6():
		return p, "expected an address or a network, as in 10.0.0.7, 10.0.0.0/8 or fd00::/8"
	case p.Bits() == 0:
		return p, "that is everybody, who could then say to be anybody; name the networks of your proxies"
	case p.Masked() != p:
		return p, "the network of that address is " + p.Masked().String() + ", the address alone " +
			p.Addr().String() + "; write which is meant"
	}
	return p, ""
}

// shownNetwork quotes a text that is no network.
func shownNetwork(text string) string {
	if _, err := netip.ParsePrefix(text); err != nil {
		return strconv.Quote(text)
	}
	return text
}

package gateway

import (
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// outside reads the values of --outside-host and --outside-prefix.
func (o *options) outside() (transport.Outside, error) {
	for _, h := range o.hosts {
		if u, err := wire.ParseURL("ws://"+h, nil); err != nil || u.Path != "/" || strings.ContainsAny(h, "/?") {
			return transport.Outside{}, cli.Usagef("--outside-host %q: expected a host as it stands in a URL, as in www.example.com or www.example.com:8443", h)
		}
	}
	if p := o.prefix; p != "" {
		if u, err := wire.ParseURL("ws://localhost"+p, nil); err != nil || !strings.HasPrefix(p, "/") || u.HasQuery {
			return transport.Outside{}, cli.Usagef("--outside-prefix %q: expected the beginning of a path, as in /app", p)
		}
	}
	return transport.Outside{Hosts: o.hosts, Prefix: o.prefix}, nil
}

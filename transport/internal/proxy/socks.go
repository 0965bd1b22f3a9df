package proxy

import (
	"context"
	"net"
	"net/url"

	"golang.org/x/net/proxy"
)

// IsSOCKS reports whether a proxy speaks SOCKS 5. It resolves the names of servers itself, whatever
// its scheme says.
func IsSOCKS(proxy *url.URL) bool { return proxy.Scheme == "socks5" || proxy.Scheme == "socks5h" }

// dialSOCKS has a SOCKS proxy connect to addr. The userinfo of its URL is the user and password for
// it. [RFC 1929]
func (d *Dialer) dialSOCKS(ctx context.Context, at *url.URL, addr string) (net.Conn, *Refusal) {
	var login *proxy.Auth
	if at.User != nil {
		login = &proxy.Auth{}
		login.User, login.Password = userOf(at)
	}
	port := at.Port()
	if port == "" {
		port = "1080"
	}
	through, err := proxy.SOCKS5("tcp", net.JoinHostPort(at.Hostname(), port), login, forward{d})
	if err != nil {
		return nil, &Refusal{Err: err}
	}
	nc, err := through.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
	switch {
	case ctx.Err() != nil:
		return nil, &Refusal{Err: ctx.Err()}
	case err != nil:
		return nil, &Refusal{Err: err}
	}
	return nc, nil
}

// forward connects to the proxy itself.
type forward struct{ d *Dialer }

func (f forward) Dial(_, addr string) (net.Conn, error) {
	return f.d.TCP(context.Background(), addr)
}

func (f forward) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	return f.d.TCP(ctx, addr)
}

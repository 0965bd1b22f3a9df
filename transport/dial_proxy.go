package transport

import (
	"context"
	"net"
	"net/url"

	"example.com/khp/transport/internal/proxy"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"golang.org/x/net/idna"
)

// proxyFor returns the proxy on the way to u, nil if there is none.
func (o *DialOptions) proxyFor(u wire.URL) (*url.URL, error) {
	if o.Proxy == nil {
		return nil, nil
	}
	way, err := proxy.Find(o.Proxy, u)
	if err == nil {
		return way, nil
	}
	e := &ProxyError{Target: u.HostPort(), Err: err}
	if way != nil {
		e.Proxy = proxy.Name(way)
	}
	return nil, e
}

// hasProxyLogin reports whether there is a proxy on the way to rawURL with something to log in with.
func (o *DialOptions) hasProxyLogin(rawURL string) bool {
	if o.Proxy == nil {
		return false
	}
	u, err := wire.ParseURL(rawURL, idna.Lookup.ToASCII)
	if err != nil {
		return false
	}
	way, err := o.proxyFor(u)
	return err == nil && way != nil && way.User != nil
}

// dialThrough has a proxy connect to addr.
func (d *dialer) dialThrough(ctx context.Context, way *url.URL, addr string) (net.Conn, error) {
	d.proxy.Login = d.client.UsesProxyCredentials()
	nc, refusal := d.proxy.Dial(ctx, way, addr)
	if refusal != nil {
		return nil, &ProxyError{
			Proxy: proxy.Name(way), Target: addr, Status: refusal.Status, Header: refusal.Header, Body: refusal.Body, Err: refusal.Err,
		}
	}
	return nc, nil
}

// networkText says in words why there is no connection.
func networkText(err error) string {
	if e := proxyErrorOf(err); e != nil {
		return e.Error()
	}
	return sock.Reason(err)
}

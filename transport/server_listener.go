package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"

	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/web"
)

// ListenerOptions say how the connections of one listener begin. The fields TrustedProxies and
// ProxyProtocol are described at the fields of [Server] with their names.
type ListenerOptions struct {
	TLSConfig      *tls.Config // nil is no TLS; it is not copied, and its NextProtos should be http/1.1 alone
	TrustedProxies []netip.Prefix
	ProxyProtocol  bool
}

// ServeWith is Serve for a listener with options of its own, in the place of the fields of s with
// the same names. options is called for each connection, in the goroutine that accepts them, so
// that what it returns may change: certificates that are renewed, or proxies that are added. nil
// options is Serve.
func (s *Server) ServeWith(ln net.Listener, options func() ListenerOptions) error {
	if options == nil {
		return s.Serve(ln)
	}
	return s.serve(ln, func() *accept.Front {
		o := options()
		return &accept.Front{TLS: o.TLSConfig, Trusted: o.TrustedProxies, ProxyProtocol: o.ProxyProtocol}
	})
}

// frontKey has the Front of the connection that a request of net/http came on.
type frontKey struct{}

// withFront adds to the context of a connection what is known from its beginning.
func withFront(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, frontKey{}, web.About(nc))
}

// frontOf returns the Front of a request.
func frontOf(r *http.Request) *accept.Front {
	if f, ok := r.Context().Value(frontKey{}).(*accept.Front); ok {
		return f
	}
	return &accept.Front{}
}

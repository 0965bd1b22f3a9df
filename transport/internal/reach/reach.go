// Package reach brings up TCP and TLS from a client to a server, through a proxy if there is one.
package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"example.com/khp/internal/zone"
	"example.com/khp/transport/internal/proxy"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"golang.org/x/net/idna"
)

// Dialer makes the connections of one connect call, one after the other.
type Dialer struct {
	// Makes TCP connections; nil uses net.Dialer.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Names the proxy on the way; nil uses none.
	Proxy func(*http.Request) (*url.URL, error)
	// Of the caller; its names and certificates are for the first origin.
	TLS    *tls.Config
	Limits wire.Limits // of a proxy's answer

	zone    string   // of the first URL's IPv6 address
	origin  wire.URL // of the first connection: certificates go nowhere else
	through proxy.Dialer
}

// CutZone takes the zone from the IPv6 address of the first URL. It matters to connecting only:
// servers are not shown it, and cannot name one. [RFC 6874 2, 4]
func (d *Dialer) CutZone(rawURL string) (without string) {
	without, d.zone = zone.Cut(rawURL)
	return without
}

// Begin notes the URL of the first connection.
func (d *Dialer) Begin(origin wire.URL) {
	d.origin = origin
	d.through = proxy.Dialer{TCP: d.tcp, TLS: d.TLS, Limits: d.Limits}
}

// IsOrigin reports whether url has the origin of the first connection.
func (d *Dialer) IsOrigin(url wire.URL) bool { return url.SameOrigin(d.origin) }

// Dial connects to url. login says that a proxy behind the one on the way has asked for
// credentials: see [proxy.Dialer]. A refusal is the proxy's, or says that there is none that could
// be used.
func (d *Dialer) Dial(
	ctx context.Context, url wire.URL, login bool,
) (nc net.Conn, refusal *proxy.Refusal, err error) {
	way, refusal := d.way(url)
	switch {
	case refusal != nil:
		return nil, refusal, nil
	case way == nil:
		nc, err = d.tcp(ctx, d.address(url))
	default:
		d.through.Login = login
		nc, refusal = d.through.Dial(ctx, way, url.HostPort())
	}
	if err == nil && refusal == nil && url.Secure {
		nc, err = sock.StartTLS(ctx, nc, d.tlsConfig(url))
	}
	return nc, refusal, err
}

func (d *Dialer) tcp(ctx context.Context, addr string) (net.Conn, error) {
	dial := d.NetDial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return dial(ctx, "tcp", addr)
}

// address returns where to connect to for url, with the zone that the caller's URL has.
func (d *Dialer) address(url wire.URL) string {
	host, port, err := net.SplitHostPort(url.HostPort())
	if err != nil || d.zone == "" || url.Host != d.origin.Host {
		return url.HostPort()
	}
	return net.JoinHostPort(host+"%"+d.zone, port)
}

// tlsConfig is the part of the caller's configuration that is meant for url.
func (d *Dialer) tlsConfig(url wire.URL) *tls.Config {
	cfg := d.TLS.Clone()
	if cfg == nil {
		cfg = &tls.Config{}
	}
	if cfg.ServerName == "" || url.Host != d.origin.Host {
		cfg.ServerName, _, _ = net.SplitHostPort(url.HostPort())
	}
	if !d.IsOrigin(url) {
		cfg.Certificates, cfg.GetClientCertificate = nil, nil
	}
	cfg.NextProtos = []string{"http/1.1"}
	return cfg
}

// way returns the proxy on the way to u, nil if there is none.
func (d *Dialer) way(u wire.URL) (*url.URL, *proxy.Refusal) {
	if d.Proxy == nil {
		return nil, nil
	}
	way, err := proxy.Find(d.Proxy, u)
	if err == nil {
		return way, nil
	}
	refusal := &proxy.Refusal{Target: u.HostPort(), Err: err}
	if way != nil {
		refusal.Proxy = proxy.Name(way)
	}
	return nil, refusal
}

// HasLogin reports whether there is a proxy on the way to rawURL with something to log in with.
func (d *Dialer) HasLogin(rawURL string) bool {
	u, err := wire.ParseURL(rawURL, idna.Lookup.ToASCII)
	if err != nil {
		return false
	}
	way, refusal := d.way(u)
	return refusal == nil && way != nil && way.User != nil && !proxy.IsSOCKS(way)
}

// MayPass reports whether the reason why there is no connection may be gone the next time. The
// errors of a system for such reasons are many; the lasting ones are few.
func MayPass(err error) bool {
	var name *net.DNSError
	if errors.As(err, &name) {
		return name.Temporary()
	}
	for _, passing := range [...]error{
		io.EOF, io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	var op *net.OpError
	var address *net.AddrError
	var network net.UnknownNetworkError
	if !errors.As(err, &op) || errors.As(err, &address) || errors.As(err, &network) ||
		errors.Is(err, fs.ErrPermission) {
		return false
	}
	// An alert of TLS is an OpError, too.
	return op.Op == "dial" || op.Op == "read" || op.Op == "write"
}

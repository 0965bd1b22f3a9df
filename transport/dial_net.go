package transport

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"net"
	"time"

	"example.com/khp/endpoint/driver"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
)

// dial brings up TCP and TLS.
func (d *dialer) dial(c *driver.Conn, url wire.URL) {
	ctx, cancel := context.WithDeadline(d.Context, d.drive.Deadline())
	defer cancel()
	nc, err := d.dialNet(ctx, url)
	if err == nil {
		var nonce [16]byte
		_, _ = rand.Read(nonce[:]) // never fails
		d.Connected(nc, c)
		c.Connected(time.Now(), d, nonce)
		return
	}
	d.Network = err
	if due, ok := ctx.Deadline(); ok && !time.Now().Before(due) {
		<-ctx.Done() // the socket may know of the deadline a little earlier
	}
	switch {
	case d.Context.Err() != nil:
		d.Abandon()
	case ctx.Err() != nil && !refused(err): // the deadline is told next
	default:
		c.Failed(time.Now(), networkText(err))
	}
}

// dialNet connects to url, through the proxy if there is one.
func (d *dialer) dialNet(ctx context.Context, url wire.URL) (net.Conn, error) {
	way, err := d.opts.proxyFor(url)
	if err != nil {
		return nil, err
	}
	var nc net.Conn
	if way == nil {
		nc, err = d.opts.dialTCP(ctx, url.HostPort())
	} else {
		nc, err = d.dialThrough(ctx, way, url.HostPort())
	}
	if err != nil || !url.Secure {
		return nc, err
	}
	return sock.StartTLS(ctx, nc, d.tlsConfig(url))
}

func (o *DialOptions) dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	dial := o.NetDial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return dial(ctx, "tcp", addr)
}

// tlsConfig is the caller's configuration, as far as it is meant for url.
func (d *dialer) tlsConfig(url wire.URL) *tls.Config {
	cfg := d.opts.TLSConfig.Clone()
	if cfg == nil {
		cfg = &tls.Config{}
	}
	if cfg.ServerName == "" || url.Host != d.origin.Host {
		cfg.ServerName, _, _ = net.SplitHostPort(url.HostPort())
	}
	if !url.SameOrigin(d.origin) {
		cfg.Certificates, cfg.GetClientCertificate = nil, nil
	}
	cfg.NextProtos = []string{"http/1.1"}
	return cfg
}

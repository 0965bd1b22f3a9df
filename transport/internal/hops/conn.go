package hops

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
)

// Conn is a connection that a proxy has passed on, with the address that its client has.
type Conn struct {
	net.Conn
	remote net.Addr
	before []netip.AddrPort // the hops before the address of the connection below, the client's first
	spoken bool             // the hops are those of the request's fields, whose sender is trusted
	rest   []byte           // bytes that were read behind a PROXY header
}

// RemoteAddr returns the address of the client.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// Read returns bytes that were read already first.
func (c *Conn) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.rest)
	if c.rest = c.rest[n:]; len(c.rest) == 0 {
		c.rest = nil
	}
	return n, nil
}

// CloseWrite ends our side of the stream.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return http.ErrNotSupported
}

// NetConn returns the connection below.
func (c *Conn) NetConn() net.Conn { return c.Conn }

// NewConn returns nc with the address of the client from which way leads to that of nc, as the
// fields of a request from a trusted proxy have it.
func NewConn(nc net.Conn, way []netip.AddrPort) *Conn {
	last := len(way) - 1
	return &Conn{Conn: nc, remote: net.TCPAddrFromAddrPort(way[0]), before: way[:last:last],
		spoken: true}
}

// Named gives nc the address that text says, if that is an address and not the one of nc.
func Named(nc net.Conn, text string) net.Conn {
	client, err := netip.ParseAddrPort(text)
	if err != nil {
		return nc
	}
	own, _ := nc.RemoteAddr().(*net.TCPAddr)
	if a := own.AddrPort(); a.Addr().Unmap() == client.Addr().Unmap() && a.Port() == client.Port() {
		return nc
	}
	return &Conn{Conn: nc, remote: net.TCPAddrFromAddrPort(client), before: []netip.AddrPort{client}}
}

// Source is the information that the layers of a connection have about the origin of its requests.
type Source struct {
	Way    []netip.AddrPort // the client's address first, that of the connection itself last
	Spoken bool             // fields of the request are the word of a trusted proxy
	Secure bool             // there is TLS
}

// SourceOf looks through all layers of nc.
func SourceOf(nc net.Conn) (s Source) {
	for {
		switch c := nc.(type) {
		case *Conn:
			s.Way, s.Spoken = append(s.Way, c.before...), s.Spoken || c.spoken
		case *tls.Conn:
			s.Secure = true
		}
		below, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		nc = below.NetConn()
	}
	if a, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
		s.Way = append(s.Way, netip.AddrPortFrom(a.AddrPort().Addr().Unmap().WithZone(""),
			a.AddrPort().Port()))
	}
	return s
}

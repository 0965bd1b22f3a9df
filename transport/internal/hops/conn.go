package hops

import (
	"net"
	"net/http"
	"net/netip"
)

// Conn is a connection that a proxy has passed on, with the address that its client has.
type Conn struct {
	net.Conn
	remote net.Addr
	rest   []byte // what was read behind a PROXY header
}

// RemoteAddr returns the address of the client.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// Read returns what was read already first.
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

// NewConn gives nc the address of a client.
func NewConn(nc net.Conn, client netip.AddrPort) *Conn {
	return &Conn{Conn: nc, remote: net.TCPAddrFromAddrPort(client)}
}

// Named gives nc the address that text says, if that is an address and not the one of nc.
func Named(nc net.Conn, text string) net.Conn {
	client, err := netip.ParseAddrPort(text)
	if err != nil {
		return nc
	}
	if own, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
		if a := own.AddrPort(); a.Addr().Unmap() == client.Addr().Unmap() && a.Port() == client.Port() {
			return nc
		}
	}
	return NewConn(nc, client)
}

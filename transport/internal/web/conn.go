package web

import (
	"crypto/tls"
	"net"
	"net/http"
)

// readConn is a connection of which something has been read already.
type readConn struct {
	net.Conn
	read  []byte
	about any
	gone  func()
}

// About returns the value that a connection of the server was handed over with.
func About(nc net.Conn) any {
	if c, ok := nc.(interface{ told() any }); ok {
		return c.told()
	}
	return nil
}

func (c *readConn) told() any { return c.about }

// Read returns bytes that were read before first.
func (c *readConn) Read(p []byte) (int, error) {
	if len(c.read) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.read)
	if c.read = c.read[n:]; len(c.read) == 0 {
		c.read = nil
	}
	return n, nil
}

// Close implements net.Conn.
func (c *readConn) Close() error {
	defer c.gone()
	return c.Conn.Close()
}

// CloseWrite ends our side of the stream.
func (c *readConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return http.ErrNotSupported
}

// NetConn returns the connection below.
func (c *readConn) NetConn() net.Conn { return c.Conn }

// secureReadConn is one with TLS.
type secureReadConn struct {
	*readConn
	secure *tls.Conn
}

// ConnectionState is shown by net/http as Request.TLS.
func (c *secureReadConn) ConnectionState() tls.ConnectionState { return c.secure.ConnectionState() }

package transport

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"example.com/khp/transport/internal/field"
)

// handshakeInfo is what the handshake agreed on, for the application to ask about.
type handshakeInfo struct {
	subprotocol string
	extensions  []string
	status      int
	client      *dialed         // nil on the server's side
	opening     *OpeningRequest // the server's
	request     *Request        // the server's

	principal      any  // the server's, of a plain WebSocket
	plain          bool // no extended handshake took place
	lateTerminator bool // the client opened without the terminator, which may still come
	unfragmented   bool // the peer does not take fragments
}

// dialed is what only a client knows of a connection.
type dialed struct {
	url    string
	header []HeaderField // of the response that completed the handshake

	opening []HeaderField // of the opening 101
}

// Header returns a copy of the header fields that the peer sent: those of the response that
// completed the handshake on the client's side, of the opening request without Host on the
// server's.
func (c *Conn) Header() http.Header {
	switch {
	case c.info.client != nil:
		return field.Header(c.info.client.header)
	case c.info.opening == nil:
		return nil
	}
	h := field.Header(c.info.opening.Opening)
	h.Del("Host")
	return h
}

// OpeningHeader returns a copy of the header fields that the peer sent in the opening handshake:
// those of the 101 on the client's side, and what Header returns on the server's.
func (c *Conn) OpeningHeader() http.Header {
	if c.info.client != nil {
		return field.Header(c.info.client.opening)
	}
	return c.Header()
}

// URL returns where the connection goes after all redirects; on the server's side the target of the
// opening request.
func (c *Conn) URL() string {
	switch {
	case c.info.client != nil:
		return c.info.client.url
	case c.info.opening == nil:
		return ""
	}
	return c.info.opening.Target
}

// Principal returns whom the [auth.Authenticator] of the server took the client for, nil without
// one and on the client's side.
func (c *Conn) Principal() any {
	if c.info.request == nil {
		return c.info.principal
	}
	return c.info.request.Principal
}

// RemoteAddr returns the address of the peer. That of a client that proxies have passed on is what
// they say: see [Server].TrustedProxies.
func (c *Conn) RemoteAddr() net.Addr { return c.NetConn().RemoteAddr() }

// TLS returns the state of TLS to the peer, or to the proxy in front of it; nil without TLS, and if
// a [DialOptions].NetDial or a listener hides it. It must not be changed.
func (c *Conn) TLS() *tls.ConnectionState {
	for nc := c.NetConn(); nc != nil; {
		if secure, ok := nc.(interface{ ConnectionState() tls.ConnectionState }); ok {
			state := secure.ConnectionState()
			return &state
		}
		outer, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		nc = outer.NetConn()
	}
	return nil
}

// String names the other end.
func (c *Conn) String() string { return fmt.Sprintf("transport.Conn(%v)", c.RemoteAddr()) }

// GoString is String.
func (c *Conn) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c *Conn) LogValue() slog.Value { return slog.StringValue(c.String()) }

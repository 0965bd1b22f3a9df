package transport

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"example.com/khp/transport/internal/field"
)

// handshakeInfo is what the handshake agreed on, for the application to ask about.
type handshakeInfo struct {
	subprotocol string
	extensions  []string
	status      int
	header      http.Header     // the client's
	url         string          // the client's
	opening     *OpeningRequest // the server's
	request     *Request        // the server's

	home           context.Context // the server's, if the connection is told of its end
	principal      any             // the server's, of a plain WebSocket
	plain          bool            // no extended handshake took place
	lateTerminator bool            // the client opened without the terminator, which may still come
}

// Header returns a copy of the header fields that the peer sent: those of the response that
// completed the handshake on the client's side, of the opening request without Host on the
// server's.
func (c *Conn) Header() http.Header {
	if c.info.opening == nil {
		return c.info.header.Clone()
	}
	h := field.Header(c.info.opening.Opening)
	h.Del("Host")
	return h
}

// URL returns where the connection goes after all redirects; on the server's side the target of the
// opening request.
func (c *Conn) URL() string {
	if c.info.opening == nil {
		return c.info.url
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

// String names the other end.
func (c *Conn) String() string {
	return fmt.Sprintf("transport.Conn(%v)", c.NetConn().RemoteAddr())
}

// GoString is String.
func (c *Conn) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c *Conn) LogValue() slog.Value { return slog.StringValue(c.String()) }

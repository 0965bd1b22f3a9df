package transport

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"example.com/khp/transport/internal/field"
	format "example.com/khp/transport/trace"
)

// What holds credentials or cookies shows itself without them, whatever verb or logger prints it. The fields are there for those who ask for them.

// String sums up the options without the values of secret fields and without the body.
func (o DialOptions) String() string {
	return fmt.Sprintf("transport.DialOptions{Profile: %v, Subprotocols: %q, Extensions: %q, Header: %s, OpeningHeader: %s, Credentials: %t, Method: %q, Body: %d bytes}",
		o.Profile, o.Subprotocols, o.Extensions, showHeader(o.Header, o.Sensitive), showHeader(o.OpeningHeader, o.Sensitive), o.Credentials != nil, o.Method, len(o.Body))
}

// GoString is String.
func (o DialOptions) GoString() string { return o.String() }

// LogValue is String, for log/slog.
func (o DialOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// GoString is the message, without the fields and the body of the response.
func (e *HandshakeError) GoString() string {
	return fmt.Sprintf("transport.HandshakeError(%q)", e.Error())
}

// LogValue is the message, for log/slog.
func (e *HandshakeError) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// GoString is the message, without the fields and the body of the proxy's answer.
func (e *ProxyError) GoString() string { return fmt.Sprintf("transport.ProxyError(%q)", e.Error()) }

// LogValue is the message, for log/slog.
func (e *ProxyError) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// String names the other end.
func (c *Conn) String() string {
	return fmt.Sprintf("transport.Conn(%v)", c.NetConn().RemoteAddr())
}

// GoString is String.
func (c *Conn) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c *Conn) LogValue() slog.Value { return slog.StringValue(c.String()) }

// showHeader writes fields as they are sent, without the values that are secrets.
func showHeader(h http.Header, sensitive []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, f := range field.List(h) {
		if i > 0 {
			b.WriteString("; ")
		}
		b.Write(format.Redact([]byte(f.Name+": "+f.Value), sensitive...))
	}
	b.WriteByte(']')
	return b.String()
}

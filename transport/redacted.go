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

// String leaves out the value that was refused, and the query of the request.
func (r CredentialsRequest) String() string {
	refused := ""
	if r.Refused != "" {
		refused = format.Redacted
	}
	return fmt.Sprintf("transport.CredentialsRequest{URL: %s, Method: %q, Target: %s, Challenges: %+v, Attempt: %d, Refused: %s}",
		withoutQuery(r.URL), r.Method, withoutQuery(r.Target), r.Challenges, r.Attempt, refused)
}

// GoString is String.
func (r CredentialsRequest) GoString() string { return r.String() }

// LogValue is String, for log/slog.
func (r CredentialsRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

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

// String names the realm. The keys of the nonces are not in it.
func (a *DigestAuth) String() string { return fmt.Sprintf("transport.DigestAuth(%q)", a.Realm) }

// GoString is String.
func (a *DigestAuth) GoString() string { return a.String() }

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

// withoutQuery leaves out the query of a URL or target, which may hold a token.
func withoutQuery(s string) string {
	path, _, found := strings.Cut(s, "?")
	if found {
		path += "?" + format.Redacted
	}
	return path
}

package auth

import (
	"fmt"
	"log/slog"
	"strings"

	"example.com/khp/transport/trace"
)

// String leaves out the value that was refused, and the query of the request.
func (r CredentialsRequest) String() string {
	refused := ""
	if r.Refused != "" {
		refused = trace.Redacted
	}
	return fmt.Sprintf("auth.CredentialsRequest{URL: %s, Method: %q, Target: %s, Challenges: %+v, Attempt: %d, Refused: %s}",
		withoutQuery(r.URL), r.Method, withoutQuery(r.Target), r.Challenges, r.Attempt, refused)
}

// GoString is String.
func (r CredentialsRequest) GoString() string { return r.String() }

// LogValue is String, for log/slog.
func (r CredentialsRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String names the realm. The keys of the nonces are not in it.
func (a *DigestAuth) String() string { return fmt.Sprintf("auth.DigestAuth(%q)", a.Realm) }

// GoString is String.
func (a *DigestAuth) GoString() string { return a.String() }

// withoutQuery leaves out the query of a URL or target, which may hold a token.
func withoutQuery(s string) string {
	path, _, found := strings.Cut(s, "?")
	if found {
		path += "?" + trace.Redacted
	}
	return path
}

package auth

import (
	"fmt"
	"log/slog"
	"strings"

	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/trace"
)

// String leaves out the value that was refused, and the query of the request.
func (r CredentialsRequest) String() string {
	refused := ""
	if r.Refused != "" {
		refused = trace.Redacted
	}
	return fmt.Sprintf("auth.CredentialsRequest{URL: %s, Method: %q, Target: %s, Challenges: %+v, "+
		"Attempt: %d, Refused: %s}",
		withoutQuery(r.URL), r.Method, withoutQuery(r.Target), r.Challenges, r.Attempt, refused)
}

// GoString is String.
func (r CredentialsRequest) GoString() string { return r.String() }

// LogValue is String, for log/slog.
func (r CredentialsRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Format writes the same text for every verb, even for one that does not fit.
func (r CredentialsRequest) Format(s fmt.State, verb rune) { field.Show(s, verb, r.String()) }

// MarshalText is for encoders of logs.
func (r CredentialsRequest) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String sums up the verdict without the principal.
func (v Verdict) String() string {
	return fmt.Sprintf("auth.Verdict{Allow: %t, Challenges: %q, Body: %d bytes, RetryAfter: %v}",
		v.Allow, v.Challenges, len(v.Body), v.RetryAfter)
}

// GoString is String.
func (v Verdict) GoString() string { return v.String() }

// LogValue is String, for log/slog.
func (v Verdict) LogValue() slog.Value { return slog.StringValue(v.String()) }

// Format writes the same text for every verb, even for one that does not fit.
func (v Verdict) Format(s fmt.State, verb rune) { field.Show(s, verb, v.String()) }

// MarshalText is for encoders of logs.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// String names the realm. The keys of the nonces are not in it.
func (a *DigestAuth) String() string { return fmt.Sprintf("auth.DigestAuth(%q)", a.Realm) }

// GoString is String.
func (a *DigestAuth) GoString() string { return a.String() }

// String names neither user nor password.
func (d *digest) String() string { return "auth.Digest" }

// GoString is String.
func (d *digest) GoString() string { return d.String() }

// Format writes the same text for every verb, even for one that does not fit.
func (d *digest) Format(s fmt.State, verb rune) { field.Show(s, verb, d.String()) }

// withoutQuery leaves out the query of a URL or target, which may hold a token, and a user and
// password.
func withoutQuery(s string) string {
	path, _, found := strings.Cut(s, "?")
	if scheme, rest, ok := strings.Cut(path, "://"); ok {
		path = scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
	}
	if found {
		path += "?" + trace.Redacted
	}
	return path
}

package adapter

import (
	"fmt"
	"log/slog"
	"strings"

	"example.com/khp/transport/internal/field"
)

// String sums up the result without the fields of the message, which may hold credentials or
// cookies.
func (r Result) String() string {
	return fmt.Sprintf("adapter.Result{Status: %d, Subprotocol: %q, Extensions: %q, Header: %d "+
		"fields, Body: %d bytes, Plain: %t}",
		r.Status, r.Subprotocol, r.Extensions, len(r.Header), len(r.Body), r.Plain)
}

// GoString is String.
func (r Result) GoString() string { return r.String() }

// LogValue is String, for log/slog.
func (r Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Format writes the same text for every verb, even for one that does not fit.
func (r Result) Format(s fmt.State, verb rune) { field.Show(s, verb, r.String()) }

// MarshalText is for encoders of logs.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String names where to connect, without the query and the fields.
func (t Target) String() string {
	url, _, _ := strings.Cut(t.URL, "?")
	if scheme, rest, ok := strings.Cut(url, "://"); ok {
		url = scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
	}
	return fmt.Sprintf("adapter.Target{URL: %s, Subprotocols: %q, Header: %d fields}", url,
		t.Subprotocols, len(t.Header))
}

// GoString is String.
func (t Target) GoString() string { return t.String() }

// LogValue is String, for log/slog.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Format writes the same text for every verb, even for one that does not fit.
func (t Target) Format(s fmt.State, verb rune) { field.Show(s, verb, t.String()) }

// MarshalText is for encoders of logs.
func (t Target) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// String sums up the options without the values of secret fields and without the body.
func (o ClientOptions) String() string {
	return fmt.Sprintf("adapter.ClientOptions{Profile: %v, Config: %v, Credentials: %t, ReadLimit: "+
		"%d}", o.Profile, o.Config, o.Credentials != nil, o.ReadLimit)
}

// GoString is String.
func (o ClientOptions) GoString() string { return o.String() }

// LogValue is String, for log/slog.
func (o ClientOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// Format writes the same text for every verb, even for one that does not fit.
func (o ClientOptions) Format(s fmt.State, verb rune) { field.Show(s, verb, o.String()) }

// MarshalText is for encoders of logs.
func (o ClientOptions) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

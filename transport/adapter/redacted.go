package adapter

import (
	"fmt"
	"log/slog"
	"strings"
)

// String sums up the result without the fields of the message, which may hold credentials or cookies.
func (r Result) String() string {
	return fmt.Sprintf("adapter.Result{Status: %d, Subprotocol: %q, Extensions: %q, Header: %d fields, Body: %d bytes, Plain: %t}",
		r.Status, r.Subprotocol, r.Extensions, len(r.Header), len(r.Body), r.Plain)
}

// GoString is String.
func (r Result) GoString() string { return r.String() }

// LogValue is String, for log/slog.
func (r Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String names where to connect, without the query and the fields.
func (t Target) String() string {
	url, _, _ := strings.Cut(t.URL, "?")
	return fmt.Sprintf("adapter.Target{URL: %s, Subprotocols: %q, Header: %d fields}", url, t.Subprotocols, len(t.Header))
}

// GoString is String.
func (t Target) GoString() string { return t.String() }

// LogValue is String, for log/slog.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.String()) }

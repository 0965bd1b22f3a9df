// Package watch lets the tests of a process watch all of its handshakes, also those that other
// tests were written for. Programs set nothing here and pay a comparison with nil for it.
package watch

import (
	"example.com/khp/endpoint"
	"example.com/khp/transport/trace"
)

// Traced is what a trace is of: options of a client, or a handler.
type Traced interface{ TraceHeader() trace.Header }

// Trace is set by TestMain, before there is a handshake. It is called for each connect call and
// each served connection, and returns what is shown the records of its trace and the orders of its
// endpoint; nil for a handshake that is not watched.
var Trace func(Traced) (record func(trace.Record), order func(*endpoint.Output))

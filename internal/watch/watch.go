// Package watch lets a test process check every handshake that it makes, whatever the test at hand
// is about. Programs set nothing here; a comparison with nil is all it costs them.
package watch

import (
	"example.com/khp/endpoint"
	"example.com/khp/transport/trace"
)

// Traced is the object of a trace: options of a client, or a handler.
type Traced interface{ TraceHeader() trace.Header }

// Trace is set by TestMain, before there is a handshake. It is called for each connect call and
// each served connection, and returns what is shown the records of its trace and the orders of its
// endpoint; nil for a handshake that is not watched.
var Trace func(Traced) (record func(trace.Record), order func(*endpoint.Output))

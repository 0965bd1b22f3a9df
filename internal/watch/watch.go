// Package watch lets a test process check every handshake that it makes, in every test. Programs
// set nothing here and pay no more than a comparison with nil.
package watch

import (
	"example.com/khp/endpoint"
	"example.com/khp/transport/trace"
)

// Traced is the object of a trace: options of a client, or a handler.
type Traced interface{ TraceHeader() trace.Header }

// Trace is set by TestMain, before there is a handshake. It is called for each connect call and
// each served connection, and returns functions that get the records of its trace and the orders of
// its endpoint; nil for a handshake that is not watched.
var Trace func(Traced) (record func(trace.Record), order func(*endpoint.Output))

// Package watch lets the tests of a process watch all of its handshakes, also those that other
// tests were written for. Programs set nothing here and pay a comparison with nil for it.
package watch

import (
	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/transport/trace"
)

// Traced is what a trace is of: options of a client, or a handler.
type Traced interface{ TraceHeader() trace.Header }

// What TestMain sets, before there is a handshake.
var (
	// Trace is called for each connect call and each served connection, and returns what is shown
	// the records; nil for a handshake that is not watched.
	Trace func(Traced) (record func(trace.Record))
	// Client is called for each driver of a client, before anything else is.
	Client func(*driver.Client, *endpoint.ClientConfig)
	// Server is called for each driver of a server, before anything else is.
	Server func(*driver.Server, *endpoint.ServerConfig)
)

// Package trace is the file format of recorded handshakes: one JSON object per line (NDJSON), the
// first a [Header], each further one a [Record] of an event on a connection.
//
//	w, err := trace.NewWriter(file, trace.Header{Tool: "my-proxy", Side: "server"})
//	err = w.Write(trace.Record{Conn: 1, Side: "server", Kind: trace.Opening,
//		Dir: trace.Received, Data: request})
//
// Package transport writes it with [example.com/khp/transport.TraceTo]. A program that drives an
// endpoint writes records of its calls and of the outputs, as the example of this package does. The
// command khp replay and package sim/replay read it.
//
// # Versions
//
// A version may gain fields and kinds: a reader leaves out unknown fields, and returns records of
// unknown kinds. A change of meaning makes a new version, and a reader refuses versions that it
// does not know.
//
// # Secrets
//
// A [Writer] replaces the values of credential and cookie fields by "[redacted]" before it writes,
// see [Redact]. URLs and bodies are written as they are. Characters that control a terminal or do
// not show are written as JSON escapes, so that a file can be looked at as it is.
//
// The package imports nothing but the standard library, fsm and wire, and starts nothing.
package trace

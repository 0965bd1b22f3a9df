// Package otelkhp has metrics and traces of connections of package transport for OpenTelemetry. An
// [Observer] is the Observer of handlers and of calls of Dial:
//
//	o, err := otelkhp.New(nil) // with the global providers
//	h := &transport.Handler{Serve: serve, Observer: o, ConnContext: otelkhp.ConnContext}
//
// # Traces
//
// A handshake is a span khp.handshake, and an open connection a span khp.connection once it has
// ended. Both are children of the span in the context of Dial, or in that of the server's
// connection, where [ConnContext] puts the one that a client has sent. A client sends its own by
//
//	opts.OpeningHeader = http.Header{}
//	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(opts.OpeningHeader))
//
// Spans have the path of the URL, and no query, no fields and no body. A status code of 4xx by
// which a server has refused a client is no error of the server's span.
//
// # Metrics
//
// Each exists for khp.client and for khp.server:
//
//   - khp.server.handshake.duration, a histogram in seconds, with khp.outcome (open, failed, or
//     closed for one that ended without either), error.type (a failure of package fsm, where it
//     failed) and http.response.status_code, where that decided and is one that net/http knows.
//   - khp.server.active_connections, an up-down counter.
//   - khp.server.connection.duration, a histogram in seconds, with khp.close_code: 1006 if there
//     was no Close frame, 3xxx and 4xxx for codes of applications, other for the rest.
//   - khp.server.messages and khp.server.io, the latter in bytes, counters with
//     network.io.direction, of the messages that ended connections had sent and received.
//
// No attribute of a metric has a value that a peer chooses freely.
package otelkhp

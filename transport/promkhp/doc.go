// Package promkhp counts connections of package transport for Prometheus. An [Observer] is the
// Observer of a handler or of calls of Dial, and a collector of its own:
//
//	o := promkhp.New()
//	prometheus.MustRegister(o)
//	h := &transport.Handler{Serve: serve, Observer: o}
//
// Several handlers and calls may share it. To tell them apart give each its own, with a label:
//
//	labels := prometheus.Labels{"route": "/chat"}
//	prometheus.WrapRegistererWith(labels, prometheus.DefaultRegisterer).MustRegister(o)
//
// # Metrics
//
// side is client or server in all of them.
//
//   - khp_handshakes_total, by side, outcome, failure and status: outcome is open, failed, or
//     closed for one that ended without either, because the context of Dial ended or the server has
//     sent its client elsewhere. failure is a failure of package fsm, none unless it failed. status
//     is the code of the response where that decided, of those that net/http knows, otherwise its
//     class, such as 4xx; none where it did not.
//   - khp_handshake_seconds, by side and outcome: a histogram of how long handshakes took.
//   - khp_connections_open, by side: connections that are open now.
//   - khp_connection_seconds, by side: a histogram of how long connections were open.
//   - khp_connections_ended_total, by side and code: code is the close code, that of the peer if it
//     sent one; 1006 without any, 3xxx and 4xxx for codes of applications, other for the rest.
//   - khp_sent_bytes_total, khp_sent_messages_total, khp_received_bytes_total and
//     khp_received_messages_total, by side: the messages that ended connections had sent and
//     received.
//
// No label has a value that a peer chooses freely, so a stranger cannot make the number of series
// grow. khp serve has metrics of its own: do not register both in one process.
package promkhp

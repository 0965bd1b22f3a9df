// Package driver carries out the outputs of an endpoint on connections of any kind: blocking
// sockets, an event loop, a WebSocket library with callbacks, a simulation. A host implements a few
// orders and reports events to the driver, which keeps everything in order.
//
//	d := driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), orders, host)
//	d.Received(time.Now(), bytes) // of the opening request
//	// then, for each frame, Message, Ping, PeerClosed
//
// Like package endpoint it does no I/O, reads no clock and starts no goroutine. A driver has these
// duties:
//
//   - It carries out all orders of one call before the next call. Calls made during an order, or
//     from a callback that an order leads to, wait until then; their arguments are copied.
//   - It collects the bytes of the opening handshake, in pieces of any size, and hands the bytes
//     behind it to the frame reader with Upgraded.
//   - It turns the error of a write into the loss of the connection: nothing more is written, and
//     the connection is disconnected, once.
//   - After Violation or PeerClosed it ignores everything that is read; a violation ends the
//     connection after the Close frame that gives the reason.
//   - It numbers questions. A late answer belongs to its own question; if that question is over,
//     the driver drops the answer and calls Dropped. After a decision of 202 it asks again. A
//     decision that cannot be sent becomes a 500.
//   - After a redirect it drops events of the old connection, and it disconnects a dialed
//     connection that is no longer wanted.
//   - It asks for credentials at the first origin only.
//   - It asks to be woken at the deadline, and only when that has changed.
//
// # The duties of a host
//
//  1. One call at a time: see below.
//  2. Read frames: whole messages with their fragments joined and at most wire.Limits.Unit bytes
//     long, Ping, Close. Report violations of RFC 6455, text that is not UTF-8, and messages that
//     are too long with Violation, and the end of the stream and read errors with Lost.
//  3. Write frames in the order of the orders.
//  4. One timer: Wake says when to call Expire.
//  5. A server bounds the time until the opening request is complete, as for any HTTP request.
//  6. A client brings connections up: see [ClientHost].
//  7. Answer every question, even late.
//
// # Several goroutines
//
// A host whose calls come from several goroutines makes them with a lock held, or in one goroutine.
// With a lock, everything that a call leads to runs while the lock is held, and must not call the
// driver:
//
//   - Receive notes that the message at hand is the application's. The goroutine that reads, which
//     called Message, passes it on once the lock is free; so the application may send in any
//     goroutine. The host needs no queue, and no bound for one: while another goroutine writes, the
//     one that reads waits for the lock, and TCP slows the peer down.
//   - AskDecision starts a goroutine, and Wake a timer, that make their calls from outside.
//   - An order whose library calls back at once, in the same goroutine, moves that callback to
//     another one.
//
// example_goroutines_test.go has such a host. A library that only needs the handshake is served in
// fewer lines by example.com/khp/transport/adapter, with an Inbox where it calls back.
//
// # Buffers
//
// Slices that the host passes to a call are the driver's until the call returns, and the host's
// again afterwards: they may be written to, whether the call is made inside an order or not.
// Strings and slices of questions, results and errors never change; those of [Challenge.Challenges]
// are valid until the next call. [Orders] and [Host] say how long the slices last that the driver
// passes. The endpoint keeps these slices, which must not be changed while it is in use: the slices
// of a configuration, of an opening request that goes to Opened, and Decision.Extensions.
//
// # Examples
//
// docs/examples has hosts that run, each with its test: eventloop, a server on a bare event loop;
// browser, a client in Go on the WebSocket of a browser; gws, a server on a WebSocket library that
// calls back, which runs the driver by transport/adapter. The examples of this package are a client
// on blocking sockets and a server with several goroutines.
package driver

// Package driver carries out what an endpoint says, on whatever connections there are: blocking
// sockets, an event loop, a WebSocket library with callbacks, a simulation. A host implements a few
// orders, and tells the driver what happens; the driver keeps the order of things, so that no host
// has to.
//
//	d := driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), orders, host)
//	d.Received(time.Now(), bytes) // of the opening request; then, for each frame, Message, Ping, PeerClosed
//
// Like package endpoint it does no I/O, reads no clock and starts no goroutine. What a driver does:
//
//   - It carries out all orders of one call before the next call. Calls that come from inside of an
//     order, or from a callback that it leads to, wait until then; what they bring is copied.
//   - It collects the bytes of the opening handshake, in whatever pieces they come, and hands those
//     behind it to the frame reader with Upgraded.
//   - It turns the error of a write into the loss of the connection: nothing more is written, and
//     the connection is disconnected, once.
//   - After Violation or PeerClosed it takes nothing more that was read; a violation ends the
//     connection as soon as it is said why.
//   - It counts questions. An answer, however late, goes to the question that it answers; if that
//     is over the answer is dropped, and Dropped tells so. After a decision of 202 it asks again. A
//     decision that cannot be sent becomes a 500.
//   - It drops what an old connection still brings after a redirect, and disconnects a dialed
//     connection that comes when nobody waits for it.
//   - It asks for credentials at the first origin only.
//   - It asks to be woken at the deadline, and only when that has changed.
//
// # What is left to a host
//
//  1. One call at a time: calls from several goroutines need a lock, or one goroutine that makes
//     them all. An order that leads to a callback on the same goroutine may call the driver; with a
//     lock around calls, such a callback must be moved to another goroutine.
//  2. Read frames: whole messages with their fragments joined and at most as long as
//     wire.Limits.Unit, Ping, Close. Tell Violation of what breaks the rules of RFC 6455, of text
//     that is not UTF-8, and of a message that is too long. Tell Lost of the end of the stream and
//     of errors of reading.
//  3. Write frames in the order of the orders.
//  4. One timer: Wake says when to call Expire.
//  5. A server bounds the time until the opening request is there, as for any HTTP request.
//  6. A client brings connections up: see [ClientHost].
//  7. Answer questions, always: late is better than never.
//
// The examples are such hosts, complete: a server on a WebSocket library with callbacks, a server
// on a bare event loop, a client on blocking sockets.
package driver

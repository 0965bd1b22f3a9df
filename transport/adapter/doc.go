// Package adapter speaks KHP over WebSocket connections of other libraries: it has the common part
// of the adapters for them. Users of github.com/gorilla/websocket want
// example.com/khp/transport/gorillaws, those of github.com/coder/websocket
// example.com/khp/transport/coderws, and programs without a library of their own package transport.
// This page is for authors of further adapters.
//
// An adapter consists of a [Conn], which is the library's connection in a few methods, and of calls
// of [Client] and [Server]. These drive package endpoint: they shake hands in the goroutine of
// their caller, and return when the connection is open. From then on the application uses the
// library's connection directly: messages are not changed any more, and nothing of this package is
// in their way.
//
// A library that calls back for each message has an [Inbox] in its Conn: it keeps the messages that
// arrive before the handshake asks for them, and before the application is ready. docs/examples/gws
// is a server on such a library.
//
// # Restrictions
//
// The opening handshake belongs to the library. A server's 101 is written by the library, unless
// [KaazingClients] words it for deployed clients. The application answers requests that are no
// upgrade, and judges origins. A client learns of refused opening handshakes only as much as the
// library reports.
//
// Control frames belong to the library, which answers Pings and Close frames by itself.
//
// A read cannot be taken back. A server therefore reads nothing while [ServerOptions].Decide runs:
// it answers Pings and notices that the client has gone after the decision. A client cannot tell a
// message that was sent before its request from one that answers it.
//
// There is no Observer, no log, no proxy and no retry of this package; the library has its own. The
// application runs extensions that change messages, with package extension.
package adapter

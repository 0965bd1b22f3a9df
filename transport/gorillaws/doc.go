// Package gorillaws speaks KHP, the x-kaazing-handshake protocol, over connections of
// github.com/gorilla/websocket, for programs that use that library already. Dialer, Upgrader and
// connections stay theirs; this package adds the extended handshake between opening a connection
// and using it.
//
// A server lists the subprotocol and calls [Accept] once:
//
//	upgrader := websocket.Upgrader{Subprotocols: []string{gorillaws.Subprotocol}}
//
//	ws, err := upgrader.Upgrade(w, r, nil)
//	if err != nil {
//		return
//	}
//	defer ws.Close()
//	if _, err := gorillaws.Accept(r.Context(), ws, r, nil); err != nil {
//		return // the client has been told
//	}
//	// go on with ws
//
// It serves clients that follow the specification and Kaazing clients, which mark their URL with
// .kl=Y, alike. A client calls [Dial] instead of Dialer.DialContext:
//
//	ws, _, err := gorillaws.Dial(ctx, "wss://example.com/echo", &dialer, nil)
//
// Errors, credentials providers and timeouts are those of package transport, decisions and
// configuration those of package endpoint.
//
// # What this library cannot do
//
//   - Its opening 101 says Switching Protocols. Kaazing's Java and iOS clients want "Web Socket
//     Protocol Handshake" there and give up; JavaScript clients work. Wrap the handler in
//     adapter.KaazingClients for the others.
//   - It refuses Sec-WebSocket-Version 8, and its default CheckOrigin refuses privileged://host:80
//     for a Host without a port: set CheckOrigin to adapter.SameOrigin, which knows these.
//   - It answers a request that is no upgrade with a bare status. The cookie preflight of Java
//     clients, a GET of the path with /;e/cookies behind it, is answered by adapter.KaazingClients
//     where that is mounted there, or by the application, with an empty 200.
//   - Pings and Close frames are answered by its handlers, during the handshake too.
//   - A read cannot be interrupted without losing the connection. So nothing is read while
//     ServerOptions.Decide runs: a client that leaves meanwhile is noticed afterwards, and one that
//     breaks the rules by speaking before the response has that taken for its first application
//     message.
//   - Clients fragment messages longer than Dialer.WriteBufferSize, 4096 bytes unless set, and so
//     an extended request of that length.
//   - Of the body of a refused opening handshake it keeps 1024 bytes. 401 and redirects in the
//     opening handshake are answered as package endpoint says, by dialing again.
//   - It does not check that text is UTF-8. The handshake's is checked here, later text is not.
//   - Compression that the Upgrader or Dialer enables also compresses the messages of the
//     handshake. Leave it off towards Kaazing peers.
//   - A Dialer that brings its own TLS, by NetDialTLSContext, decides itself where client
//     certificates go; those of TLSClientConfig stay with the first origin. Its Jar sees to
//     cookies.
//   - There is no Observer and no log of the handshake. Extensions that change messages are the
//     application's to run, with package extension; Result.Extensions says which were agreed on.
package gorillaws

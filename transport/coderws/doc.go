// Package coderws speaks KHP, the x-kaazing-handshake protocol, over connections of
// github.com/coder/websocket, for programs that use that library already. Options and connections
// stay theirs; this package adds the extended handshake between opening a connection and using it.
//
// A server lists the subprotocol and calls [Accept] once:
//
//	opts := &websocket.AcceptOptions{Subprotocols: []string{coderws.Subprotocol}}
//	ws, err := websocket.Accept(w, r, opts)
//	if err != nil {
//		return
//	}
//	defer ws.CloseNow()
//	if _, err := coderws.Accept(r.Context(), ws, r, nil); err != nil {
//		return // the client has been told
//	}
//	// go on with ws
//
// It serves clients that follow the specification and Kaazing clients, which mark their URL with
// .kl=Y, alike. A client calls [Dial] instead of websocket.Dial:
//
//	ws, _, err := coderws.Dial(ctx, "wss://example.com/echo", nil, nil)
//
// Errors, credentials providers and timeouts are those of package transport, decisions and
// configuration those of package endpoint.
//
// # What this library cannot do
//
//   - Its opening 101 says Switching Protocols, and net/http spells the fields Sec-Websocket-Accept
//     and Sec-Websocket-Protocol. Kaazing's Java and iOS clients compare both and give up;
//     JavaScript clients work. Wrap the handler in adapter.KaazingClients for the others.
//   - It refuses Sec-WebSocket-Version 8, and privileged://host:80 as an Origin for a Host without
//     a port: add that to OriginPatterns, or set InsecureSkipVerify and ask adapter.SameOrigin.
//   - The cookie preflight of Java clients, a GET of the path with /;e/cookies behind it, is
//     answered by adapter.KaazingClients where that is mounted there, or by the application, with
//     an empty 200.
//   - A connection is closed when the context of a read or write ends. So nothing is read while
//     ServerOptions.Decide runs: a client that leaves meanwhile is noticed afterwards, and one that
//     breaks the rules by speaking before the response has that taken for its first application
//     message. A write that ctx or a timeout interrupts ends the connection without a Close frame.
//   - Pings and Close frames are answered by the library. A Close frame can only be sent together
//     with the whole closing handshake; its waits of five seconds each are the library's, so that a
//     goroutine and its socket may outlive a failed Accept for that long. Accept and Dial
//     themselves return in time.
//   - Of the body of a refused opening handshake it keeps 1024 bytes. 401 and redirects in the
//     opening handshake are answered as package endpoint says, by dialing again; the HTTP client's
//     CheckRedirect is not asked.
//   - It does not check that text is UTF-8. The handshake's is checked here, later text is not.
//   - Conn.Ping waits for a Pong with the same payload, which Kaazing's iOS clients do not send.
//   - Compression that the options enable also compresses the messages of the handshake. Leave it
//     off towards Kaazing peers.
//   - Client certificates stay with the first origin where the HTTP client's Transport is an
//     *http.Transport with a TLSClientConfig; another RoundTripper, or a DialTLSContext, decides
//     itself. Other fields of DialOptions.HTTPHeader than Authorization and Cookie go wherever a
//     redirect leads; for those of Config.OpeningHeader, Sensitive decides.
//   - Built for a browser (GOOS=js GOARCH=wasm), Dial uses the browser's WebSocket: it has neither
//     an HTTP client nor fields of the opening request, shows nothing of an answer other than 101,
//     and sends no close codes but 1000 and 3000 to 4999; others become 1000.
//   - There is no Observer and no log of the handshake. Extensions that change messages are the
//     application's to run, with package extension; Result.Extensions says which were agreed on.
package coderws

// Package transport speaks KHP, the x-kaazing-handshake protocol, over real sockets: it dials and
// serves WebSocket connections that are open to the application only after the extended handshake.
//
// Dial a server, send a message and read the answer:
//
//	conn, err := transport.Dial(ctx, "wss://example.com/echo", nil)
//	if err != nil {
//		return err // a *HandshakeError: the failure, its place, and the server's response
//	}
//	defer conn.Close(transport.CloseNormal, "")
//	err = conn.Write(ctx, transport.Text, []byte("hello"))
//	kind, message, err := conn.Read(ctx)
//
// Serve clients on any net/http mux:
//
//	echo := &transport.Handler{Serve: func(ctx context.Context, c *transport.Conn) error {
//		for {
//			kind, message, err := c.Read(ctx)
//			if err != nil {
//				return err
//			}
//			if err := c.Write(ctx, kind, message); err != nil {
//				return err
//			}
//		}
//	}}
//	http.Handle("/echo", echo)
//	http.Handle("/echo/", echo) // Java clients of the Kaazing Gateway first ask for /echo/;e/cookies
//
// Set [Handler].Decide to look at each request before it is let in, and end with
// [Handler.Shutdown]. A [Server] owns the listener instead, costs less for each connection, and
// leaves other requests to net/http:
//
//	srv := &transport.Server{Handler: echo, Fallback: http.DefaultServeMux}
//	err := srv.ListenAndServe(":8080")
//
// # Errors
//
// A connection that does not open is a [*HandshakeError]. It holds the failure as a value of
// package fsm, which errors.Is finds, and status, fields, body, Retry-After, the URL and the path
// of redirects, if there were any:
//
//	var failed *transport.HandshakeError
//	switch {
//	case errors.Is(err, fsm.FailureRedirectLoop): // the servers send each client in a circle
//	case errors.Is(err, context.Canceled): // our own doing
//	case errors.As(err, &failed) && failed.Temporary(): // try again, after failed.RetryAfter
//	}
//
// Dial retries only if [DialOptions].Retry is set. NetworkLogin reports that the answer came from a
// captive portal, which wants a login first, and not from the server. Options that cannot be sent,
// such as a field with a line break, are another error, before anything is connected. An open
// connection ends with a [*CloseError] if the peer closed it, with a [*ProtocolError] if the peer
// broke the rules of WebSocket, with an [*InactivityError] if it was silent for the whole of a
// KeepAlive, or with [io.ErrUnexpectedEOF] if it ended without a word; [CloseCode] returns the code
// of a [*CloseError].
//
// # Credentials
//
// [DialOptions].Credentials is asked when the server challenges with 401, in the opening or the
// extended handshake; there are [auth.Basic], [auth.Digest], [auth.Token] and [auth.Bearer],
// [auth.FirstOf] to choose among several, and [auth.CredentialsFunc] for anything else. Credentials
// never travel unasked, go to the first origin only, and are not sent twice in a row when they were
// refused. Cookies, the fields that Sensitive names, and client certificates stay with the first
// origin as well.
//
// On the server's side [Handler].Authenticator judges them before Decide is asked:
// [auth.BasicAuth], [auth.DigestAuth] and [auth.TokenAuth] with [auth.Users], [auth.Tokens] or a
// check of your own, package htpasswd for files, or any [auth.Authenticator]. The application finds
// the identity of the client in [Request].Principal and [Conn.Principal]. Without one, Decide finds
// credentials in [Request].Authorization. Compare secrets in constant time. A connection knows the
// request that let it in: [Conn.Request].
//
// # Redirects
//
// A client follows 300 to 303 and 307, with the old connection closed before the new one is dialed,
// at most five times, never to a URL that it has visited in any spelling, and never from wss to ws.
// [DialOptions] can narrow or widen that: MaxRedirects, Redirects, AllowDowngrade, Upgrade.
//
// # Proxies
//
// [DialOptions].Proxy names the proxy on the way to a server, HTTP or SOCKS5, as
// [ProxyFromEnvironment] does. ws and wss both go through an HTTP proxy by CONNECT, so it sees no
// more of a wss connection than the host. Its URL may carry a user and password. They answer the
// proxy's own 407, Basic or Digest. To a 407 that a server behind it has sent, in either handshake,
// Basic goes to the proxy on one new connection, and never through it. A proxy that does not
// connect leads to a [*ProxyError]. For proxies of other kinds set NetDial.
//
// A server behind proxies sees the addresses of the proxies instead of its clients'.
// [Server].TrustedProxies names the networks whose proxies may report the client's address: in the
// fields X-Forwarded-For or Forwarded, or, with ProxyProtocol, in PROXY headers. The log, limits
// and RemoteAddr use the reported address; the same claims of other peers are ignored. Without a
// Server, middleware that sets RemoteAddr of an http.Request does the same.
//
// # Profiles
//
// [Spec] follows the specification, and is the default of a client. [Kaazing] is how deployed
// Kaazing gateways and clients speak: the URL carries .kl=Y, and two further messages frame the
// extended handshake. [Auto] works with both, for a server of unknown kind. A gateway that is
// reached without .kl=Y leaves out the end of its response: TerminatorOptional allows for that. A
// Handler finds out by itself which profile its client speaks; docs/interop.md lists what Kaazing's
// clients need.
//
// Redirecting Kaazing clients takes [Decision].Reroute instead of a status, and AnyTarget on the
// server that they are sent to. A Java client asks for the cookies below its path, so the handler
// has to be mounted there too; for the path "/" that is "//;e/cookies", which http.ServeMux would
// clean up: use the Handler without a mux there, or a Server, which needs no mounting.
//
// # Extensions
//
// DialOptions.Use and Handler.Use list application-class extensions, those of package extension or
// your own: they are negotiated in the extended handshake and then work on the messages of the
// connection. Deployed Kaazing clients ask for two of them, and browsers need both to notice a dead
// server, or a living one.
//
// # Observing
//
// An [Observer] receives every step of every handshake, with secret fields replaced, and an
// [EndObserver] the end of each connection, too: for traces, tests and metrics. [TraceTo] returns
// one that writes traces for khp replay; promkhp and otelkhp, modules of their own below this one,
// report to Prometheus and OpenTelemetry, and [Event.Labels] has labels for metrics of your own.
// [Handler].Logger gets a line for each handshake, without the query of its URL and without the
// client's data, except a refused Origin.
//
// # Limits and timeouts
//
// Every wait has an end. [Timeouts] lists them all with their defaults; none can be switched off,
// and a peer that sends a byte now and then extends none. The context of Dial ends an attempt at
// once, whatever it is waiting for; that of a Handler's connection ends with Shutdown. Handshake
// messages are bounded by wire.Limits, later ones by ReadLimit.
//
// # Silent peers
//
// A peer whose cable was cut sends nothing, and TCP notices that late or never. KeepAlive, a field
// of [Handler], [Server] and [DialOptions], finds such peers: if nothing has arrived for half of
// it, the peer gets a Ping; if nothing arrives within the whole of it, the peer gets a Close with
// 1001, and the connection ends with an [*InactivityError]. Any bytes count, even a part of a
// message. Quiet connections then carry a frame at least that often, which keeps proxies from
// cutting them: choose less than twice the shortest timeout on the way. With the ping-pong
// extension the Ping is the extension's. The timers of deployed Java clients count Pings and
// messages, but no Pongs, so it is always a Ping.
//
// KeepAlive works while a call reads, as all handling of control frames does; otherwise its clock
// stands still. It takes no goroutine and no timer. A Ping waits for the writes before it: a
// KeepAlive should be longer than a peer takes to receive the largest message.
// [extension.IdleTimeout] is another mechanism: it promises the client a message or Ping within a
// period that both know. Where the granted period is not longer than the KeepAlive, it replaces
// that.
//
// # Streams, parts and broadcasts
//
// [Conn.Stream] is a connection as a net.Conn, and [Handler.Listener] accepts the connections of a
// Handler as such streams, for brokers of MQTT, AMQP or STOMP. [Conn.Reader] and [Conn.Writer] move
// a message in parts, [Prepare] makes one for many connections. A server that only writes calls
// [Conn.CloseRead]; the context of Serve ends with the connection. Package wsjson sends and
// receives JSON. docs/library.md compares all that with other libraries.
//
// # What it does not do
//
// It does not reconnect a lost connection, compresses only if [Compression] is set, and does not
// emulate WebSocket by plain HTTP. It speaks HTTP/1.1 only: a [Handler] cannot take over an HTTP/2
// connection. To have KHP on connections of another WebSocket library, see gorillaws, coderws and
// package adapter below this one; without any goroutine or socket, package endpoint. docs/examples
// has programs for those: on a library that calls back, on an event loop, in a browser. Package
// conformtest tries any KHP server or client in go test.
package transport

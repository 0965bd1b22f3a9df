// Package transport speaks KHP, the x-kaazing-handshake protocol, over real sockets: it dials and
// serves WebSocket connections that are open to the application only after the extended handshake.
//
// Dial a server, say something and read the answer:
//
//	conn, err := transport.Dial(ctx, "wss://example.com/echo", nil)
//	if err != nil {
//		return err // a *HandshakeError says what happened, where, and what the server said
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
// leaves what is no KHP client to net/http:
//
//	srv := &transport.Server{Handler: echo, Fallback: http.DefaultServeMux}
//	err := srv.ListenAndServe(":8080")
//
// # Errors
//
// A connection that does not open is a [*HandshakeError]. It holds the failure as a value of
// package fsm, which errors.Is finds, and status, fields, body, Retry-After, the URL and the path
// of redirects, as far as there were any:
//
//	var failed *transport.HandshakeError
//	switch {
//	case errors.Is(err, fsm.FailureRedirectLoop): // the servers send each client in a circle
//	case errors.Is(err, context.Canceled): // our own doing
//	case errors.As(err, &failed) && failed.Temporary(): // try again, after failed.RetryAfter
//	}
//
// Nothing is retried unless [DialOptions].Retry says how often. NetworkLogin tells that not the
// server has answered but a network that wants a login first. Options that cannot be sent, such as
// a field with a line break, are another error, before anything is connected. An open connection
// ends with a [*CloseError] if the peer closed it, with a [*ProtocolError] if the peer broke the
// rules of WebSocket, with an [*InactivityError] if it was silent for the whole of a KeepAlive, or
// with [io.ErrUnexpectedEOF] if it just went away; [CloseCode] tells the first apart.
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
// who it is in [Request].Principal and [Conn.Principal]. Without one, Decide finds credentials in
// [Request].Authorization. Compare secrets in constant time. A connection knows the request that
// let it in: [Conn.Request].
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
// Basic goes to the proxy on one new connection, and never through it. What the proxy says instead
// of connecting is a [*ProxyError]. Other proxies take NetDial.
//
// A server behind proxies sees their addresses in the place of its clients'.
// [Server].TrustedProxies names the networks whose word is taken for those: in the fields
// X-Forwarded-For or Forwarded, or, with ProxyProtocol, in PROXY headers. The address that they
// give is that of the log, of limits, and of RemoteAddr; what other peers say about themselves
// means nothing. Without a Server, middleware that sets RemoteAddr of an http.Request does the
// same.
//
// # Profiles
//
// [Spec] follows the specification, and is the default of a client. [Kaazing] is how deployed
// Kaazing gateways and clients speak: the URL carries .kl=Y, and two further messages frame the
// extended handshake. [Auto] opens against both, where it is not known who answers. A gateway that
// is reached without .kl=Y leaves out the end of its response: TerminatorOptional allows for that.
// A Handler finds out by itself which profile its client speaks; docs/interop.md lists what
// Kaazing's clients need.
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
// An [Observer] is told every step of every handshake, with secret fields replaced, and an
// [EndObserver] of the end of each connection, too: for traces, tests and metrics. [TraceTo] makes
// one that writes what khp replay reads; promkhp and otelkhp, modules of their own below this one,
// report to Prometheus and OpenTelemetry, and [Event.Labels] has what metrics of your own need.
// [Handler].Logger gets a line for each handshake, without the query of its URL and without what
// the client has sent, but for an Origin that was refused.
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
// A peer whose cable was cut says nothing, and TCP notices late or never. KeepAlive, of [Handler],
// [Server] and [DialOptions], asks: a peer from which nothing has arrived for half of it gets a
// Ping, and one from which nothing arrives within the whole of it gets a Close with 1001, and the
// connection ends with an [*InactivityError]. Whatever arrives is a sign of life, be it part of a
// message. So quiet connections carry a frame at least that often, which keeps proxies from cutting
// them: choose less than twice the shortest timeout on the way. With the ping-pong extension the
// Ping is the extension's. The timers of deployed Java clients count Pings and messages, but no
// Pongs, so it is always a Ping.
//
// It works while a call reads, as everything that has to do with control frames; while none does no
// time passes. It takes no goroutine and no timer. A Ping waits behind what is written before it: a
// KeepAlive should be longer than a peer takes to receive the largest message. Something else is
// [extension.IdleTimeout], which promises the client a message or Ping within a period that both
// know; where one is granted whose period is not longer, it takes the place of the KeepAlive.
//
// # Streams, parts and broadcasts
//
// [Conn.Stream] is a connection as a net.Conn, and [Handler.Listener] hands out those of a Handler,
// for brokers of MQTT, AMQP or STOMP. [Conn.Reader] and [Conn.Writer] move a message in parts,
// [Prepare] makes one for many connections. A server that only writes calls [Conn.CloseRead]; the
// context of Serve ends with the connection. Package wsjson sends and receives JSON.
// docs/library.md compares all that with other libraries.
//
// # What it does not do
//
// It reconnects nothing that was open, compresses nothing unless [Compression] is asked for, and
// does not emulate WebSocket by plain HTTP. It speaks HTTP/1.1 only: a [Handler] cannot take over
// an HTTP/2 connection. To have KHP on connections of another WebSocket library, see gorillaws,
// coderws and package adapter below this one; without any goroutine or socket, package endpoint.
// docs/examples has programs for those: on a library that calls back, on an event loop, in a
// browser. Package conformtest tries any KHP server or client in go test.
package transport

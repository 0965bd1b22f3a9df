// Package extension is the interface for application-class extensions: those that two peers agree
// on in the extended handshake and that work on whole messages, above frames. It also has the two
// that deployed Kaazing clients ask for, [IdleTimeout] and [PingPong].
//
// An [Extension] negotiates: it says what a client asks for, what a server answers, and whether a
// client can live with the answer. The result is a [Session], which works in one open connection,
// between application and peer: it sees every message in both directions, and may pass it on,
// change it, swallow it, answer it, or end the connection. A Session that wants to act later names
// a deadline.
//
// With package transport, listing extensions is all there is to do:
//
//	idle := extension.IdleTimeout{Period: 30 * time.Second}
//	use := []extension.Extension{idle, extension.PingPong{}}
//	handler := &transport.Handler{Serve: serve, Use: use}
//	conn, err := transport.Dial(ctx, url, &transport.DialOptions{Use: use})
//
// A server answers with those of its list that the client has asked for, and with nothing else;
// unknown ones are ignored. A client refuses an answer that it has not asked for.
//
// # Order
//
// The extension that the response lists first is nearest to the application, the last one nearest
// to the peer (RFC 6455 section 9.1). A server answers in the order of its own list, so that list
// decides. [IdleTimeout] comes before [PingPong]: then its Pings pass through the other and take a
// form that scripts in a browser can see.
//
// # Without package transport
//
// Everything here is pure: no I/O, goroutine or clock. Programs that drive package endpoint
// themselves run the same sessions: give [Offers] to ClientConfig.Extensions and [Confirm] to
// ClientConfig.ConfirmExtensions, or put the answer of [Accept] into Decision.Extensions; make a
// [Stack] of the sessions when Open comes, and then
//
//  1. call [Stack.Open], and [Stack.Outgoing] for each message that the application sends and each
//     Ping that the host itself sends, and [Stack.Incoming] for each message, Ping and Pong that
//     arrives, with the present time each time. Native Pings are answered by the host or the
//     endpoint as ever, with a native Pong; Stack.Incoming only hears of them;
//  2. carry out the returned actions in their order before the next call: write, deliver, or close.
//     Frames of one call must not be mixed with those of another;
//  3. after each call look at [Stack.Deadline], and when that moment has come call [Stack.Heard]
//     with the time since which nothing has been read although the host was listening, and then
//     [Stack.Expired].
package extension

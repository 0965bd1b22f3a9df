// Package endpoint is a whole KHP client or server without I/O. A program reports each event of a
// connection, such as a received message, and gets back the orders to carry out, such as a message
// to send. The package joins the state machines of package fsm with the parser of package wire, and
// keeps the data that neither has: the negotiated values, the visited URLs, the refused
// credentials.
//
//	cfg := endpoint.ClientConfig{Subprotocols: []string{"amqp"}}
//	client, err := endpoint.NewClient("ws://example.com/echo", cfg)
//	outputs := client.Connect(time.Now()) // Dial; call Expire at client.Deadline()
//
// The package is for programs with their own sockets: another WebSocket library, an event loop,
// WebAssembly, a proxy, a simulation. Other programs use package transport.
//
// It is not a WebSocket library. It knows messages, Ping and Close, but no frames, masks or
// fragments. It does no I/O, starts no goroutine, has no clock and no randomness, and never panics,
// whatever a peer sends. A mistake of a peer is an Output of kind [Fail] with a [*HandshakeError];
// Go errors report that the program asks for something impossible ([NewClient], [Server.Decide]).
//
// # The driver
//
// Package driver connects an endpoint to a connection: it carries out the outputs and does the
// bookkeeping that every host needs. A host that does not use it follows these rules:
//
//   - Make one call at a time, and pass the current time. Carry out all outputs of a call in order
//     before the next call. The slice, Output.Data and Output.URL are valid until then, and must
//     not be changed, except that Data of [Deliver], [SendPong], and [SendMessage] after Send is
//     the caller's own slice. A write that is made later copies Data.
//   - Slices passed to a call must not change until its outputs are carried out; afterwards they
//     belong to the host again. The endpoint keeps these: the slices of a configuration, of the
//     request of Opened, and Decision.Extensions, and the bytes of an opening handshake that is not
//     complete: see [Client.OpeningReceived].
//   - Call Expire at Deadline, which may change with each call. Received bytes extend no deadline;
//     [Timeouts] of the configuration set the lengths.
//   - Answer [Dial] by [Client.Connected] with 16 new bytes from crypto/rand, or by
//     [Client.ConnectFailed]. [Disconnect] always comes before the next Dial; drop everything that
//     the old connection still delivers.
//   - During the opening handshake, pass all bytes read so far, from the first one, to
//     OpeningReceived until it uses some. The bytes behind those belong to the WebSocket, and the
//     frame reader must see them first. A host whose library performs the opening handshake has it
//     send [Client.OpeningFields], and calls [Client.Opened] or [Client.OpeningRefused], or
//     [Server.Opened]; a host that has parsed the request itself calls [Server.Opening].
//   - Then report frames: Message for a whole message, Ping, PeerClosed, and Violation for broken
//     framing, text that is not UTF-8, and messages over the limit. Nothing follows Violation but
//     Lost, which reports the end of the connection and errors of reading and writing.
//   - [SendMessage], [SendPong] and [SendClose] are one frame each. Code 0 is an empty Close. After
//     a message sent in phase ClientSendingBody, which is the request body, call
//     [Client.BodyWritten], and do so before you pass on messages that arrive after it was written.
//   - [AskCredentials] and [AskDecision] may be answered later, while the connection goes on; an
//     answer to a question that is over is ignored. A decision of 202 leaves another one due. An
//     error of [Server.Decide] means that nothing was sent: correct the decision, or report
//     failure.
//   - After [Open], Result has the outcome. Application messages go out through Send and come in as
//     [Deliver]. Close ends the connection in any phase.
//   - [Closed] or [Fail] is the last output. One of them comes, provided that the host keeps
//     deadlines and reports the end of connections.
//
// # Rules
//
// The decisions are rows of the tables fsm/client_table.go and fsm/server_table.go, which have a
// block for each phase:
//
//   - A status code: fsm/status_table.go names its action, and the block of ClientReading has a
//     column for each action. onRedirectIfGet is the rule for 307, onWait the one for 202, also for
//     a further 202 while the client waits.
//   - A close code: [fsm.CloseCode] has the one of each failure, 1000 for a redirect loop.
//   - A timer: the rows that enter a phase arm it, and [Timeouts] has its length. While the server
//     awaits a replay, TimerReplay runs: the function challenge of the server's table arms it.
//
// This package finds the facts that the rows ask for:
//
//   - Client.judge (client_extended.go) about a response. internal/judge has the rules about the
//     target of a redirect (redirect.go) and about what a response selects (response.go).
//   - Server.judgeRequest (server_request.go) about a request. statusOf, beside it, has the answer
//     to each malformed request: a body over the limit gets 413, and the connection is closed.
//
// Extensions of an open connection are sessions of package extension, between Deliver or Send and
// the application; its documentation says how to run them.
//
// The server sets no deadline for the opening request: bound it as any HTTP request. The examples
// of this package print outputs; docs/examples has hosts on real connections, by package driver.
package endpoint

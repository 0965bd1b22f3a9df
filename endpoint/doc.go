// Package endpoint is a whole KHP client or server without I/O: a program tells it what happened on a connection, and it answers with everything that
// has to be done about it. It joins the state machines of package fsm with the parser of package wire, and adds what neither has: what was negotiated, which URLs
// were visited, which credentials were refused.
//
//	client, err := endpoint.NewClient("ws://example.com/echo", endpoint.ClientConfig{Subprotocols: []string{"amqp"}})
//	outputs := client.Connect(time.Now()) // Dial ws://example.com/echo; call Expire at client.Deadline()
//
// It is for those who have their own sockets: another WebSocket library, an event loop, WebAssembly, a proxy, a simulation. Everybody else wants package
// transport.
//
// It is not a WebSocket library. It knows messages, Ping and Close, but no frames, masks or fragments. It opens nothing, reads nothing, starts no
// goroutine, has no clock and no randomness, and never panics whatever a peer sends. What a peer does wrong is an outcome, an Output of kind [Fail] with
// a [*HandshakeError]; Go errors are for what the program itself asks for and cannot have ([NewClient], [Server.Decide]).
//
// # The driver
//
// Package driver stands between an endpoint and a connection: it carries out outputs, and does the bookkeeping that every host needs. Use it unless you know
// why not. Who drives an endpoint without it keeps to this:
//
//   - One call at a time, each with the present time. All outputs of a call are carried out in their order before the next call; the slice, Output.Data and
//     Output.URL are valid until then, and Data of [Deliver] and [SendPong] is the caller's own slice.
//   - Call Expire at Deadline, which may change with each call. Received bytes extend no deadline; [Timeouts] of the configuration say how long each wait is.
//   - [Dial], then [Client.Connected] with 16 bytes from crypto/rand, new ones each time, or [Client.ConnectFailed]. [Disconnect] always comes before the next Dial; what
//     the connection before still brings is dropped.
//   - Until the opening handshake is over, give all that was read, from the first byte, to OpeningReceived, until it has used some. The bytes behind those belong
//     to the WebSocket, and are the first that the frame reader must see. A host whose library shakes hands has it send [Client.OpeningFields] and calls [Client.Opened]
//     or [Client.OpeningRefused] instead, or [Server.Opened]; one that has parsed the request calls [Server.Opening].
//   - Then tell of frames: Message, with fragments joined, Ping, PeerClosed; Violation for what breaks the rules of frames, text that is not UTF-8, and messages over
//     the limit, and nothing after it but Lost, for the end of the connection and for any error of reading or writing.
//   - [SendMessage], [SendPong] and [SendClose] are one frame each. Code 0 is an empty Close. After a message that was sent in phase ClientSendingBody, which is
//     the request body, call [Client.BodyWritten].
//   - [AskCredentials] and [AskDecision] are answered later, while the connection goes on; an answer that nobody waits for any more is not told. After a
//     decision of 202 another one is owed. An error of [Server.Decide] has sent nothing: correct the decision, or report failure.
//   - [Open]: Result says what was agreed on. Application messages go through Send, and come as [Deliver]. Close ends the connection in any phase.
//   - [Closed] or [Fail] is the last output, and one of them comes, provided that deadlines and the end of connections are told.
//
// Extensions that work on the messages of an open connection are sessions of package extension, between Deliver or Send and the application; its
// documentation says how to run them.
//
// The server does not wait for the opening request by itself: bound that as for any HTTP request. The examples of this package print what an endpoint says; those of
// package driver are hosts on real connections.
package endpoint

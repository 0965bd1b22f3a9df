// Package endpoint is a whole KHP client or server without I/O: a program tells it what happened on a connection, and it answers with everything that
// has to be done about it. It joins the state machines of package fsm with the parser of package wire, and adds what neither has: what was negotiated, which URLs
// were visited, which credentials were refused.
//
//	client, err := endpoint.NewClient("ws://example.com/echo", endpoint.ClientConfig{Protocols: []string{"amqp"}})
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
// The part that stands between a [Client] or [Server] and a socket is the driver. A Client is a whole connect call: it may dial several times, one
// connection after the other. A Server is one connection. Neither is safe for concurrent use: one goroutine calls the methods, and whatever happens
// elsewhere (reads, timers, the application) is sent to it. Its duties, in this order:
//
//  1. Carry out all outputs of a call in their order, before the next call. The slice, Output.Data and Output.URL are valid until then; copy what lives longer. Data
//     of [Deliver] and [SendPong] is the caller's own slice.
//  2. Each call is told the time; a program reads its clock, a simulation has one of its own. When Deadline has come, call Expire. Deadline may change with each
//     call. How long an endpoint waits for what is the [Timeouts] of its configuration; received bytes extend none of them.
//  3. [Dial] (client): connect by TCP to Output.URL.HostPort(), with TLS if the URL is Secure, through the proxy if there is one, with its credentials if
//     [Client.UsesProxyCredentials]. Then call [Client.Connected] with 16 bytes from crypto/rand, new ones each time, or [Client.ConnectFailed]. The
//     connection before is gone by then: Disconnect came first. If Deadline comes while dialing, stop dialing and drop what it may still bring.
//  4. [SendBytes]: write Data as it is. Until the opening handshake is over, collect what is read and give all of it, from the first byte, to
//     OpeningReceived, until it has used some: the bytes behind those belong to the WebSocket and are the first its frame reader must see. Whole messages
//     among them were sent before the server had the extended request, and a client treats them so. Then read frames. A driver whose library shakes hands by itself has it send [Client.OpeningFields] and calls [Client.Opened] or [Client.OpeningRefused] instead,
//     or [Server.Opened], or gives a parsed request to [Server.Opening].
//  5. Tell what comes: Message for a data message with its fragments joined, Ping, PeerClosed for a Close frame. Pongs are of no interest.
//     Violation for a frame that must not be, text that is not UTF-8, or a message over the limit; read no more after it. Lost for the end of the
//     connection, and for any error of reading or writing. Bound messages by the limits of package wire: an endpoint does not keep
//     what is longer, but it cannot help a driver that reads it into memory.
//  6. [SendMessage], [SendPong], [SendClose]: send one frame, never fragmented. Code 0 is an empty Close. After a message that was sent in phase ClientSendingBody, which
//     is the request body, call [Client.BodyWritten]; if [StopBody] comes before it is out, stop. When a write fails call Lost, once the outputs are done.
//     Where a connection is gone already, outputs that would write to it are skipped.
//  7. [AskCredentials] (client): ask for credentials for [Client.Challenges], copied, without holding up the connection: Ping, Close and the end of the
//     connection still have to be reported. Answer with [Client.Credentials] or [Client.NoCredentials], always; a late answer is ignored. Mind whom
//     they are for: [Client.URL] may be another origin than the first.
//  8. [AskDecision] (server): hand a copy of [Server.Request] to the application, likewise, and call [Server.Decide] with what it says, once, or
//     [Server.ApplicationFailed]. An error of Decide has sent nothing: correct the decision, or report failure. [ErrTooLate] means that nobody waits for it.
//     After a decision of 202 another one is owed.
//  9. [Disconnect]: close the connection, and report nothing of it any more. A client then may dial again; events of the old connection that are still
//     queued must be dropped, by [Client.Attempt] for example.
//  10. [Open]: the application may start; Result says what was agreed on. Its messages go through Send, which refuses them (ok is false) before
//     open and after Close, and come as [Deliver]. Close ends the connection or gives up the attempt in any phase, more than once does no harm.
//  11. [Closed] or [Fail] is the last output, and one of them comes, provided that timers and the end of connections are told.
//
// # The loop
//
// A client, where read blocks for the next thing that happened (a frame, the end of the connection, the deadline, an answer of the credential provider, a wish of
// the application) and returns what the Client has to say about it:
//
//	outs := client.Connect(time.Now())
//	for over := false; !over; {
//		next := func() []endpoint.Output { return read() }
//		for _, o := range outs {
//			switch o.Kind {
//			case endpoint.Dial:
//				url := *o.URL
//				buf = buf[:0] // nothing of an old connection may be taken for the new one's
//				next = func() []endpoint.Output {
//					if err := dial(url); err != nil {
//						return client.ConnectFailed(time.Now(), err.Error())
//					}
//					var nonce [16]byte
//					rand.Read(nonce[:])
//					return client.Connected(time.Now(), nonce)
//				}
//			case endpoint.SendBytes:
//				conn.Write(o.Data)
//				next = func() []endpoint.Output { // until the opening handshake is over
//					for {
//						buf = slices.Grow(buf, 4096)
//						n, err := conn.Read(buf[len(buf):cap(buf)])
//						buf = buf[:len(buf)+n]
//						if used, outs := client.OpeningReceived(time.Now(), buf); used > 0 {
//							buf = buf[used:] // the frame reader takes these first
//							return outs
//						}
//						if err != nil {
//							return client.Lost(time.Now(), err.Error())
//						}
//					}
//				}
//			case endpoint.SendMessage:
//				writeFrame(o.Type, o.Data)
//				if client.Phase() == fsm.ClientSendingBody {
//					next = func() []endpoint.Output { return client.BodyWritten(time.Now()) }
//				}
//			case endpoint.SendPong:
//				writePong(o.Data)
//			case endpoint.SendClose:
//				writeClose(o.Code, o.Text)
//			case endpoint.Disconnect:
//				conn.Close()
//			case endpoint.AskCredentials:
//				go provide(client.URL(), copyOf(client.Challenges())) // its answer comes through read
//			case endpoint.Open:
//				application.Start(client.Result())
//			case endpoint.Deliver:
//				application.Receive(o.Type, o.Data)
//			case endpoint.Closed:
//				over = true
//			case endpoint.Fail:
//				over, err = true, o.Err
//			}
//		}
//		if !over {
//			outs = next()
//		}
//	}
//
// Dialing and reading block here. Both have client.Deadline() as theirs, after which the loop calls client.Expire; or they run elsewhere, with their results
// through read.
//
// A server differs in how it starts and in what it is asked. There is nothing to dial; the first thing that happens is that bytes arrive:
//
//	var outs []endpoint.Output
//	for used := 0; used == 0; {
//		buf = slices.Grow(buf, 4096)
//		n, err := conn.Read(buf[len(buf):cap(buf)])
//		buf = buf[:len(buf)+n]
//		if used, outs = server.OpeningReceived(time.Now(), buf); used > 0 {
//			buf = buf[used:]
//		} else if err != nil {
//			outs = server.Lost(time.Now(), err.Error())
//			break
//		}
//	}
//	// the loop of the client, with server.Message and so on, and
//			case endpoint.AskDecision:
//				next = func() []endpoint.Output { // or elsewhere, through read
//					outs, err := server.Decide(time.Now(), application.Decide(server.Request()))
//					switch {
//					case err == endpoint.ErrTooLate:
//						return nil
//					case err != nil:
//						log.Print(err)
//						return server.ApplicationFailed(time.Now())
//					}
//					return outs
//				}
//
// Extensions that work on the messages of an open connection are sessions of package extension, between Deliver or Send and the application; its
// documentation says how to run them.
//
// The server does not wait for the opening request by itself: bound that as for any HTTP request. Two examples
// of this package are such drivers without sockets; Example_loop is the loop above on a real connection, complete with its deadlines, in a hundred lines.
package endpoint

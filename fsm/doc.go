// Package fsm holds the two state machines of KHP, client and server, and the status table they
// share. It deals with neither bytes nor time nor sockets, and imports only a handful of pure
// standard packages.
//
// A machine is a total, pure function:
//
//	state, effects, verdict = cfg.Step(state, event)
//
// An [Event] names one thing that happened, with the relevant findings as a set of [Facts];
// [Effects] are the orders to the host, in order; the [Verdict] says whether the event was
// Accepted, Ignored because it came late, or Misuse by the embedder. A mistake of a peer is a
// transition like any other. States are small comparable values: they can be copied, compared, used
// as map keys, and kept for years. A step does not allocate.
//
// # What it is not
//
// It does not parse (package wire does), it does not remember URLs, bodies or credentials, and it
// starts no timer: an effect names one, and the host reports its end with an event. Package
// endpoint joins wire and fsm; most embedders want that one.
//
// # The driver's duties
//
//  1. Keep one configuration and one state for each connect call ([ClientConfig.Start]) or served
//     connection ([ServerConfig.Start]).
//  2. Report each occurrence as one event, in order. A response is two events: data when it begins,
//     [EventResponse] when it is decided. Send [EventBodyWritten] before the events of messages
//     that arrive after the body was written: otherwise their response looks like one that cuts the
//     body short.
//  3. Carry out the effects of an accepted step in order, all of them, before the next event.
//  4. Map timers to durations, and send [EventTimerExpired] when one runs out that was armed and
//     neither stopped nor armed again since.
//  5. After an effect that ends ([EffectFail], [EffectClosed]) forget the state.
//
// # Tables
//
// The status table (status_table.go) gives each code its action and its obligations, in the words
// of package codes; [Status] is total over all integers.
//
// The transition tables (client_table.go, server_table.go) have a block for each phase: the awaited
// event, the cells that do something, and the inputs it ignores; any other input is misuse. A cell
// holds guarded rows, of which the first whose guard holds is taken. A guard is a mask and a value
// over one word of facts and conditions, so tables are nothing but data: [ClientRows] and
// [ServerRows] list them, and documents, pictures and the explorer in package sim are made from
// that list. Rows that recur stand in client_rows.go and at the end of server_table.go.
//
// To find a rule, start at one of these lines:
//
//   - A status code has its line in status_table.go. Its action is a column of the transition
//     table: 307 has [codes.ActionRedirectIfGet], column onRedirectIfGet; 202 has
//     [codes.ActionWait], column onWait. The block of [ClientReading] in client_table.go has the
//     cell of that column: for 307 it follows a GET only; for 202 its rows start the wait, or
//     continue it once the wait timer runs.
//   - A failure has its close code in [CloseCode] (failure.go): a redirect loop,
//     [FailureRedirectLoop], closes with 1000.
//   - A timer is armed by the row that enters the phase it bounds: challenge in server_table.go
//     sends a 401, arms [TimerReplay] and pauses [TimerOverall] while the replay is awaited.
//   - A request that the server refuses, such as one whose body is over the limit, is an
//     [EventBadRequest] with the status that package endpoint found (413): refuseRequest in
//     server_table.go sends that status and closes.
//
// docs/states.md shows every row, docs/status.md every code, docs/facts.md which facts matter for
// which event. docs/examples/fsmonly is a server that uses these machines and nothing else of this
// module.
package fsm

// Package examples has complete programs that build on packages fsm, endpoint/driver,
// transport/adapter and fuzz/corpus. Each is run by its test.
//
//   - gws: a server on a WebSocket library that calls back, by transport/adapter
//   - eventloop: a server on a bare event loop, by endpoint/driver
//   - browser: a client in Go that a browser runs, by endpoint/driver
//   - fsmonly: a server with everything of its own but the rules, by fsm
//   - ownparser: a parser of one's own, tried on fuzz/corpus and fuzzed from there
package examples

// Package ghost checks each call of an endpoint by refinement. A ghost stands beside a
// [endpoint.Client] or [endpoint.Server] and sees the arguments and results of every call. From the
// arguments alone it derives the events of the machine, with a digest of its own; it takes the
// steps in package fsm, keeps timers of its own, and compares what they order with the results: the
// outputs and their content, the state of the machine, and the deadline.
//
// No product code knows of this package. The command internal/ghost/install writes the source of
// package endpoint anew, as an overlay of the go command, in which each call tells a ghost, and
// adds the ghost to the tests of each package that runs endpoints:
//
//	go run ./internal/ghost/install go test ./endpoint/... ./transport/...
//
// A call that the ghost finds wrong ends the process, with the calls before it.
//
// It shares with the endpoint the parsers of package wire, and the rules of package judge on the
// content of heads, which have tests and fuzz targets of their own. The order of events, the facts
// of policy and history, the clock and the content of sent messages are written once more.
package ghost

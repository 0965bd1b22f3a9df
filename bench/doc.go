// Command bench compares package wire with the other Go parsers of HTTP: the same bytes, the same
// run, each parser doing all the checking it does.
//
//	go run .               # from this directory, or make bench; half a minute
//	go run . -markdown     # the tables of docs/performance.md
//	go test -bench .       # the same work as ordinary benchmarks, for profiles
//
// Peers take turns, a few milliseconds each, round after round, so that a busy moment of the
// machine falls on all of them. The tables show the median of the rounds with its 95% confidence
// interval, and the ratio of medians.
//
// The module is one of its own, so that importers of khp do not download the peers.
package main

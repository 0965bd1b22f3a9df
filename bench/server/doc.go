// Command server compares transport.Server with servers made of other WebSocket libraries, and with
// a loop that moves the same bytes and understands nothing.
//
//	go run ./server               # from the directory bench; a minute
//	go run ./server -markdown     # the tables of docs/performance.md
//
// Every server is a process of its own, and this one is the client of them all: 64 connections at a
// time that connect, shake hands and reset. Servers take turns, round after round, so that a busy
// moment of the machine falls on all of them. The tables show the median of the rounds: handshakes
// per second, and the processor time that the server's process used for one, which tells more on a
// machine that does other things too.
//
// Then each server holds some thousand idle connections. The growth of the memory of its process,
// after a garbage collection, is divided by their number.
//
// There are two kinds of handshake: that of a plain WebSocket, which all servers can do, and KHP,
// which adds the extended request and response. The others do not parse the extended request,
// and answer with constant bytes.
package main

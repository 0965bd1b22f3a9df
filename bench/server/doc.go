// Command server compares transport.Server with servers made of other WebSocket libraries, and with
// a loop that moves the same bytes and understands nothing.
//
//	go run ./server               # from the directory bench; a minute
//	go run ./server -markdown     # the tables of docs/performance.md
//
// Every server is a process of its own, and this one is the client of them all: 64 connections at a
// time that connect, shake hands and reset. Servers take turns, round after round, so that a busy
// moment of the machine falls on all of them. What is shown is the median of the rounds: handshakes
// per second, and the processor time that the server's process used for one, which tells more on a
// machine that does other things too.
//
// Then each server holds some thousand open connections on which nothing happens: what its process
// has more of in memory, after a collection that gives back what it can, is divided by them.
//
// There are two kinds of handshake: that of a plain WebSocket, which all servers can do, and KHP,
// which adds the extended request and response. The others answer that without a look at it, with
// the same bytes.
package main

// Khp serves, reaches and explains the Kaazing WebSocket Handshake Protocol.
//
//	khp serve     take a gateway's place in front of WebSocket and TCP back ends
//	khp convert   write khp serve's configuration from a gateway's
//	khp dial      connect to a KHP server, by hand or from a script
//	khp demo      watch servers and clients shake hands on loopback
//	khp status    what a status code means to both sides
//	khp graph     draw the state machines
//	khp explore   visit every reachable state of client, server and network
//	khp sim       run scenarios on a virtual network
//	khp replay    check recorded sessions against the state machines
//	khp version   what this binary was built from
//
// Every command explains itself with --help. Exit codes: 0 done, 1 the handshake, property,
// scenario, replay or case failed, 2 usage, 3 target unreachable, 4 khp explore stopped before the
// end. Errors go to stderr in one line with the mistake, its place and a remedy; --json prints
// nothing but results.
//
// Each command is a package below internal, which exports its Command; serve is package gateway.
// They share package cli, and observe for events of handshakes.
package main

// Package network runs KHP clients and servers on a virtual network with a virtual clock: real
// bytes of the opening handshake, real RFC 6455 frames, the endpoints that run on real sockets too,
// and no socket, no goroutine and no waiting. An hour-long timeout is over as soon as nothing else
// is left to happen.
//
//	n := network.New(network.Options{Seed: 1})
//	n.Serve("a.example", network.SiteOptions{})
//	client, err := n.NewClient("ws://a.example/echo", network.ClientOptions{})
//	client.Connect()
//	n.Run(1000) // client.Opened() == true
//
// A run is a function of its options and of the calls that are made: the same seed and the same
// calls give the same bytes at the same virtual time. Events of the same moment happen in the order
// in which they were scheduled, with timers last; [Options].TimersFirst has them come first.
//
// # What can go wrong on purpose
//
// Streams arrive in pieces of any size ([Options].Pieces, [Conn.Split]), as slowly as wanted.
// Connections break loudly ([Conn.Cut]) or silently ([Conn.Vanish]). Clocks run ahead, and timers
// are told too early and twice ([Client.Expire]). Peers that follow no protocol write any bytes
// ([Network.RawServer], [Network.RawDial]).
//
// # What is checked
//
// Every client and server of a network has a [Monitor], which checks each output against the
// invariants that can be seen there: opened at most once, nothing delivered or sent before, one
// end, no loop, redirect budget, credentials at their origin, and so on. [Network.Broken] tells
// the broken invariants.
//
// # What it is not
//
// TCP is a stream that keeps its order and TLS a flag: loss, windows and certificates are not
// modelled. Host names are names, nothing resolves them.
package network

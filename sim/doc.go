// Package sim explores and simulates KHP without any network.
//
// [Explore] visits every reachable state of a model of the real machines in package fsm and checks properties on the way: at every step, in every
// state, in some state, and that promises come about. A broken property comes with a shortest path to it.
//
// [Models] lists what there is to explore: [Honest] client and server with a network between them, a client against [AnyServer], a server against [AnyClient], each in all
// configurations that differ. A [Fault] puts a mistake into a machine, to see it found. A large space can be explored in several processes, each with
// a [Shard] of it, and put together with [Merge]; a long exploration can be interrupted, kept as a [Snapshot] and gone on with.
//
// Results depend on the system, the properties and the bounds, not on the number of workers or on chance. States are told apart by fingerprints of 64 bits
// unless [Options].Exact is set; [Report.Collision] is the probability that one was overlooked.
//
// Packages network and script below it simulate: the endpoints themselves with real bytes on a virtual network, and a language for what happens to them.
package sim

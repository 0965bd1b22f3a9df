// Package sim explores and simulates KHP without any network.
//
// [Explore] visits every reachable state of a model of the real machines in package fsm and checks properties on the way: those of safety
// in every state and at every step, those of liveness from every state. A broken property comes with a shortest path to it, as a transcript.
//
// Packages network and script below it simulate: the endpoints themselves with real bytes on a virtual network, and a language for what happens to them.
package sim

// Package explore visits every reachable state of a finite transition system and checks properties
// on the way: at every step, in every state, in some state, and that promises come about. A broken
// property comes with a shortest path to it. It knows nothing of KHP: package model below sim has
// the systems.
//
// A large space can be explored in several processes, each with a [Shard] of it, and put together
// with [Merge]; a long exploration can be interrupted, kept as a [Snapshot] and resumed.
//
// Results depend on the system, the properties and the bounds, not on the number of workers or on
// chance. States are told apart by fingerprints of 64 bits unless [Options].Exact is set;
// [Report.Collision] is the probability that one was overlooked.
package explore

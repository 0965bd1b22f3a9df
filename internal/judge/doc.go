// Package judge compares the messages of both handshakes with the requests before them. Its
// functions are pure: they take the question and the message, and return facts for the machines of
// package fsm and, where something is wrong, a [Fault] in words.
//
// Package endpoint acts on the result, sim/replay checks recorded sessions by it: the rules stand
// here once. The policy of a client for redirects comes in as data ([Redirects]). Package endpoint
// decides about paths that a proxy in front of a server rewrites.
package judge

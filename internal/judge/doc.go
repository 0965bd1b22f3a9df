// Package judge compares the messages of both handshakes with the requests before them. Its
// functions are pure: they take the question and the message, and return facts for the machines of
// package fsm and, where something is wrong, a [Fault] in words.
//
// Package endpoint acts on the result, sim/replay checks recorded sessions by it: the rules stand
// here once. What depends on the policy of one side, such as which redirects it follows or which
// paths a proxy in front of it rewrites, is decided there.
package judge

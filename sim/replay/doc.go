// Package replay says whether a recorded session is a path of the machines of package fsm.
//
//	result := replay.Check(session)
//	if result.Verdict == replay.NotPath {
//		fmt.Println(result.Blame, result.Wrong.Why, result.Wrong.Requirements)
//	}
//
// A [Session] is one connection as a recorder saw it: messages of both sides in the order in which
// they passed. It comes from a trace ([ReadTrace]), or from a packet capture (package sim/capture).
//
// # What is judged
//
// Both sides are: the messages of the client must be some that the client machine can order, and
// those of the server some that the server machine can order, with contents that fit. Invisible
// events are left open: when a timer runs out, what an application decides, what credentials there
// are, which limits a side has. So the check keeps the set of all states that each side may be in,
// takes every unseen event as possible, and finds a step wrong when no state is left.
//
// The recorder sees its own side exactly. Messages reach the other side, or both sides if the
// recorder stands between them, later than they were recorded: a side may send a message before it
// has received one that was recorded earlier.
//
// Nothing is judged by its bytes alone: another implementation may spell, order and word its fields
// as it likes, close with another code, answer a Ping or leave the connection to its peer to close.
//
// The check stops at the first wrong step of either side.
package replay

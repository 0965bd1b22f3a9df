// Package verdict judges what a peer does: it reads what came from the peer, compares it with what
// may come, and says how good that is.
//
//	seen, used, ok := verdict.Read(verdict.Input{Client: true, Items: items})
//	if ok {
//		ruling := expectation.Judge(seen)
//	}
//
// It does no I/O and knows no time: that nothing came in time is something that the caller has
// seen.
package verdict

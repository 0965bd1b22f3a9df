// Package verdict judges the behaviour of a peer: it reads the items that the peer sent, compares
// them with the expectations of a case, and grades them.
//
//	seen, used, ok := verdict.Read(verdict.Input{Client: true, Items: items})
//	if ok {
//		ruling := expectation.Judge(seen)
//	}
//
// It does no I/O and knows no time: the caller tells that a deadline passed.
package verdict

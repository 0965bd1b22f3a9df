// Package corpus is a collection of HTTP messages and field values for testing and fuzzing parsers,
// khp's own or others: each case has the verdict of a strict reader and the reason for it. There
// are also ways to make more of it: cuts, mutations, well-formed messages without end, and a
// dictionary.
//
// Seed a fuzz target with it:
//
//	func FuzzMyParser(f *testing.F) {
//		for c := range corpus.Of(corpus.Request) {
//			f.Add(c.Input)
//		}
//		f.Fuzz(func(t *testing.T, b []byte) {
//			myparser.Parse(b) // and what must be true of it
//		})
//	}
//
// or ask where your parser differs, and read why:
//
//	for c := range corpus.Of(corpus.Request) {
//		if accepts(c.Input) != c.Accepted() {
//			fmt.Println(c.ID, c.Why)
//		}
//	}
//
// The verdicts are those of HTTP/1.1 messages inside WebSocket messages (package wire lists the
// choices). A parser for HTTP on a stream has good reasons to differ in some: it must ask for Host,
// for example. The cases are still inputs it has to survive.
//
// `go run example.com/khp/fuzz/export DIR` writes all of it to files, for fuzzers in other
// languages. docs/examples/ownparser tries and fuzzes a parser with all of it.
package corpus

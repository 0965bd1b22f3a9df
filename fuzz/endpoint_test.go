package fuzz

import (
	"testing"

	"example.com/khp/fuzz/internal/property"
	"example.com/khp/fuzz/internal/session"
)

// A client that is told anything at any time, by a program.
func FuzzClient(f *testing.F) {
	for _, flags := range []byte{0, 1, 2, 0x38, 0x40, 0x48, 0x80, 0x8f} {
		for _, events := range [][]byte{
			{7, 0, 20, 1, 'x', 8, 16, 12},                                     // a 101, data both ways
			{8, 17, 8, 18, 8, 19, 11},                                         // in pieces
			{7, 7, 17, 0, 7, 7, 17, 0, 17, 1, 7, 0},                           // challenges
			{7, 8, 14, 3, 232, 0, 15, 1, 0, 2, 0, 7, 9, 14, 3, 232, 0, 15, 1}, // redirects
			{7, 5, 19, 7, 3, 11},                                              // 100, body, 201
			{7, 6, 16, 3, 16, 5, 16, 6},                                       // 202, timers
			{12, 7, 0, 12, 20, 0},                                             // kaazing
			{12, 7, 0, 13, 21, 15, 1, 0, 2, 0, 12, 7, 0, 12},                  // reroute
			{24, 0, 1, 0x2c, 0, 0}, {24, 0, 1, 0x27, 0, 0}, {25, 1, 'x', 200}, {10, 2, 0xc3, 0x28, 11},
			{22, 3, 232, 0, 16, 6},
		} {
			f.Add(append([]byte{flags, 1}, events...))
		}
		f.Add([]byte{flags, 0x81, 8, 0, 25, 1, 'x', 200, 11})
		f.Add([]byte{flags, 0x80, 0, 1, 0, 5, 8, 5, 18, 6, 255, 15})
		// a chunked answer, and others, to the opening request
		f.Add([]byte{flags, 0x80, 0, 1, 0, 5, 24, 5, 25, 15})
		f.Add([]byte{flags, 0, 0, 1, 0, 5, 26})
		f.Add([]byte{flags, 0, 0, 1, 0, 5, 27, 0})
		f.Add([]byte{flags, 0, 0, 1, 0, 4, 1, 46, 0, 1, 0, 5, 2, 6, 1, 'x', 15})
		f.Add([]byte{flags, 0, 0, 1, 9, 5, 22, 15, 17, 0, 1, 0, 3, 1, 7, 0})
	}
	f.Fuzz(func(t *testing.T, program []byte) { property.Check(t, session.Client(program)) })
}

// A server that is told anything at any time, by a program.
func FuzzServer(f *testing.F) {
	for _, flags := range []byte{8, 9, 10, 12, 0x28, 0x2e, 0x88} {
		for _, events := range [][]byte{
			{3, 0, 7, 1, 0, 0, 11, 1, 'x', 5, 1, 1, 'y'},     // accepted, data both ways
			{3, 1, 7, 1, 0, 3, 13, 0, 3, 232, 0},             // with a subprotocol and an extension
			{3, 0, 7, 8, 0, 8, 1, 3, 2, 7, 1, 0, 0},          // challenged
			{3, 3, 3, 4, 7, 3, 0, 32, 4, 'm', 'a', 'd', 'e'}, // Expect
			{3, 0, 7, 7, 0, 4, 0, 10, 3, 232, 0, 14, 0},      // redirected
			{3, 0, 7, 6, 0, 0, 7, 6, 0, 0, 7, 1, 0, 0},       // deferred
			{3, 10, 7, 1, 0, 128, 0, 9, 6},                   // kaazing, rerouted
			{3, 6}, {3, 7}, {3, 12}, {4, 15}, {6, 0, 0}, {15, 0, 255}, {9, 7}, {9, 9}, {14, 1},
			{12, 1}, {5, 2, 0},
		} {
			f.Add(append([]byte{flags}, events...))
		}
		f.Add([]byte{flags &^ 0x18, 0, 4, 3, 12, 14, 0})
		f.Add([]byte{flags &^ 0x18, 16, 3, 1, 7, 1, 0, 3})
		f.Add([]byte{flags &^ 0x18, 0, 16})
		f.Add([]byte{flags | 0x08, 3, 18, 7, 1, 0, 0})
		f.Add([]byte{flags | 0x08, 3, 19})
		f.Add([]byte{flags &^ 0x18, 2, 0, 1, 3, 'x', 13, 10})
	}
	f.Fuzz(func(t *testing.T, program []byte) { property.Check(t, session.Server(program)) })
}

// A client against servers, over a network with faults.
func FuzzPair(f *testing.F) {
	for _, flags := range []byte{0, 0x08, 0x18, 0x40, 0x48, 0x80} {
		for _, decide := range []byte{0, 0x0c, 0x1c, 0x2c, 0x3c, 0x40, 0x41, 0x4c, 0x80, 0xc0, 0xc2} {
			f.Add([]byte{flags, decide})
			f.Add([]byte{flags, decide, 8, 3, 10, 3, 0, 0, 4, 4, 8, 9, 8, 0, 0, 4, 4, 17, 1, 1, 'x', 18})
			f.Add([]byte{flags, decide, 0, 4, 0, 11, 1, 4, 12, 0, 4, 4})
			f.Add([]byte{flags, decide, 0, 4, 0, 4, 13, 2, 15, 14, 5})
			f.Add([]byte{flags, decide, 0, 4, 0, 4, 16, 3, 232, 17, 0, 3, 233})
		}
	}
	f.Fuzz(func(t *testing.T, program []byte) { property.Check(t, session.Pair(program)) })
}

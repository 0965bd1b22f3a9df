package fuzz

import (
	"testing"

	"example.com/khp/fuzz/internal/property"
)

// A program of messages through both sides of x-kaazing-ping-pong, and from a stranger.
func FuzzPingPong(f *testing.F) {
	for piece := range byte(10) {
		f.Add([]byte{0, piece, 16, piece, 1, piece, 8, piece, 8, piece, 10, piece})
		f.Add([]byte{8, 3, 8, piece, 8, 8, 11, piece, 2, 0, 3, 0})
		f.Add([]byte{4, piece, 3, 1, 9, 0, 20, piece, 2, 10, 0, 12, piece, 1, 2})
	}
	f.Fuzz(func(t *testing.T, program []byte) { property.Check(t, property.PingPong(program)) })
}

package fuzz

import (
	"testing"

	"example.com/khp/fuzz/corpus"
	"example.com/khp/fuzz/internal/property"
	"example.com/khp/wire"
)

// An assembler under limits, driven by a program.
func FuzzAssembler(f *testing.F) {
	roomy, tight := []byte{255, 255, 7, 255, 255, 255}, []byte{3, 5, 0, 2, 0, 3}
	unwrapping := []byte{255, 255, 135, 255, 9, 255}
	for _, limits := range [][]byte{roomy, tight, unwrapping} {
		for _, program := range [][]byte{
			{0, 0, 0, 5, 10},                              // a 101 and its terminator
			{0, 1, 0, 9, 0, 5, 0, 17, 10, 0, 18, 10},      // a 201 with a body, a 202
			{11, 19, 13, 10, 11, 4, 11, 20, 11, 21, 0, 0}, // text
			{15, 'x', 255, 15, 'x', 255, 15, 'x', 255},    // too much
			{10, 0, 3, 0, 6, 0, 7, 0, 8},                  // a terminator at once
			{0, 27, 0, 5, 0, 2, 0, 5, 0, 17, 10},          // a 401 in a 200
			{11, 27, 11, 5, 11, 2, 11, 22, 11, 15, 11, 9}, // one of text that is not UTF-8
		} {
			f.Add(append(append([]byte(nil), limits...), program...))
		}
	}
	for c := range corpus.Of("unit") {
		program := append([]byte(nil), roomy...)
		for _, m := range c.Messages {
			if m.Text {
				program = append(program, 14, byte(wire.Text))
			} else {
				program = append(program, 6)
			}
			program = append(append(program, byte(len(m.Content))), m.Content...)
		}
		f.Add(program)
	}
	for c := range corpus.Of(corpus.Response) {
		if n := len(c.Input); n < 250 {
			f.Add(append(append(append(append([]byte(nil), roomy...), 6, byte(n)), c.Input...), 10))
		}
	}
	f.Fuzz(func(t *testing.T, program []byte) { property.Check(t, property.Assembler(program)) })
}

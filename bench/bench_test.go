package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkParse(b *testing.B) {
	for _, in := range inputs {
		for _, p := range parsers {
			b.Run(in.name+"/"+p.name, func(b *testing.B) {
				job := p.job(in)
				b.SetBytes(int64(len(in.message)))
				b.ReportAllocs()
				for b.Loop() {
					if err := job(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, w := range writers {
		b.Run(w.name, func(b *testing.B) {
			job := w.new()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := job(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The compared programs must do the same: our bytes are those of the plain append.
func TestWriters_SameBytes(t *testing.T) {
	for _, w := range writers[:2] {
		out, err := w.new()()
		require.NoError(t, err)
		require.Equal(t, extended101, string(out), w.name)
	}
}

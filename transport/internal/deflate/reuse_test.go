package deflate

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// traffic has the messages of one side of a connection, and their damage on the way.
type traffic struct {
	alone    bool
	messages [][]byte
	hurt     []int // the byte of each that is changed; negative is none
}

func drawTraffic(t *rapid.T) (x traffic) {
	x.alone = rapid.Bool().Draw(t, "alone")
	words := rapid.SampledFrom([]string{"secret of one ", "secret of another ", "a", "0123456789"})
	for range rapid.IntRange(1, 4).Draw(t, "messages") {
		text := []byte(words.Draw(t, "first"))
		text = append(text, bytes.Repeat([]byte(words.Draw(t, "then")),
			rapid.SampledFrom([]int{1, 9, 400, 4000}).Draw(t, "times"))...)
		x.messages = append(x.messages, text)
		x.hurt = append(x.hurt, rapid.IntRange(-3, 60).Draw(t, "hurt"))
	}
	return x
}

// run compresses and inflates all, and returns the bytes on the wire and the results.
func (x traffic) run() (trace []string) {
	out, in := &Codec{Alone: x.alone}, &Codec{Alone: x.alone}
	for i, m := range x.messages {
		var b bytes.Buffer
		out.Compress(&b, m)
		out.Sent(m)
		wire := b.Bytes()
		if at := x.hurt[i]; at >= 0 && at < len(wire) {
			wire[at] ^= byte(1 << (at % 8))
		}
		got, err := in.Inflate(wire, 1<<16)
		trace = append(trace, fmt.Sprintf("%x: %s, %v", wire, got, err))
		if err != nil {
			break
		}
	}
	return trace
}

// newPools discards the pools used before.
func newPools() {
	writers, readers = sync.Pool{New: writers.New}, sync.Pool{New: readers.New}
}

// Compressors and inflaters are used by one connection after the other. Whatever those before have
// sent, whole or damaged, a connection sends and understands the same bytes as alone: also where
// they refer to bytes that were never sent on it, but perhaps on another one.
func TestCodec_Reuse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfN(rapid.Custom(drawTraffic), 0, 4).Draw(t, "before")
		x := drawTraffic(t)
		newPools()
		alone := x.run()
		newPools()
		for _, b := range before {
			b.run()
		}
		require.Equal(t, alone, x.run())
	})
}

// A block that copies from before the beginning copies nothing of another connection.
func TestCodec_BeforeTheBeginning(t *testing.T) {
	secret := traffic{alone: true, messages: [][]byte{bytes.Repeat([]byte("secret "), 5000)},
		hurt: []int{-1}}
	block := []byte{0x02, 0x02, 0x00} // of fixed codes: length 3 at distance 1, and the end
	secret.run()
	got, err := (&Codec{Alone: true}).Inflate(slices.Clone(block), 1<<16)
	require.ErrorIs(t, err, ErrData)
	require.Empty(t, got)
}

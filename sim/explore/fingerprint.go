package explore

import (
	"github.com/cespare/xxhash/v2"
)

// Interned is a [System] whose encodings are numbers of parts that it keeps and has numbered as it
// met them, so that they mean something to it alone.
type Interned[S comparable] interface {
	// Fingerprint returns the hash of a state, which does not depend on those numbers. Two seeds
	// have no collision in common.
	Fingerprint(s S, seed uint64) uint64
	// Words returns the parts by number, written so that another process can [Learn] them. It may
	// reuse the memory of the call before.
	Words() [][]byte
	// Learn gives the parts of a system that has met no state yet the numbers that they have in
	// words.
	Learn(words [][]byte) error
	// Knows reports whether b is an encoding of a state whose parts have numbers.
	Knows(b []byte) bool
}

// Mix returns a value all of whose bits depend on all bits of h. Different values stay different.
func Mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// fingerprint returns the fingerprint of a state with this encoding.
func (x *exploration[S, A]) fingerprint(s S, encoded []byte) uint64 {
	if x.interned != nil {
		return x.interned.Fingerprint(s, x.o.Seed)
	}
	return fingerprint(x.o.Seed, encoded)
}

// fingerprint of an encoding. The seed goes first, so that two seeds have nothing in common.
func fingerprint(seed uint64, encoded []byte) uint64 {
	if seed == 0 {
		return Mix(xxhash.Sum64(encoded))
	}
	var d xxhash.Digest
	d.ResetWithSeed(seed)
	_, _ = d.Write(encoded)
	return Mix(d.Sum64())
}

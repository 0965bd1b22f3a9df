package wire

import (
	"encoding/binary"
	"math/bits"
)

// The scan helpers find the first byte at or after i, and before len(b), that
// is outside a class. They return len(b) if there is none. Nearly all the time of a
// parse is spent here, so the long ones look at eight bytes at once.
//
// below and equal set the top bit of a byte of the word where it is in question.
// A borrow can set bits above the first such byte, never below it, so the lowest
// bit is right, and that is the only one used.

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// below finds bytes below n, at most 0x80.
func below(x uint64, n uint64) uint64 { return (x - ones*n) &^ x & tops }

// equal finds bytes that are n.
func equal(x uint64, n uint64) uint64 { return below(x^ones*n, 1) }

func scanValue(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		m := below(x, 0x20) | equal(x, 0x7f)
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) / 8
		if b[i] != '\t' {
			return i
		}
		i++
	}
	for i < len(b) && class[b[i]]&isValue != 0 {
		i++
	}
	return i
}

func scanTarget(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		m := below(x, 0x21) | x&tops | equal(x, 0x7f) | equal(x, '#')
		if m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
		i += 8
	}
	for i < len(b) && class[b[i]]&isTarget != 0 {
		i++
	}
	return i
}

// scanToken reads names, which are short: a table is as fast as anything.
func scanToken(b []byte, i int) int {
	for i < len(b) && class[b[i]]&isToken != 0 {
		i++
	}
	return i
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

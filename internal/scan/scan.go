package scan

import "math/bits"

// Most of the time of a parse is spent in this file. The scanners pass over the usual bytes of a
// message in words of eight. They look up the byte at which a word test stops, and the bytes behind
// it, in the table of classes, which alone decides. A word test may therefore stop at a byte that
// is rare and legal, but it must never pass one that is illegal.
//
// A word test marks a byte by its top bit, and only the lowest mark is read: a sum or difference
// carries out of a byte only where that byte is marked itself, so all marks below the lowest are
// right.

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// oddValue marks all bytes but 0x20 to 0x7e.
func oddValue(x uint64) uint64 { return ((x - ones*0x20) | (x + ones) | x) & tops }

// oddTarget marks all bytes but 0x21 to 0x7e, and marks '#'. Bytes from 0x80 are rare, and left to
// the table.
func oddTarget(x uint64) uint64 {
	return ((x - ones*0x21) | (x + ones) | ((x ^ ones*'#') - ones) | x) & tops
}

// oddToken marks all bytes but letters and '-', of which names are made.
func oddToken(x uint64) uint64 {
	lower := x | ones*0x20
	letter := (lower + ones*(0x80-'a')) &^ (lower + ones*(0x7f-'z'))
	noDash := (x ^ ones*'-') + ones*0x7f
	return (noDash&^letter | x) & tops
}

// oddHost marks all bytes but letters, digits, '-' and '.'.
func oddHost(x uint64) uint64 {
	lower := x | ones*0x20
	letter := (lower + ones*(0x80-'a')) &^ (lower + ones*(0x7f-'z'))
	digit := (x + ones*(0x80-'-')) &^ (x + ones*(0x7f-'9')) // and '-', '.', '/'
	noSlash := (x ^ ones*'/') + ones*0x7f
	return (^(letter | digit&noSlash) | x) & tops
}

func lowest(marks uint64) int { return bits.TrailingZeros64(marks) / 8 }

// word returns s[i:i+8], the first byte lowest. It is compiled to one load.
func word[S Text](s S, i int) uint64 {
	w := s[i : i+8]
	return uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
		uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
}

func half[S Text](s S, i int) uint64 {
	w := s[i : i+4]
	return uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24
}

// put writes x to d[i:i+8], its lowest byte first. It is compiled to one store.
func put(d []byte, i int, x uint64) {
	w := d[i : i+8]
	w[0], w[1], w[2], w[3] = byte(x), byte(x>>8), byte(x>>16), byte(x>>24)
	w[4], w[5], w[6], w[7] = byte(x>>32), byte(x>>40), byte(x>>48), byte(x>>56)
}

func putHalf(d []byte, i int, x uint64) {
	w := d[i : i+4]
	w[0], w[1], w[2], w[3] = byte(x), byte(x>>8), byte(x>>16), byte(x>>24)
}

// The scanners return the first index from i on whose byte is outside the class, or len(b). In
// their loops, 0 <= i is for the compiler, which then omits its own bounds checks.

func scanClass(b []byte, i int, bit uint8) int {
	for i < len(b) && classes[b[i]]&bit != 0 {
		i++
	}
	return i
}

// Token passes over a token.
func Token(b []byte, i int) int {
	for ; 0 <= i && i < len(b)-7; i += 8 {
		if m := oddToken(word(b, i)); m != 0 {
			return scanClass(b, i+lowest(m), IsToken)
		}
	}
	return scanClass(b, i, IsToken)
}

// Target passes over a request target.
func Target(b []byte, i int) int {
	for ; 0 <= i && i < len(b)-7; i += 8 {
		if m := oddTarget(word(b, i)); m != 0 {
			return scanClass(b, i+lowest(m), IsTarget)
		}
	}
	return scanClass(b, i, IsTarget)
}

// Value passes over a field value, two words at a time: values are long.
func Value(b []byte, i int) int {
	for ; 0 <= i && i < len(b)-15; i += 16 {
		w := b[i : i+16]
		if m := oddValue(word(w, 0)); m != 0 {
			return scanClass(b, i+lowest(m), IsValue)
		}
		if m := oddValue(word(w, 8)); m != 0 {
			return scanClass(b, i+8+lowest(m), IsValue)
		}
	}
	if 0 <= i && i < len(b)-7 {
		if m := oddValue(word(b, i)); m != 0 {
			return scanClass(b, i+lowest(m), IsValue)
		}
		i += 8
	}
	return scanClass(b, i, IsValue)
}

// SkipSpace passes over spaces and tabs.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && IsSpace(b[i]) {
		i++
	}
	return i
}

// SkipEmpty returns where the next element of a comma-separated list begins, len(b) if there is
// none: it passes over empty elements. [RFC 9110 5.6.1]
func SkipEmpty(b []byte, i int) int {
	for i < len(b) && (IsSpace(b[i]) || b[i] == ',') {
		i++
	}
	return i
}

// ValidToken, ValidValue and PlainHost look at whole strings. The last word or half word overlaps
// the one before it, so that no byte is left over.

// ValidToken reports whether s is a token.
func ValidToken[S Text](s S) bool {
	var m uint64
	switch n := len(s); {
	case n >= 8:
		m = oddToken(word(s, n-8))
		for i := 0; i < n-8; i += 8 {
			m |= oddToken(word(s, i))
		}
	case n >= 4:
		m = oddToken(half(s, 0) | half(s, n-4)<<32)
	default:
		return n > 0 && All(s, IsToken)
	}
	return m == 0 || All(s, IsToken)
}

// ValidValue reports whether s is a field value without spaces and tabs at its ends.
func ValidValue[S Text](s S) bool {
	var m uint64
	switch n := len(s); {
	case n >= 8:
		m = oddValue(word(s, n-8))
		for i := 0; i < n-8; i += 8 {
			m |= oddValue(word(s, i))
		}
	case n >= 4:
		m = oddValue(half(s, 0) | half(s, n-4)<<32)
	case n == 0:
		return true
	default:
		m = 1
	}
	return !IsSpace(s[0]) && !IsSpace(s[len(s)-1]) && (m == 0 || All(s, IsValue))
}

// CopyToken and CopyValue do the same while they copy s to d, which is as long: a word in a
// register is checked almost for nothing. Copied bytes behind the valid ones mean nothing.

// CopyToken is [ValidToken].
func CopyToken[S Text](d []byte, s S) bool {
	var m uint64
	d = d[:len(s)]
	switch n := len(s); {
	case n >= 8:
		last := word(s, n-8)
		m = oddToken(last)
		for i := 0; i < n-8; i += 8 {
			x := word(s, i)
			m |= oddToken(x)
			put(d, i, x)
		}
		put(d, n-8, last)
	case n >= 4:
		x, y := half(s, 0), half(s, n-4)
		m = oddToken(x | y<<32)
		putHalf(d, 0, x)
		putHalf(d, n-4, y)
	default:
		copy(d, s)
		return n > 0 && All(s, IsToken)
	}
	return m == 0 || All(s, IsToken)
}

// CopyValue is [ValidValue].
func CopyValue[S Text](d []byte, s S) bool {
	var m uint64
	d = d[:len(s)]
	switch n := len(s); {
	case n >= 8:
		last := word(s, n-8)
		m = oddValue(last)
		for i := 0; i < n-8; i += 8 {
			x := word(s, i)
			m |= oddValue(x)
			put(d, i, x)
		}
		put(d, n-8, last)
	case n >= 4:
		x, y := half(s, 0), half(s, n-4)
		m = oddValue(x | y<<32)
		putHalf(d, 0, x)
		putHalf(d, n-4, y)
	case n == 0:
		return true
	default:
		copy(d, s)
		m = 1
	}
	return !IsSpace(s[0]) && !IsSpace(s[len(s)-1]) && (m == 0 || All(s, IsValue))
}

// PlainHost reports whether s can only be a host without a port: a registered name
// or an IPv4 address.
func PlainHost[S Text](s S) bool {
	var m uint64
	switch n := len(s); {
	case n >= 8:
		m = oddHost(word(s, n-8))
		for i := 0; i < n-8; i += 8 {
			m |= oddHost(word(s, i))
		}
	case n >= 4:
		m = oddHost(half(s, 0) | half(s, n-4)<<32)
	default:
		return n > 0 && All(s, IsRegName)
	}
	return m == 0 || All(s, IsRegName)
}

// AuthParam reads name = token or name = "string" at i, blanks around '='
// included, and returns where it ends, or where it is wrong and why.
func AuthParam(b []byte, i int) (end int, what string) {
	j := Token(b, i)
	if j == i {
		return j, "not a parameter name"
	}
	k := SkipSpace(b, j)
	if k == len(b) || b[k] != '=' {
		return j, "no value"
	}
	k = SkipSpace(b, k+1)
	if k < len(b) && b[k] == '"' {
		return Quoted(b, k)
	}
	end = Token(b, k)
	if end == k {
		return k, "not a parameter value"
	}
	return end, ""
}

// Quoted reads a quoted-string at i. [RFC 9110 5.6.4]
func Quoted(b []byte, i int) (end int, what string) {
	open := i
	for i++; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1, ""
		case c == '\\' && i+1 < len(b) && Is(b[i+1], IsValue):
			i++
		case !Is(c, IsQuoted):
			return i, "byte not allowed in quotes"
		}
	}
	return open, "quote is not closed"
}

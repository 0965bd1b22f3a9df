package scan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// scanners are compared with the obvious way to do the same: one byte after the other.
var scanners = []struct {
	name string
	scan func([]byte, int) int
	bit  uint8
}{
	{"token", Token, IsToken},
	{"value", Value, IsValue},
	{"target", Target, IsTarget},
}

func slowScan(b []byte, i int, bit uint8) int {
	for i < len(b) && classes[b[i]]&bit != 0 {
		i++
	}
	return i
}

// wholes are the tests of whole strings.
var wholes = []struct {
	name  string
	fast  func([]byte) bool
	quick func(string) bool
	slow  func([]byte) bool
}{
	{"token", ValidToken[[]byte], ValidToken[string], func(b []byte) bool {
		return len(b) > 0 && slowScan(b, 0, IsToken) == len(b)
	}},
	{"value", ValidValue[[]byte], ValidValue[string], func(b []byte) bool {
		return slowScan(b, 0, IsValue) == len(b) && len(Trim(b)) == len(b)
	}},
	{"host", PlainHost[[]byte], PlainHost[string], func(b []byte) bool {
		return len(b) > 0 && slowScan(b, 0, IsRegName) == len(b)
	}},
}

// Each scanner stops at the first byte outside its class, wherever it stands and whatever stands
// around it.
func TestScan_EveryByteEveryPlace(t *testing.T) {
	for _, s := range scanners {
		t.Run(s.name, func(t *testing.T) {
			for _, fill := range []string{"a~!", "\xff", "-Az", "\x00"} {
				b := make([]byte, 35)
				for size := range len(b) + 1 {
					for at := range size {
						for c := range 256 {
							for i := range b {
								b[i] = fill[i%len(fill)]
							}
							b[at] = byte(c)
							for from := range min(size, 2) {
								if got, want := s.scan(b[:size], from), slowScan(b[:size], from, s.bit); got != want {
									t.Fatalf("byte %#x at %d of %d in %q, from %d: %d, want %d",
										c, at, size, fill, from, got, want)
								}
							}
						}
					}
				}
			}
		})
	}
}

// Every pair of neighbours at every place of a word: carries and borrows from one byte to the next
// change no answer.
func TestScan_EveryPair(t *testing.T) {
	for at := range 8 {
		b := []byte("aaaaaaaaaaaaaaaaa")
		for x := range 256 {
			for y := range 256 {
				b[at], b[at+1] = byte(x), byte(y)
				for _, s := range scanners {
					if got, want := s.scan(b, 0), slowScan(b, 0, s.bit); got != want {
						t.Fatalf("%s: %#x %#x at %d: %d, want %d", s.name, x, y, at, got, want)
					}
				}
				for _, w := range wholes {
					for _, size := range []int{at + 2, len(b)} {
						if got, want := w.fast(b[:size]), w.slow(b[:size]); got != want {
							t.Fatalf("%s: %q: %v, want %v", w.name, b[:size], got, want)
						}
					}
				}
			}
		}
	}
}

// A byte outside the class is noticed between any others, in texts shorter than two words, too.
func TestScan_OneOddByte(t *testing.T) {
	for _, fill := range "1a.~" {
		for size := 1; size <= 20; size++ {
			for at := range size {
				for c := range 256 {
					b := []byte(strings.Repeat(string(fill), size))
					b[at] = byte(c)
					for _, w := range wholes {
						if w.fast(b) != w.slow(b) || w.quick(string(b)) != w.slow(b) {
							t.Fatalf("%s: %q: want %v", w.name, b, w.slow(b))
						}
					}
				}
			}
		}
	}
}

func TestScan_AnyBytes(t *testing.T) {
	bytes := rapid.SliceOfN(rapid.SampledFrom([]byte("aZ/ \t\r\n"+
		"#\x00\x1f !~\x7f\x80\x81\xff\"-.:@[`{09")), 0, 40)
	letters := rapid.SliceOfN(rapid.SampledFrom([]byte("aZ-.")), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		b := append(letters.Draw(t, "letters"), bytes.Draw(t, "bytes")...)
		i := rapid.IntRange(0, len(b)).Draw(t, "from")
		for _, s := range scanners {
			require.Equal(t, slowScan(b, i, s.bit), s.scan(b, i), s.name)
		}
		for _, w := range wholes {
			require.Equal(t, w.slow(b[i:]), w.fast(b[i:]), w.name)
			require.Equal(t, w.slow(b[i:]), w.quick(string(b[i:])), w.name)
		}
	})
}

// A byte that a word test does not mark must be in the class; marking too many costs time only.
func TestScan_WordTests(t *testing.T) {
	for _, s := range []struct {
		name  string
		odd   func(uint64) uint64
		bit   uint8
		plain int // how many bytes it passes
	}{
		{"token", oddToken, IsToken, 2*26 + 1},
		{"value", oddValue, IsValue, 95},
		{"target", oddTarget, IsTarget, 93},
		{"host", oddHost, IsRegName, 2*26 + 10 + 2},
	} {
		t.Run(s.name, func(t *testing.T) {
			plain := 0
			for c := range 256 {
				if m := s.odd(ones * uint64(c)); lowestMarked(m) {
					continue
				}
				plain++
				require.NotZero(t, classes[c]&s.bit, "%#x", c)
			}
			require.Equal(t, s.plain, plain)
		})
	}
}

func lowestMarked(m uint64) bool { return m&0x80 != 0 }

func TestEqualFold(t *testing.T) {
	require.True(t, EqualFold([]byte("aZ-[@"), "Az-[@"))
	require.False(t, EqualFold([]byte("[@"), "{`"))
	require.False(t, EqualFold([]byte("s"), "\u017f"))
	require.False(t, EqualFold([]byte("k"), "\u212a"))
	require.False(t, EqualFold([]byte("a"), "ab"))
}

// Copying gives the same verdict as looking, with any byte in any place, and copies valid text.
func TestCopy_SaysWhatValidSays(t *testing.T) {
	for n := range 42 {
		for at := range max(n, 1) {
			for c := range 256 {
				b := []byte(strings.Repeat("x-y", 14)[:n])
				if n > 0 {
					b[at] = byte(c)
				}
				d := make([]byte, n+3)
				if valid := ValidToken(b); CopyToken(d, b) != valid ||
					valid && string(d) != string(b)+"\x00\x00\x00" {
					t.Fatalf("token %q: valid %v, copied %q", b, valid, d)
				}
				clear(d)
				if valid := ValidValue(b); CopyValue(d, string(b)) != valid ||
					valid && string(d) != string(b)+"\x00\x00\x00" {
					t.Fatalf("value %q: valid %v, copied %q", b, valid, d)
				}
			}
		}
	}
}

// Trim takes the spaces and tabs at both ends, and nothing else.
func TestTrim(t *testing.T) {
	for _, in := range []string{"", " ", "\t ", "a", " a", "a ", "ab  ", " \t a b \t", "\r a\n"} {
		require.Equal(t, strings.Trim(in, " \t"), string(Trim([]byte(in))), "%q", in)
		in = "x" + in + "y"
		require.Equal(t, strings.Trim(in[1:len(in)-1], " \t"),
			string(View([]byte(in), 1, len(in)-1)), "%q", in)
	}
}

// A quoted-string ends at the quote that no backslash escapes, and an escape is of a byte that a
// value may hold. [RFC 9110 5.6.4]
func TestQuoted(t *testing.T) {
	for in, want := range map[string]struct {
		end  int
		what string
	}{
		`"a"x`:       {3, ""},
		`"a\"b" `:    {6, ""},
		`"\\"`:       {4, ""},
		"\"\t\xff\"": {4, ""},
		`"a`:         {0, "quote is not closed"},
		`"a\"`:       {0, "quote is not closed"},
		`"`:          {0, "quote is not closed"},
		`"a\`:        {2, "byte not allowed in quotes"},
		"\"\\\x00\"": {1, "byte not allowed in quotes"},
		"\"\\\x7f\"": {1, "byte not allowed in quotes"},
		"\"ab\x01\"": {3, "byte not allowed in quotes"},
	} {
		const before = "n="
		b := append([]byte(before+in), '"')[:len(before+in)] // the byte behind is not read
		end, what := AuthParam(b, 0)
		require.Equal(t, want.what, what, "%q", in)
		require.Equal(t, len(before)+want.end, end, "%q", in)
	}
}

// Unquote takes the quotes and the escapes away. Without an escape it copies nothing.
func TestUnquote(t *testing.T) {
	for in, want := range map[string]string{
		"": "", `"`: `"`, `""`: "", "a": "a", `"a"`: "a", `"a\"b\\c"`: `a"b\c`, `a"b"`: `a"b"`,
		`"\a"`: "a", `"a\"`: `a\`,
	} {
		require.Equal(t, want, string(Unquote([]byte(in))), "%q", in)
	}
	plain := []byte(`"plain"`)
	require.Zero(t, testing.AllocsPerRun(10, func() { Unquote(plain) }))
	require.Equal(t, len("plain"), cap(Unquote(plain)), "an append leaves the quote alone")
}

func TestHasPrefix(t *testing.T) {
	for _, s := range []string{"", "a", "ab", "abc", "b", "aab"} {
		for _, prefix := range []string{"", "a", "ab"} {
			require.Equal(t, strings.HasPrefix(s, prefix), HasPrefix(s, prefix), "%q %q", s, prefix)
			require.Equal(t, strings.HasPrefix(s, prefix), HasPrefix([]byte(s), prefix))
		}
	}
}

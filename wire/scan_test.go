package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Each scanner stops at the first byte outside its class, wherever it stands.
func TestScan_EveryByteEveryPlace(t *testing.T) {
	for _, s := range []struct {
		name string
		scan func([]byte, int) int
		bit  uint8
	}{
		{"token", scanToken, isToken},
		{"value", scanValue, isValue},
		{"target", scanTarget, isTarget},
	} {
		t.Run(s.name, func(t *testing.T) {
			b := make([]byte, 19)
			for size := range len(b) + 1 {
				for at := range size {
					for c := range 256 {
						for i := range b {
							b[i] = "a~!"[i%3]
						}
						b[at] = byte(c)
						want := size
						if class[c]&s.bit == 0 {
							want = at
						}
						if got := s.scan(b[:size], 0); got != want {
							t.Fatalf("byte %#x at %d of %d: %d", c, at, size, got)
						}
					}
				}
			}
		})
	}
	any8 := rapid.SliceOfN(rapid.SampledFrom([]byte("aZ/ \t\r\n#\x00\x1f !~\x7f\x80\x81\xff\"")), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		b := any8.Draw(t, "bytes")
		i := rapid.IntRange(0, len(b)).Draw(t, "from")
		naive := func(bit uint8) int {
			j := i
			for j < len(b) && class[b[j]]&bit != 0 {
				j++
			}
			return j
		}
		require.Equal(t, naive(isToken), scanToken(b, i))
		require.Equal(t, naive(isValue), scanValue(b, i))
		require.Equal(t, naive(isTarget), scanTarget(b, i))
	})
}

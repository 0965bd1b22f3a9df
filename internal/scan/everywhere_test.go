package scan

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const tchar = "!#$%&'*+-.^_`|~0123456789" +
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" // RFC 9110, 5.6.2

// Whole strings are judged like their bytes, each byte at each place, however many words they fill.
func TestValid_EveryByteEverywhere(t *testing.T) {
	for n := 2; n <= 40; n++ {
		n, fill := n/2, "a-"[n%2:n%2+1]
		for at := range n {
			s := bytes.Repeat([]byte(fill), n)
			for c := range 256 {
				s[at] = byte(c)
				token := strings.IndexByte(tchar, byte(c)) >= 0
				blank := c == ' ' || c == '\t'
				value := c == '\t' || c >= 0x20 && c != 0x7f
				value = value && !(blank && (at == 0 || at == n-1))
				copied := make([]byte, n)
				if ValidToken(s) != token || CopyToken(copied, s) != token ||
					token && !bytes.Equal(s, copied) {
					t.Errorf("token %q", s)
				}
				if ValidValue(s) != value || CopyValue(copied, s) != value ||
					value && !bytes.Equal(s, copied) {
					t.Errorf("value %q", s)
				}
			}
		}
	}
}

// Single bytes are in the classes of RFC 9110, 5.6.4, and ASCII.
func TestClasses(t *testing.T) {
	for c := range 256 {
		b := byte(c)
		quoted := b == '\t' || b == ' ' || b == '!' || b >= '#' && b <= '[' || b >= ']' && b <= '~' ||
			b >= 0x80
		require.Equal(t, quoted, Is(b, IsQuoted), "qdtext %q", b)
		require.Equal(t, strings.IndexByte("0123456789", b) >= 0, IsDigit(b), "digit %q", b)
		if b < 0x80 {
			require.Equal(t, strings.ToLower(string(rune(b))), string(rune(Lower(b))), "%q", b)
		} else {
			require.Equal(t, b, Lower(b))
		}
	}
	require.Empty(t, Trim([]byte(" ")))
	require.Equal(t, "a", string(Trim([]byte("\t a \t"))))
}

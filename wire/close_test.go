package wire

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestValidCloseCode(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	for code := range 1 << 16 {
		reserved := code == 1004 || code == 1005 || code == 1006
		want := 1000 <= code && code < 1015 && !reserved || 3000 <= code && code < 5000
		require.Equal(t, want, ValidCloseCode(uint16(code)), code)
	}
}

func TestCloseReason(t *testing.T) {
	require.Equal(t, "bye", CloseReason("bye"))
	require.Equal(t, "a\uFFFDb", CloseReason("a\xff\xfeb"), "something was there")
	require.Len(t, CloseReason(strings.Repeat("x", 200)), MaxCloseReason)
	require.Equal(t, strings.Repeat("€", 41), CloseReason(strings.Repeat("€", 60)))
	for n := range 130 {
		for _, s := range []string{strings.Repeat("x", n) + "€€", strings.Repeat("\xff€", n)} {
			got := CloseReason(s)
			require.True(t, utf8.ValidString(got) && len(got) <= MaxCloseReason && len(got) > min(len(s), MaxCloseReason)-4)
		}
	}
}

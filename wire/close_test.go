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
	require.Len(t, CloseReason(strings.Repeat("x", 200)), maxCloseReason)
	require.Equal(t, strings.Repeat("€", 41), CloseReason(strings.Repeat("€", 60)))
	for n := range 130 {
		for _, s := range []string{strings.Repeat("x", n) + "€€", strings.Repeat("\xff€", n)} {
			got := CloseReason(s)
			require.True(t, utf8.ValidString(got) && len(got) <= maxCloseReason &&
				len(got) > min(len(s), maxCloseReason)-4)
		}
	}
}

// ParseClose reads all that AppendClose writes, for any reason; a code that must not be sent is
// refused, and says why.
func TestClose_Body(t *testing.T) {
	require.Empty(t, AppendClose(nil, 0, "no code, no reason"))
	require.Equal(t, "x\x03\xe8bye", string(AppendClose([]byte("x"), 1000, "bye")))
	for _, reason := range []string{"", "bye", strings.Repeat("€", 60), "a\xff"} {
		p := AppendClose(nil, 4999, reason)
		require.LessOrEqual(t, len(p), 125)
		code, got, err := ParseClose(p)
		require.NoError(t, err)
		require.EqualValues(t, 4999, code)
		require.Equal(t, CloseReason(reason), got)
	}
	code, reason, err := ParseClose(nil)
	require.NoError(t, err)
	require.Zero(t, code)
	require.Empty(t, reason)
	for body, want := range map[string]Kind{"\x03": KindClose, "\x00\x00": KindClose,
		"\x03\xed": KindClose, "\x03\xe8\xff": KindUTF8} {
		_, _, err := ParseClose([]byte(body))
		require.Equal(t, want, KindOf(err), "%q", body)
	}
	_, _, err = ParseClose([]byte("\x03\xe8a\xff"))
	require.Equal(t, &ParseError{KindUTF8, 2, "the reason"}, err)
}

// A script may send fewer codes than a program; each of them is valid.
func TestScriptCloseCode(t *testing.T) {
	for code := range 1 << 16 {
		want := code == 1000 || code > 2999 && code < 5000
		require.Equal(t, want, ScriptCloseCode(uint16(code)), code)
		require.True(t, !want || ValidCloseCode(uint16(code)), code)
	}
}

package scan

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"", 0, ""}, {"", 5, ""}, {"abc", 3, "abc"}, {"abc", 2, "ab"}, {"abc", 0, ""},
		{"aé", 2, "a"}, {"aé", 3, "aé"}, {"aéb", 3, "aé"}, {"é", 1, ""}, {"€€", 5, "€"}, {"a💩", 4, "a"},
		{"💩💩", 4, "💩"}, {"💩💩", 7, "💩"},
		{"\xe9\xe9\xe9", 2, "\xe9\xe9"}, {"\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80"},
		{"a\xe2\x82b", 2, "a\xe2"}, {"\x80\x80", 1, "\x80"},
	} {
		require.Equal(t, c.want, Cut(c.s, c.n), "%q %d", c.s, c.n)
		require.Equal(t, c.want, string(Cut([]byte(c.s), c.n)), "%q %d", c.s, c.n)
	}
	require.Zero(t, testing.AllocsPerRun(10, func() { _ = Cut([]byte("€€"), 4) }))
}

// A cut text of UTF-8 is UTF-8, and has room for less than one character more.
func TestCut_AnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "text"), rapid.IntRange(0, 40).Draw(t, "room")
		got := Cut(s, n)
		require.True(t, strings.HasPrefix(s, got) && len(got) <= n && utf8.ValidString(got))
		_, size := utf8.DecodeRuneInString(s[len(got):])
		require.True(t, got == s || len(got)+size > n, "%q", got)
		raw := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		got = Cut(raw, n)
		require.True(t, strings.HasPrefix(raw, got) && len(got) <= n &&
			len(got) > min(n, len(raw))-utf8.UTFMax)
	})
}

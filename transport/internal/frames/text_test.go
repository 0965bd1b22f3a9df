package frames

import (
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// The tables are right: Go's own decoder agrees, and no verdict is expected early.
func TestAutobahn_TextTables(t *testing.T) {
	for _, s := range frametest.GoodText {
		require.True(t, utf8.ValidString(s) || strings.Contains(s, "\ufffd"), "%q", s)
	}
	for _, s := range frametest.BadText {
		require.False(t, utf8.ValidString(s.P), "%q", s.P)
		first := 0
		for n := range len(s.P) {
			if _, ok := wholeCharacters([]byte(s.P[:n+1])); !ok {
				first = n + 1
				break
			}
		}
		require.Equal(t, s.At, first, "%q", s.P)
		completable := s.At == 0
		for _, tail := range []string{"\x80", "\x80\x80", "\x80\x80\x80", "\xbf", "\xa0\x80",
			"\x90\x80\x80", ""} {
			if s.At > 0 {
				completable = completable || utf8.ValidString(s.P[:s.At-1]+tail)
			}
		}
		require.True(t, completable, "%q is certainly wrong before byte %d", s.P, s.At)
	}
}

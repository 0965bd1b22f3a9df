package khptest

import (
	"strings"
	"testing"

	"example.com/khp/internal/visible"
	"github.com/stretchr/testify/require"
)

// Playful is a text by which a peer may try to control a terminal, turn text around, begin a line
// of its own, or be overlooked; controls come in some places only.
const (
	Playful = "P\u009b2J\u0085\u2028\u2029\u202a\u202e" +
		"\u2066\u2069\u200e\u200f\u061c\u200b\ufeff\u00ad\U000e0041Q"
	Controls = "\x1b[2J\x07\x08\x7f\r\v"
)

// WantVisible fails if text has anything that does not show, or not all of a peer's words.
func WantVisible(t *testing.T, what, text string) {
	t.Helper()
	require.Contains(t, text, `P\u009b2J`, "%s shows the words: %q", what, text)
	require.Contains(t, text, `\u202e`)
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		require.True(t, visible.Rune(r) || r == '\n' || r == '\t', "%s has %U: %q", what, r, text)
	}
}

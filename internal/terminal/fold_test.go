package terminal

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("word ", n)) }
	for text, want := range map[string]string{
		"":                "",
		"short\n\n  line": "short\n\n  line",
		"NAME  in 3  " + words(30): "NAME  in 3  " + words(13) + "\n            " + words(13) +
			"\n            " + words(4),
		"  " + words(20): "  " + words(15) + "\n    " + words(5),
		"  \x1b[1m" + words(20) + "\x1b[0m\n": "  \x1b[1m" + words(15) + "\n    " +
			words(5) + "\x1b[0m\n",
		strings.Repeat("x", 100):          strings.Repeat("x", 100),
		strings.Repeat("é", 80):           strings.Repeat("é", 80),
		strings.Repeat("é", 78) + " é é":  strings.Repeat("é", 78) + " é\n  é",
		"blank" + strings.Repeat(" ", 90): "blank" + strings.Repeat(" ", 90),
	} {
		require.Equal(t, want, Fold(text), text)
	}
}

// No word is lost, and no line is too long if no word is.
func TestFold_Words(t *testing.T) {
	colour := regexp.MustCompile("\x1b\\[[0-9;]*m")
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(
			rapid.StringMatching(`( {0,3}(\x1b\[3[0-7]m)?[a-zé]{1,25}){0,12}`)).Draw(t, "lines"), "\n")
		folded := Fold(text)
		if got, want := strings.Fields(folded),
			strings.Fields(text); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("want %q, got %q", want, got)
		}
		for line := range strings.Lines(folded) {
			plain := strings.TrimRight(colour.ReplaceAllString(line, ""), "\n ")
			if utf8.RuneCountInString(plain) > Columns && len(strings.Fields(plain)) > 1 {
				t.Fatalf("too long: %q", plain)
			}
		}
	})
}

package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Output for people has lines of at most 80 characters, words aside that are longer by
// themselves. The help of all commands, khp status and khp demo have tests of their own.
func TestOutput_FitsTerminals(t *testing.T) {
	for _, args := range [][]string{
		{"explore", "--bounds", "small", "--model", "byzantine-client", "--progress", "none"},
		{"explore", "--bounds", "small", "--model", "byzantine-server", "--fault", "skip-terminator",
			"--progress", "none"},
		{"replay", "testdata/sample.pcapng"},
		{"replay", "testdata/sample.pcapng", "--draw", "text"},
		{"conform", "self", "--list"},
		{"conform", "self", "--run", "khp/ext/401/*", "-v"},
		{"sim", "../../sim/script/testdata/language"},
		{"sim", "--random", "20"},
		{"serve", "--check"},
		{"version"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			if testing.Short() && args[0] == "explore" {
				t.Skip("exploring is slow under the race detector, and sim/model runs under it")
			}
			_, out, errs := runHere(t, "", args...)
			require.NotEmpty(t, out, errs)
			for line := range strings.Lines(out) {
				line = strings.TrimRight(line, "\n")
				if strings.Contains(strings.TrimSpace(line), " ") {
					require.LessOrEqual(t, utf8.RuneCountInString(line), 80, line)
				}
			}
		})
	}
}

package script

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Scenarios from which words and lines are missing are mistakes or other scenarios; nothing panics,
// and no invariant breaks.
func TestMutilated(t *testing.T) {
	if testing.Short() {
		t.Skip("runs hundreds of scenarios, which takes seconds")
	}
	files, err := filepath.Glob("testdata/adv/ADV-[0-7]*.txt")
	require.NoError(t, err)
	require.Greater(t, len(files), 70)
	const seed = 1
	r := rand.New(rand.NewPCG(seed, 0))
	for _, path := range files {
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		for range 3 {
			lines := strings.Split(string(source), "\n")
			for range 1 + r.IntN(4) {
				i := r.IntN(len(lines))
				words := strings.Split(lines[i], " ")
				at := r.IntN(len(words))
				lines[i] = strings.Join(slices.Delete(words, at, at+1), " ")
			}
			text := strings.Join(lines, "\n")
			require.Empty(t, Fails(path, text, Options{}), "seed %d:\n%s", seed, text)
		}
	}
}

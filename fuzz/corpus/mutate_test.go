package corpus

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/wire"
)

func TestSplits(t *testing.T) {
	n := 0
	for first, second := range Splits([]byte("abcd")) {
		n++
		require.Equal(t, "abcd", string(first)+string(second))
		require.Len(t, first, n)
	}
	require.Equal(t, 3, n)
	for range Splits(nil) {
		t.Fatal("nothing to cut")
	}
	for range Splits([]byte("abcd")) {
		break
	}
}

func TestPieces(t *testing.T) {
	require.Equal(t, [][]byte{[]byte("ab"), []byte("cd"), []byte("e")},
		slices.Collect(Pieces([]byte("abcde"), 2)))
	require.Len(t, slices.Collect(Pieces([]byte("abcde"), 0)), 5)
}

func TestMutations(t *testing.T) {
	const message = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	count := map[string]int{}
	refused := 0
	for name, m := range Mutations([]byte(message)) {
		count[name]++
		var r wire.Request
		if r.Parse(m, wire.Limits{}) != nil {
			refused++
		}
		clear(m) // each is a new slice
	}
	require.Equal(t, map[string]int{"insert": 338, "replace": 312, "drop line": 4, "double line": 4,
		"line first": 4, "bare CR": 4, "bare LF": 4, "cut": 27}, count)
	require.Greater(t, refused, 400, "most of them break something")
	for stop := range 700 { // it may be left anywhere
		for range Mutations([]byte(message)) {
			if stop--; stop < 0 {
				break
			}
		}
	}
}

// A generated message is well-formed by the strictest reader here, and repeats with its seed.
func TestGenerate(t *testing.T) {
	for _, kind := range []Kind{Request, Response} {
		bodies, n := 0, 0
		var list []string
		for b := range Generate(kind, 7) {
			var req wire.Request
			var resp wire.Response
			err := req.Parse(b, wire.Limits{})
			if kind == Response {
				err = resp.Parse(b, wire.Limits{})
			}
			require.NoError(t, err, "%q", b)
			bodies += len(req.Body) + len(resp.Body)
			list = append(list, string(b))
			if n++; n == 2000 {
				break
			}
		}
		require.Positive(t, bodies)
		require.Greater(t, len(slices.Compact(slices.Sorted(slices.Values(list)))), 1800, "they differ")
		for b := range Generate(kind, 7) {
			require.Equal(t, list[0], string(b))
			break
		}
	}
	for range Generate("tokens", 1) {
		t.Fatal("no such generator")
	}
}

func TestDictionary(t *testing.T) {
	text := Dictionary()
	n := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line[0] == '#' {
			continue
		}
		require.Regexp(t, `^khp_\d{3}="([ !#-\[\]-~]|\\\\|\\"|\\x[0-9a-f]{2})+"$`, line)
		n++
	}
	require.Equal(t, len(Words()), n)
	require.Contains(t, text, `"\xef\x83\xbfN"`)
	require.Contains(t, text, `="\\"`)
}

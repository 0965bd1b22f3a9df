package corpus

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCases(t *testing.T) {
	cases, err := decode(file)
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	seen := map[string]bool{}
	for _, c := range cases {
		require.False(t, seen[c.ID], c.ID)
		require.Regexp(t, `^[A-Za-z0-9._+-]+$`, c.ID, "it is a file name")
		require.Contains(t, []string{"accept", "reject", "same", "different"}, c.Verdict, c.ID)
		require.NotEmpty(t, c.Why, c.ID)
		require.Equal(t, c.Kind == "unit", c.Messages != nil, c.ID)
		seen[c.ID] = true
	}
	n := 0
	for _, k := range Kinds() {
		for c := range Of(k) {
			require.Equal(t, k, c.Kind)
			n++
		}
	}
	require.Equal(t, len(cases), n)
	require.Contains(t, Kinds(), Request)
	require.Contains(t, Kinds(), Response)
}

// Changes that a caller makes to the bytes of a case stay with the caller.
func TestCases_Copies(t *testing.T) {
	first := Cases()[0]
	first.Input[0] = '!'
	require.NotEqual(t, first.Input, Cases()[0].Input)
	for c := range Of(first.Kind) {
		require.NotEqual(t, first.Input, c.Input)
		break
	}
}

func TestDecode_Errors(t *testing.T) {
	for _, line := range []string{`{`, `{"id":"x","input":"\\q"}`,
		`{"id":"x","kind":"unit","input":"x"}`} {
		_, err := decode([]byte(line))
		require.Error(t, err, line)
	}
}

func TestValues(t *testing.T) {
	list := slices.Collect(Values("content-length"))
	require.NotEmpty(t, list)
	seen := map[string]bool{}
	for _, v := range list {
		require.False(t, seen[string(v)], "%q twice", v)
		seen[string(v)] = true
	}
	for range Values("content-length") {
		break
	}
}

// The ten lines of the page are the ten lines that compile.
func TestPage_TenLines(t *testing.T) {
	page, err := os.ReadFile("../../docs/fuzzing.md")
	require.NoError(t, err)
	source, err := os.ReadFile("seed_example_test.go")
	require.NoError(t, err)
	_, lines, found := strings.Cut(string(source), "\nfunc FuzzYourParser")
	require.True(t, found)
	require.Contains(t, string(page), "func FuzzYourParser"+lines)
}

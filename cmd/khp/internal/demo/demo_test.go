package demo

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/internal/terminal"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files again")

var (
	loopback = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	padding  = regexp.MustCompile(`(PORT\S*) +│`)
)

// normalised replaces the ports that the system chose, in order of appearance, and the lengths that
// depend on them.
func normalised(out string) string {
	names := make(map[string]string)
	out = loopback.ReplaceAllStringFunc(out, func(addr string) string {
		if names[addr] == "" {
			names[addr] = "127.0.0.1:PORT" + strconv.Itoa(len(names)+1)
		}
		return names[addr]
	})
	return padding.ReplaceAllString(out, "$1 │")
}

func TestDemo_Golden(t *testing.T) {
	code, out, errs := khptest.Run(t, Command, "", "demo")
	require.Equal(t, cli.ExitOK, code, out+errs)
	require.Empty(t, errs)
	require.NotContains(t, out, "\x1b", "no colours where there is no terminal")
	for line := range strings.Lines(out) {
		require.LessOrEqual(t, len([]rune(line)), terminal.Columns+1, line)
	}
	golden := filepath.Join("testdata", "demo.golden")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(normalised(out)), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	wantLines, gotLines := strings.Split(string(want), "\n"), strings.Split(normalised(out), "\n")
	for i := range min(len(wantLines), len(gotLines)) {
		require.Equal(t, wantLines[i], gotLines[i],
			"line %d; go test ./cmd/khp/internal/demo -update writes the golden file again", i+1)
	}
	require.Len(t, gotLines, len(wantLines))
}

func TestDemo_FailsIfASceneDoes(t *testing.T) {
	saved := scenes
	defer func() { scenes = saved }()
	wrong := saved[0]
	wrong.a = func(*stage) []string { return []string{"/=status:404"} }
	loop := saved[3]
	loop.b = nil
	scenes = []scene{wrong, loop, saved[4]}
	code, out, errs := khptest.Run(t, Command, "", "demo")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, out, "not as expected")
	require.Contains(t, out, "the connection opened, but should not have")
	require.Equal(t, "khp: 2 of 3 scenes did not end as expected\n", errs)
}

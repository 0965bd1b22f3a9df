package script

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/khp/sim/script/internal/play"
	"example.com/khp/sim/verdict"
	"github.com/stretchr/testify/require"
)

const page = "../../docs/scenarios.md"

// The examples of the page come out as they stand there.
func TestPage_Examples(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	parts := strings.Split(string(text), "```scenario\n")
	require.Greater(t, len(parts), 4)
	for i, part := range parts[1:] {
		source, rest, ok := strings.Cut(part, "```")
		require.True(t, ok)
		f := mustParse(t, page, source)
		t.Run(f.Title, func(t *testing.T) {
			out, err := f.Run(Options{})
			require.NoError(t, err)
			if *update {
				parts[i+1] = out.Source + "```" + rest
				return
			}
			for _, m := range out.Mismatches {
				t.Errorf("%s:\n%s", page, Diff(m.Want, m.Got))
			}
		})
	}
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(strings.Join(parts, "```scenario\n")), 0o644))
	}
}

// The page names every command, every step and every option.
func TestPage_IsComplete(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	for name := range commands {
		require.Contains(t, string(text), "`"+name, "command %s", name)
	}
	for name := range play.StepReaders {
		require.Contains(t, string(text), "`"+name, "step %s", name)
	}
	for name := range play.GradedSteps {
		require.Contains(t, string(text), "`"+name, "step %s", name)
	}
	for _, k := range play.Kinds {
		require.Contains(t, string(text), "`"+string(k)+"`", "what a peer may do")
	}
	for _, key := range verdict.ConditionKeys() {
		require.Contains(t, string(text), "`"+key+"=", "condition")
	}
	for _, name := range slices.Sorted(maps.Keys(caseVariables)) {
		require.Contains(t, string(text), "`$"+name+"`", "variable")
	}
	for _, source := range []string{"client ws://a/ bogus=x\n", "server a bogus=x\n",
		"server a\n  101 bogus=x\n"} {
		_, err := mustParse(t, "x", source).Run(Options{})
		require.Error(t, err)
		_, names, ok := strings.Cut(err.Error(), "expected one of ")
		require.True(t, ok, err)
		for name := range strings.FieldsSeq(names) {
			name, _, _ = strings.Cut(name, "=")
			require.Contains(t, string(text), name+"=", "%s", source)
		}
	}
}

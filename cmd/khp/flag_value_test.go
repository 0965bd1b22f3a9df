package main

import (
	"io"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// What a flag expects is said in the words of this program, whatever its type is.
func TestFlagValue_NoWordsOfALibrary(t *testing.T) {
	libraries := []string{"invalid argument", "time:", "strconv", "parsing", "missing unit"}
	every(rootCommand(&cli.Env{}, io.Discard), func(cmd *cobra.Command) {
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Set("a\x1bb") == nil {
				return // any text will do
			}
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name+"=a\x1bb")
			code, _, errs := runHere(t, "", args...)
			require.Equal(t, cli.ExitUsage, code, args)
			require.Contains(t, errs, `khp: --`+f.Name+` "a\x1bb": `)
			require.Contains(t, errs, "; see "+cmd.CommandPath()+" --help\n")
			for _, words := range libraries {
				require.NotContains(t, errs, words)
			}
		})
	})
	code, _, errs := runHere(t, "", "dial", "ws://h/", "--timeout", "5")
	require.Equal(t, cli.ExitUsage, code)
	require.Equal(t, "khp: --timeout 5: expected a time with its unit, as in 30s, 500ms or 1h30m; see khp dial --help\n", errs)
}

// The help of a flag that takes a time or a size shows how one is written.
func TestHelp_ShowsFormsOfTimesAndSizes(t *testing.T) {
	seen := 0
	every(rootCommand(&cli.Env{}, io.Discard), func(cmd *cobra.Command) {
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			switch f.Value.Type() {
			case "duration", "size":
				seen++
				require.Regexp(t, `as in .*\d(ms|s|m|h|k|M)\b`, f.Usage, "%s --%s", cmd.CommandPath(), f.Name)
				require.Contains(t, f.Usage, "`", "a name for the value")
			}
		})
	})
	require.GreaterOrEqual(t, seen, 6)
}

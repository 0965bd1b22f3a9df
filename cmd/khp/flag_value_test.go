package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "0s": 0, "30s": 30 * time.Second, "1h30m": 90 * time.Minute, "500ms": time.Second / 2} {
		var d duration
		require.NoError(t, d.Set(text))
		require.Equal(t, want, time.Duration(d), text)
		var again duration
		require.NoError(t, again.Set(d.String()))
		require.Equal(t, d, again)
	}
	for text, want := range map[string]string{
		"": "as in 30s", "5": "as in 30s", "5 s": "as in 30s", "soon": "as in 30s", "2500000h": "as in 30s", "-1s": "cannot be negative",
	} {
		d := duration(time.Hour)
		require.ErrorContains(t, d.Set(text), want, text)
		require.Equal(t, duration(time.Hour), d, "a refused value changes nothing")
	}
}

// What a flag expects is said in the words of this program, whatever its type is.
func TestFlagValue_NoWordsOfALibrary(t *testing.T) {
	libraries := []string{"invalid argument", "time:", "strconv", "parsing", "missing unit"}
	every((&cli{}).rootCommand(), func(cmd *cobra.Command) {
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Set("a\x1bb") == nil {
				return // any text will do
			}
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name+"=a\x1bb")
			code, _, errs := runHere(t, "", args...)
			require.Equal(t, exitUsage, code, args)
			require.Contains(t, errs, `khp: --`+f.Name+` "a\x1bb": `)
			require.Contains(t, errs, "; see "+cmd.CommandPath()+" --help\n")
			for _, words := range libraries {
				require.NotContains(t, errs, words)
			}
		})
	})
	code, _, errs := runHere(t, "", "dial", "ws://h/", "--timeout", "5")
	require.Equal(t, exitUsage, code)
	require.Equal(t, "khp: --timeout 5: expected a time with its unit, as in 30s, 500ms or 1h30m; see khp dial --help\n", errs)
}

// The help of a flag that takes a time or a size shows how one is written.
func TestHelp_ShowsFormsOfTimesAndSizes(t *testing.T) {
	seen := 0
	every((&cli{}).rootCommand(), func(cmd *cobra.Command) {
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

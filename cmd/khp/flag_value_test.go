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

// Messages about a flag's value use the words of this program, whatever the flag's type is.
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
	require.Equal(t, "khp: --timeout 5: expected a time with its unit, as in 30s, 500ms or 1h30m; "+
		"see khp dial --help\n", errs)
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

// An empty value or argument, as a variable of a script leaves it that is not set, is refused by
// every command, and not taken for one that was left out.
func TestFlagValue_Empty(t *testing.T) {
	seen := 0
	every(rootCommand(&cli.Env{}, io.Discard), func(cmd *cobra.Command) {
		path := strings.Fields(cmd.CommandPath())[1:]
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if cmd.Name() == "dial" && f.Name == "send" {
				return // TestDial_EmptyValue
			}
			seen++
			code, out, errs := runHere(t, "", append(path, "--"+f.Name+"=")...)
			require.Equal(t, cli.ExitUsage, code, "%s --%s=", path, f.Name)
			require.Regexp(t, `^khp: --`+f.Name+` "": (the value is empty; give it one, `+
				`or leave the flag out|expected .*); see `+cmd.CommandPath()+" --help\n$", errs)
			require.Empty(t, out)
		})
		code, _, errs := runHere(t, "", append(path, "")...)
		require.Equal(t, cli.ExitUsage, code, path)
		require.Regexp(t, `^khp: (argument 1 of `+cmd.CommandPath()+` is empty; see)`, errs)
	})
	require.Greater(t, seen, 100)
}

// The help names the value of a flag by its meaning, and not by a type of a programming language,
// and puts one that can be left out in brackets.
func TestHelp_NamesOfValues(t *testing.T) {
	every(rootCommand(&cli.Env{}, io.Discard), func(cmd *cobra.Command) {
		if cmd.HasParent() && cmd.Parent().Name() == "completion" {
			return // whose flags have no values
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() != "bool" {
				require.Regexp(t, "`[^`]+`", f.Usage, "%s --%s", cmd.CommandPath(), f.Name)
			}
		})
	})
	_, out, _ := runHere(t, "", "serve", "--help")
	require.Contains(t, out, "      --plain[=PATH]")
	require.NotContains(t, out, "[=true]")
}

package khptest

import (
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
)

// Run runs a command in this process, as khp does; args begin with its name.
func Run(
	t *testing.T, command func(*cli.Env) *cobra.Command, stdin string, args ...string,
) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = RunIn(&cli.Env{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
		Notify: cli.Signals}, command, args...)
	return code, out.String(), errs.String()
}

// RunIn is [Run] in a world of the test's own. It returns the exit code.
func RunIn(c *cli.Env, command func(*cli.Env) *cobra.Command, args ...string) int {
	root := &cobra.Command{Use: "khp", SilenceErrors: true, SilenceUsage: true}
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetFlagErrorFunc(cli.FlagError)
	root.AddCommand(command(c))
	root.SetArgs(args)
	return cli.Exit(c.Stderr, root.Execute())
}

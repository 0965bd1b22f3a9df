package khptest

import (
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
)

// Run runs a command in this process, as khp does; args begin with its name.
func Run(t *testing.T, command func(*cli.Env) *cobra.Command, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	root := &cobra.Command{Use: "khp", SilenceErrors: true, SilenceUsage: true}
	root.SetOut(&out)
	root.SetErr(&errs)
	root.SetFlagErrorFunc(cli.FlagError)
	root.AddCommand(command(&cli.Env{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Notify: cli.Signals}))
	root.SetArgs(args)
	code = cli.Exit(&errs, root.Execute())
	return code, out.String(), errs.String()
}

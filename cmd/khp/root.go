package main

import (
	"io"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/conform"
	"example.com/khp/cmd/khp/internal/convert"
	"example.com/khp/cmd/khp/internal/demo"
	"example.com/khp/cmd/khp/internal/dial"
	"example.com/khp/cmd/khp/internal/explore"
	"example.com/khp/cmd/khp/internal/gateway"
	"example.com/khp/cmd/khp/internal/graph"
	"example.com/khp/cmd/khp/internal/replay"
	"example.com/khp/cmd/khp/internal/sim"
	"example.com/khp/cmd/khp/internal/status"
	"example.com/khp/internal/terminal"
	"github.com/spf13/cobra"
)

// rootCommand is the tree of commands. Texts of cobra, such as help, go to out.
func rootCommand(c *cli.Env, out io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "khp",
		Short: "Serve, reach and explain the Kaazing WebSocket Handshake Protocol",
		Long: `khp speaks the Kaazing WebSocket Handshake Protocol (KHP): a second, extended
handshake in HTTP inside a WebSocket, with redirects, challenges and extensions
that the first one cannot do.

Exit codes of all commands: 0 done; 1 the handshake, property, scenario, replay
or case failed; 2 wrong usage, or input that cannot be read; 3 the target cannot
be reached; 4 khp explore stopped before the end, so nothing is known yet.`,
		Example: `  khp demo                                  watch it
  khp serve                                 echo server on ws://127.0.0.1:8080
  khp dial ws://127.0.0.1:8080/ --send hi   reach it from another terminal
  khp status 401                            what both sides do with a 401`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return cli.Usagef("unknown command %q%s; see khp --help", args[0], didYouMean(cmd, args[0]))
		},
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(c.Stdin)
	root.SetOut(out)
	root.SetErr(c.Stderr)
	root.SetFlagErrorFunc(cli.FlagError)
	root.AddCommand(
		gateway.Command(c), convert.Command(c), dial.Command(c), demo.Command(c), status.Command(c),
		versionCommand(c),
		graph.Command(c), explore.Command(c), sim.Command(c), replay.Command(c),
		conform.Command(c), manCommand(),
	)
	root.SetHelpCommand(helpCommand())
	root.InitDefaultCompletionCmd()
	exampleForCompletion(root)
	cli.Strict(root)
	cli.FitHelp(root)
	return root
}

// didYouMean suggests a command that is spelled nearly so.
func didYouMean(cmd *cobra.Command, name string) string {
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return " (did you mean " + strings.Join(near, " or ") + "?)"
	}
	return ""
}

// helpCommand is cobra's, except that an unknown topic is a mistake.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Long:    "Help explains a command, like COMMAND --help.",
		Example: "  khp help serve",
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil || target == nil || len(rest) > 0 {
				return cli.Usagef("no help about %q; see khp --help", strings.Join(args, " "))
			}
			return target.Help()
		},
	}
}

// exampleForCompletion gives the commands of cobra an example, which every command of ours has.
func exampleForCompletion(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Example = "  khp completion bash > /etc/bash_completion.d/khp"
		cmd.Args = nil
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.Usagef("no completion for %q; see khp completion --help", args[0])
			}
			return cmd.Help()
		}
		for _, shell := range cmd.Commands() {
			shell.Long = fitLines(shell.Long)
			shell.Example = "  khp completion " + shell.Name() + " > khp-completion." + shell.Name()
			shell.Args = cli.NoArgs
		}
	}
}

// fitLines wraps the lines of a text that are longer than those of a terminal.
func fitLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if len(line) > terminal.Columns {
			line = strings.Join(terminal.Wrap(line, terminal.Columns), "\n") + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

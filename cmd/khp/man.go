package main

import (
	"os"
	"regexp"
	"strconv"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the manual pages, for packagers.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the manual pages of all commands to a folder",
		Long: `Man writes a manual page for each command to a folder, which it makes if it does
not exist. Their date is SOURCE_DATE_EPOCH of the environment, in seconds since
1970, where that is set.`,
		Example: "  khp man /usr/local/share/man/man1",
		Hidden:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("khp man takes one FOLDER, as in khp man /usr/local/share/man/man1")
			}
			if args[0] == "-" {
				return cli.Usagef("khp man -: expected a folder, for more than one page is written; " +
					"./- is one of that name")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			date := time.Now()
			if text := os.Getenv("SOURCE_DATE_EPOCH"); text != "" {
				seconds, err := strconv.ParseInt(text, 10, 64)
				if err != nil {
					return cli.Usagef("SOURCE_DATE_EPOCH=%q is no number of seconds since 1970", text)
				}
				date = time.Unix(seconds, 0).UTC()
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			preformat(root)
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return cli.Failf(cli.ExitFailed, "cannot make the folder %s: %s", args[0], cli.Cause(err))
			}
			header := &doc.GenManHeader{Section: "1", Source: "khp", Manual: "User Commands", Date: &date}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return cli.Failf(cli.ExitFailed, "cannot write the manual pages to %s: %s", args[0],
					cli.Cause(err))
			}
			return nil
		},
	}
}

// indented is a paragraph of a help text whose lines stand as they are.
var indented = regexp.MustCompile(`(?m)^(\n*)((?:  .*\n?)+)`)

// line is the beginning of each of its lines.
var line = regexp.MustCompile(`(?m)^  `)

// preformat marks indented paragraphs as such for the library, which reads help texts as Markdown.
func preformat(cmd *cobra.Command) {
	cmd.Long = indented.ReplaceAllStringFunc(cmd.Long, func(p string) string {
		return "\n" + line.ReplaceAllString(p, "      ") + "\n"
	})
	for _, c := range cmd.Commands() {
		preformat(c)
	}
}

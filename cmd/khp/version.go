package main

import (
	"fmt"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
)

func versionCommand(c *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print what this binary was built from",
		Long: `Version prints the version of the module, the revision of its source if it was
built from a checkout, the Go version and the platform.`,
		Example: "  khp version",
		Args:    cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.Stdout, cli.Version())
			return err
		},
	}
}

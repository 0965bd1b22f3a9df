package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (c *cli) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print what this binary was built from",
		Long: `Version prints the version of the module, the revision of its source if it was
built from a checkout, the Go version and the platform.`,
		Example: "  khp version",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, _ := debug.ReadBuildInfo()
			_, err := fmt.Fprintln(c.stdout, versionText(info))
			return err
		},
	}
}

// versionText is one line; info may be nil.
func versionText(info *debug.BuildInfo) string {
	version, revision, built, dirty := "(devel)", "", "", ""
	if info != nil {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = " revision " + s.Value
			case "vcs.time":
				built = " of " + s.Value
			case "vcs.modified":
				if s.Value == "true" {
					dirty = " with local changes"
				}
			}
		}
	}
	if revision == "" {
		built = ""
	}
	return fmt.Sprintf("khp %s%s%s%s, %s, %s/%s", version, revision, built, dirty, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

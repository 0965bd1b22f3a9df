package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version describes the source of this binary in one line.
func Version() string {
	info, _ := debug.ReadBuildInfo()
	return versionText(info)
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
	return fmt.Sprintf("khp %s%s%s%s, %s, %s/%s",
		version, revision, built, dirty, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

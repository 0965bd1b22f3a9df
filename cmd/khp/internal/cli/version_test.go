package cli

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionText(t *testing.T) {
	info := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"},
		{Key: "vcs.modified", Value: "true"},
	}}
	require.Contains(t, versionText(info),
		"khp v1.2.3 revision 0123abc of 2026-01-02T03:04:05Z with local changes, go")
	require.Contains(t, versionText(nil), "khp (devel), go")
}

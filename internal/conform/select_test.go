package conform

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		glob, id string
		want     bool
	}{
		{"khp/ext/401", "khp/ext/401/replay", true}, {"khp/ext/401/*", "khp/ext/401/replay", true},
		{"khp/ext/4", "khp/ext/401/replay", false}, {"*/replay", "khp/ext/401/replay", true},
		{"khp/ext/401/replay", "khp/ext/401/replay", true},
		{"khp/ext/401/replay", "khp/ext/401/replay-keeps-extensions", false}, {"*", "x/y", true},
		{"khp/*/401/*", "khp/ext/401/replay", true},
		{"khp/", "khp/ext/x", true}, {"", "khp/ext/x", false},
	} {
		require.Equal(t, c.want, Matches(c.glob, c.id), "%s %s", c.glob, c.id)
	}
}

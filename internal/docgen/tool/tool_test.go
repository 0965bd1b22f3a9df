package tool

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun_AllowsOneExitCode(t *testing.T) {
	out, _, err := Run(1, "sh", "-c", "echo yes; exit 1")
	require.NoError(t, err)
	require.Equal(t, "yes", strings.TrimSpace(string(out)))
	_, _, err = Run(1, "sh", "-c", "echo no >&2; exit 2")
	require.ErrorContains(t, err, "no")
}

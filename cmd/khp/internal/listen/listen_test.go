package listen

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// 0.0.0.0 means IPv4 only.
func TestListen_IPv4Only(t *testing.T) {
	ln, err := Listen("--listen", "0.0.0.0:0")
	require.NoError(t, err)
	defer func() { _ = ln.Close() }()
	require.Regexp(t, `^0\.0\.0\.0:\d+$`, ln.Addr().String())
}

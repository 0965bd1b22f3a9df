package judge

import (
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A list may stand in several fields.
func TestFields_HasToken(t *testing.T) {
	f := wire.Fields{{Name: []byte("Connection"), Value: []byte("keep-alive")},
		{Name: []byte("connection"), Value: []byte("x, upgrade")},
		{Name: []byte("Other"), Value: []byte("y")}}
	require.True(t, hasToken(f, "Connection", "Upgrade"))
	require.False(t, hasToken(f, "Connection", "y"))
	require.False(t, hasToken(f, "Upgrade", "upgrade"))
}

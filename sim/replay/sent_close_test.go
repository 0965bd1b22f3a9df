package replay

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A reserved close code must not be sent: 1004 is one.
func TestLegalClose(t *testing.T) {
	for _, code := range []uint16{1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000} {
		require.False(t, legalClose(code), code)
	}
	for _, code := range []uint16{0, 1000, 1003, 1007, 1014, 3000, 4999} {
		require.True(t, legalClose(code), code)
	}
}

package dial

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLineHistory(t *testing.T) {
	var h lineHistory
	for _, line := range []string{"a", "a", " ", "b"} {
		h.Add(line)
	}
	require.Equal(t, 2, h.Len())
	require.Equal(t, []string{"b", "a"}, []string{h.At(0), h.At(1)})
	for range maxHistory {
		h.Add("x")
		h.Add("y")
	}
	require.Equal(t, maxHistory, h.Len())
}

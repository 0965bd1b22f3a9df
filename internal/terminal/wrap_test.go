package terminal

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWrap(t *testing.T) {
	require.Equal(t, []string{"one two", "three", "fourfourfour", "five"},
		Wrap("one two three fourfourfour five", 8))
	require.Empty(t, Wrap("  ", 8))
}

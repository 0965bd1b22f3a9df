package seldom

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A flood costs one line in each period, which tells of the others.
func TestSeldom(t *testing.T) {
	var s Line
	now := time.Unix(1000, 0)
	silent, ok := s.Say(now, Period)
	require.True(t, ok, "the first one at once")
	require.Zero(t, silent)
	for range 5000 {
		now = now.Add(time.Millisecond)
		_, ok = s.Say(now, Period)
		require.False(t, ok)
	}
	silent, ok = s.Say(now.Add(5*time.Second), Period)
	require.True(t, ok)
	require.Equal(t, 5000, silent)
}

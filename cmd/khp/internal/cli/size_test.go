package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "1024": 1024, "128k": 128 << 10, "2M": 2 << 20, "3g": 3 << 30} {
		var s Size
		require.NoError(t, s.Set(text), text)
		require.Equal(t, want, s, text)
		var again Size
		require.NoError(t, again.Set(s.String()))
		require.Equal(t, s, again)
	}
	for _, text := range []string{"", "k", "0", "-1", "1kk", "1 k", "010k", "+1", "0x10", "1_0", "99999999999g", "k1"} {
		var s Size
		require.Error(t, s.Set(text), text)
	}
}

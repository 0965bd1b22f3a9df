package cli

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "0s": 0, "30s": 30 * time.Second,
		"1h30m": 90 * time.Minute, "500ms": time.Second / 2} {
		var d Duration
		require.NoError(t, d.Set(text))
		require.Equal(t, want, time.Duration(d), text)
		var again Duration
		require.NoError(t, again.Set(d.String()))
		require.Equal(t, d, again)
	}
	for text, want := range map[string]string{
		"": "as in 30s", "5": "as in 30s", "5 s": "as in 30s", "soon": "as in 30s",
		"2500000h": "as in 30s", "-1s": "cannot be negative",
	} {
		d := Duration(time.Hour)
		require.ErrorContains(t, d.Set(text), want, text)
		require.Equal(t, Duration(time.Hour), d, "a refused value changes nothing")
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"1": 1, "1024": 1024, "128k": 128 << 10,
		"2M": 2 << 20, "3g": 3 << 30} {
		var s Size
		require.NoError(t, s.Set(text), text)
		require.Equal(t, want, s, text)
		var again Size
		require.NoError(t, again.Set(s.String()))
		require.Equal(t, s, again)
	}
	for _, text := range []string{"", "k", "0", "-1", "1kk", "1 k", "010k", "+1", "0x10", "1_0",
		"99999999999g", "k1"} {
		var s Size
		require.Error(t, s.Set(text), text)
	}
}

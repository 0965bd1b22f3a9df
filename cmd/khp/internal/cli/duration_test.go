package cli

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "0s": 0, "30s": 30 * time.Second, "1h30m": 90 * time.Minute, "500ms": time.Second / 2} {
		var d Duration
		require.NoError(t, d.Set(text))
		require.Equal(t, want, time.Duration(d), text)
		var again Duration
		require.NoError(t, again.Set(d.String()))
		require.Equal(t, d, again)
	}
	for text, want := range map[string]string{
		"": "as in 30s", "5": "as in 30s", "5 s": "as in 30s", "soon": "as in 30s", "2500000h": "as in 30s", "-1s": "cannot be negative",
	} {
		d := Duration(time.Hour)
		require.ErrorContains(t, d.Set(text), want, text)
		require.Equal(t, Duration(time.Hour), d, "a refused value changes nothing")
	}
}

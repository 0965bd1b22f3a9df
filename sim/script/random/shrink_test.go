package random

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShrink(t *testing.T) {
	var source string
	for seed := uint64(0); !strings.Contains(source, "cut client silently") ||
		!strings.Contains(source, "timers=first"); seed++ {
		source = Scenario(seed)
	}
	small := Shrink(source, func(s string) bool {
		return strings.Contains(s, "cut client") &&
			strings.Contains(s, "timers=first")
	})
	require.Equal(t, "network timers=first\ncut client\n", small)
	require.Equal(t, source, Shrink(source, func(s string) bool { return s == source }),
		"nothing can be left out")
}

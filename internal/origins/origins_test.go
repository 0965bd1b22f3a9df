package origins

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"abc", "abc", true}, {"abc", "abcd", false}, {"a*c", "ac", true}, {"a*c", "abbc", true},
		{"a*c", "abcd", false}, {"*", "", true}, {"*b*", "abc", true},
		{"a*b*c", "a-b-b-c", true}, {"a*a", "a", false}, {"*a*a", "a", false}, {"**", "x", true},
	} {
		require.Equal(t, c.want, glob(c.pattern, c.s), "%s against %s", c.pattern, c.s)
	}
}

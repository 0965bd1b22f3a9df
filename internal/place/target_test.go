package place

import (
	"testing"

	"example.com/khp/internal/balancer"
	"github.com/stretchr/testify/require"
)

// The forms of a target that name the same path and query, and where the mark of the kaazing
// profile counts.
func TestTarget(t *testing.T) {
	for target, want := range map[string]struct {
		origin, path string
		kaazing      bool
	}{
		"/":                        {"/", "/", false},
		"/a?b":                     {"/a?b", "/a", false},
		"/a?b=http://c/d&.kl=Y":    {"/a?b=http://c/d&.kl=Y", "/a", true},
		"/.kl=Y":                   {"/.kl=Y", "/.kl=Y", false},
		"http://h.example":         {"/", "/", false},
		"http://h.example?.kl=Y":   {"/?.kl=Y", "/", true},
		"ws://h.example:80/a/?b=/": {"/a/?b=/", "/a/", false},
		"*":                        {"/", "/", false},
	} {
		require.Equal(t, want.origin, OriginForm(target), target)
		require.Equal(t, want.path, TargetPath(target), target)
		require.Equal(t, want.kaazing, balancer.Asked(target), target)
	}
}

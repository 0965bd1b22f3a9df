package wire

import (
	"testing"

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
		require.Equal(t, want.kaazing, AsksKaazing(target), target)
	}
}

// A list may stand in several fields.
func TestFields_HasToken(t *testing.T) {
	f := Fields{{[]byte("Connection"), []byte("keep-alive")}, {[]byte("connection"), []byte("x, upgrade")}, {[]byte("Other"), []byte("y")}}
	require.True(t, f.HasToken("Connection", "Upgrade"))
	require.False(t, f.HasToken("Connection", "y"))
	require.False(t, f.HasToken("Upgrade", "upgrade"))
}

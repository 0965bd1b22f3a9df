package paths

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBare(t *testing.T) {
	for path, want := range map[string]string{
		"/a": "/a", "/a/": "/a/", "/": "/", "//a": "/a", "/a//b": "/a/b", "/x//../a": "/a",
		"/x/..%2fa": "/a", "/x/..%2Fa": "/a", "/x/%252e%252e%252fa": "/a",
		`/x/..%5Ca`: "/a", "/a;v=1/b": "/a/b", "/x/..;/a": "/a", "/../../a": "/a", "/a%": "/a%",
		"/a%zz": "/a%zz", "/%25": "/%", "/%2525252561": "/a",
	} {
		require.Equal(t, want, Bare(path), path)
	}
}

// A path is as long as a client likes, and is looked at before the client is authenticated: the
// work must not grow faster than the path.
func TestBare_HiddenEscapes(t *testing.T) {
	long := "/%" + strings.Repeat("25", 4000) + "61"
	require.Equal(t, "/a", Bare(long))
	require.Less(t, testing.AllocsPerRun(1, func() { Bare(long) }), 20.0)
}

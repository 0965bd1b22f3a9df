package target

import (
	"testing"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"github.com/stretchr/testify/require"
)

func TestRoutes_Find(t *testing.T) {
	list := routes(t, "/a=echo", "/b/=status:201", "/b/c=status:202", "/%7Euser/=status:203")
	for path, want := range map[string]string{
		"/a": "echo", "/a/": "echo", "/a/b": "", "/ab": "", "/": "", "/b": "status:201",
		"/b/": "status:201", "/b/x/y": "status:201", "/bc": "",
		"/b/c": "status:202", "/b/c/": "status:202", "/b/c/d": "status:201", "/~user/x": "status:203",
		"/%7euser/x": "status:203", "/x/../a": "echo",
		"/./a": "echo", "/b/../../a": "echo", "/%61": "echo", "/%2e%2e/a": "echo", "/a%2Fb": "",
	} {
		t.Run(path, func(t *testing.T) {
			r := list.Find(paths.Normal(path))
			if want == "" {
				require.Nil(t, r)
				return
			}
			require.NotNil(t, r)
			require.Equal(t, want, r.Target)
		})
	}
}

func TestRoutes_DefaultIsEcho(t *testing.T) {
	list := routes(t)
	require.Equal(t, "echo", list.Find("/any/path").Target)
}

// The route with the very path of a request counts before one that covers it, whichever is longer;
// and slashes in a row are one.
func TestRoutes_ExactPathFirst(t *testing.T) {
	list := routes(t, "/a=echo", "/a/=status:404", "/b//c=status:403")
	for path, want := range map[string]string{
		"/a": "echo", "/a/": "status:404", "/a/x": "status:404", "//a": "echo", "/x/..//a": "echo",
		"//a//": "status:404", "/b/c": "status:403", "///b///c": "status:403",
	} {
		require.Equal(t, want, list.Find(paths.Normal(path)).Target, path)
	}
}

// routes makes the routes of values of --route.
func routes(t *testing.T, specs ...string) Routes {
	t.Helper()
	c := config.Config{Listen: "127.0.0.1:0", Route: specs}
	require.NoError(t, c.Settle(func(_, value string) string { return value }))
	list, err := New(c.Routes)
	require.NoError(t, err)
	return list
}

package gateway

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoutes_Find(t *testing.T) {
	list, err := parseRoutes([]string{"/a=echo", "/b/=status:201", "/b/c=status:202", "/%7Euser/=status:203"})
	require.NoError(t, err)
	for path, want := range map[string]string{
		"/a": "echo", "/a/": "echo", "/a/b": "", "/ab": "", "/": "", "/b": "status:201", "/b/": "status:201", "/b/x/y": "status:201", "/bc": "",
		"/b/c": "status:202", "/b/c/": "status:202", "/b/c/d": "status:201", "/~user/x": "status:203", "/%7euser/x": "status:203", "/x/../a": "echo",
		"/./a": "echo", "/b/../../a": "echo", "/%61": "echo", "/%2e%2e/a": "echo", "/a%2Fb": "",
	} {
		t.Run(path, func(t *testing.T) {
			r := list.find(normalPath(path))
			if want == "" {
				require.Nil(t, r)
				return
			}
			require.NotNil(t, r)
			require.Equal(t, want, r.name)
		})
	}
}

func TestRoutes_DefaultIsEcho(t *testing.T) {
	list, err := parseRoutes(nil)
	require.NoError(t, err)
	require.Equal(t, "echo", list.find("/any/path").name)
}

func TestOriginChecker(t *testing.T) {
	check, err := originChecker([]string{"https://*.example.com", "intranet", "http://one.example:8000", "two.example:*"})
	require.NoError(t, err)
	for origin, want := range map[string]bool{
		"http://server:8080":    true, // the same host
		"https://a.example.com": true, "https://a.b.example.com": true, "HTTPS://A.EXAMPLE.COM": true,
		"https://example.com": false, "http://a.example.com": false, "https://a.example.com:8443": false, "https://a.example.com.evil.example": false,
		"https://evil.example/.example.com": false, "https://evil.example?.example.com": false, "https://evil@a.example.com": false,
		"http://intranet": true, "https://intranet:8443": true, "http://intranet.evil": false,
		"http://one.example:8000": true, "http://one.example": false, "http://one.example:8001": false,
		"http://two.example:1": true, "http://two.example": false,
		"null": false, "": false, "://": false,
	} {
		require.Equal(t, want, check(origin, "server:8080"), origin)
	}
	all, err := originChecker([]string{"*"})
	require.NoError(t, err)
	require.True(t, all("null", "server"))
	none, err := originChecker(nil)
	require.NoError(t, err)
	for origin, want := range map[string]bool{
		"http://server": true, "http://other": false, "privileged://server:80": true, "privileged://other:80": true, "PRIVILEGED://other:80": true,
		"privileged://": false, "privileged:other": false, "privileged://a/b": false, "privileged://a, http://other": false, "http://privileged://x": false,
	} {
		require.Equal(t, want, none(origin, "server"), origin)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"abc", "abc", true}, {"abc", "abcd", false}, {"a*c", "ac", true}, {"a*c", "abbc", true}, {"a*c", "abcd", false}, {"*", "", true}, {"*b*", "abc", true},
		{"a*b*c", "a-b-b-c", true}, {"a*a", "a", false}, {"*a*a", "a", false}, {"**", "x", true},
	} {
		require.Equal(t, c.want, glob(c.pattern, c.s), "%s against %s", c.pattern, c.s)
	}
}

// The route with the very path of a request counts before one that covers it, whichever is longer; and slashes in a row are one.
func TestRoutes_ExactPathFirst(t *testing.T) {
	list, err := parseRoutes([]string{"/a=echo", "/a/=status:404", "/b//c=status:403"})
	require.NoError(t, err)
	for path, want := range map[string]string{
		"/a": "echo", "/a/": "status:404", "/a/x": "status:404", "//a": "echo", "/x/..//a": "echo", "//a//": "status:404", "/b/c": "status:403", "///b///c": "status:403",
	} {
		require.Equal(t, want, list.find(normalPath(path)).name, path)
	}
}

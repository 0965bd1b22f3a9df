package gateway

import (
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"github.com/stretchr/testify/require"
)

// authority makes the guards and routes of settings.
func authority(t *testing.T, c config.Config) (*guard.Guard, target.Routes, error) {
	t.Helper()
	c.Listen, c.Realm, c.Scheme = "127.0.0.1:0", "r", "basic"
	require.NoError(t, c.Settle(shownValue))
	list, err := target.New(c.Routes)
	require.NoError(t, err)
	a, err := guard.New(&c, list, guard.Env{})
	return a, list, err
}

// Changes of guards that a reload may make.
func TestAuthority_Opens(t *testing.T) {
	parse := func(route, auth, open string) (*guard.Guard, target.Routes) {
		a, list, err := authority(t, config.Config{Route: strings.Fields(route),
			Auth: strings.Fields(auth), NoAuth: strings.Fields(open)})
		require.NoError(t, err)
		return a, list
	}
	was, _ := parse("/a/=echo /b=echo /c=echo", "/a=j:w /b=j:w", "")
	for now, want := range map[string]string{
		"/a=echo | | ": "/a", "/a=echo | /a=k:x | ": "", "/a=echo | /=k:x | ": "", "/a=echo | | /a": "",
		"/a/x=echo | | ": "/a/x", "/a/x=echo | /a/x=k:x | ": "",
		"/a/=echo | /a/x=k:x | ": "/a", "/c=echo | | ": "", "/=echo | /a=k:x | ": "/b",
		"/=echo | /a=k:x | /b": "", "/=echo | | /": "", "/a//x=echo | | ": "/a/x",
		"/x=echo /c=echo | | ": "", "/b=echo | | /b": "", "/b/=echo | /b/=k:x | ": "",
	} {
		part := strings.Split(now, "|")
		a, list := parse(part[0], part[1], part[2])
		path, found := a.Opens(was, list)
		require.Equal(t, want, path, now)
		require.Equal(t, want != "", found, now)
	}
}

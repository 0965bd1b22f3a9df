package gateway

import (
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"github.com/stretchr/testify/require"
)

// What a reload may do with guards.
func TestAuthority_Opens(t *testing.T) {
	parse := func(route, auth, open string) (*guard.Guard, target.Routes) {
		o := &options{routes: strings.Fields(route), auth: strings.Fields(auth), noAuth: strings.Fields(open), scheme: "basic"}
		list, err := target.Parse(o.routes)
		require.NoError(t, err)
		a, err := o.authority(list)
		require.NoError(t, err)
		return a, list
	}
	was, _ := parse("/a/=echo /b=echo /c=echo", "/a=j:w /b=j:w", "")
	for now, want := range map[string]string{
		"/a=echo | | ": "/a", "/a=echo | /a=k:x | ": "", "/a=echo | /=k:x | ": "", "/a=echo | | /a": "", "/a/x=echo | | ": "/a/x", "/a/x=echo | /a/x=k:x | ": "",
		"/a/=echo | /a/x=k:x | ": "/a", "/c=echo | | ": "", "/=echo | /a=k:x | ": "/b", "/=echo | /a=k:x | /b": "", "/=echo | | /": "", "/a//x=echo | | ": "/a/x",
		"/x=echo /c=echo | | ": "", "/b=echo | | /b": "", "/b/=echo | /b/=k:x | ": "",
	} {
		part := strings.Split(now, "|")
		a, list := parse(part[0], part[1], part[2])
		path, found := a.Opens(was, list)
		require.Equal(t, want, path, now)
		require.Equal(t, want != "", found, now)
	}
}

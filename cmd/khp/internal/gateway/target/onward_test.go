package target

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ask returns the URL at a back end for a request target, "" for one that is refused.
func ask(t require.TestingT, list Routes, base, target, credential string) string {
	to, query, _ := strings.Cut(target, "?")
	normal := paths.Normal(to)
	r := list.Find(normal)
	require.NotNil(t, r, target)
	u, err := wire.ParseURL(base, nil)
	require.NoError(t, err)
	if r.goesOn(u) && list.strays(r, normal) {
		return ""
	}
	login := guard.Login{Carried: []guard.Carriers{{}, {Parameter: credential}}}
	return r.onward(u, normal, query, login).String()
}

// The URL of the target decides about the path: the prefix is kept, replaced or stripped, or all
// requests go to one path.
func TestOnward_Path(t *testing.T) {
	list := routes(t, "/app/=echo", "/one=echo", "/app/inner/=echo")
	for _, x := range []struct{ base, target, want string }{
		{"ws://h/app/", "/app/a/b", "ws://h/app/a/b"},
		{"ws://h", "/app/a/b", "ws://h/a/b"},
		{"ws://h/", "/app/a/", "ws://h/a/"},
		{"ws://h/v2/chat/", "/app/a", "ws://h/v2/chat/a"},
		{"ws://h/v2/chat/", "/app", "ws://h/v2/chat/"},
		{"ws://h/v2/chat/", "/app/", "ws://h/v2/chat/"},
		{"ws://h/v2/chat", "/app/a/b", "ws://h/v2/chat"},
		{"ws://h/two/", "/one", "ws://h/two/"},
		{"ws://h/two", "/one/", "ws://h/two"},
		{"ws://h/", "/app/%7Ejoe/a%2Fb/%C3%A9", "ws://h/~joe/a%2Fb/%C3%A9"},
		{"ws://h/", "/app/\xc3\xa9\"{}|^`<>", "ws://h/%C3%A9%22%7B%7D%7C%5E%60%3C%3E"},
		{"ws://h/", "/app/100%", "ws://h/100%25"},
		{"ws://h/", "/app//a///b", "ws://h/a/b"},
		{"ws://h/", "/app/a;v=1/b", "ws://h/a;v=1/b"},
		{"ws://h/", "/app/x/../a", "ws://h/a"},
		{"ws://h/", "/app/@evil.example/", "ws://h/@evil.example/"},
		{"ws://h/", "/app/ws:%2f%2fevil.example", "ws://h/ws:%2F%2Fevil.example"},
		// out of the prefix, for some reader
		{"ws://h/app/", "/app/..%2fx", ""}, {"ws://h/app/", "/app/..%5Cx", ""},
		{"ws://h/app/", `/app/..\x`, ""}, {"ws://h/app/", "/app/..;/x", ""},
		{"ws://h/app/", "/app/%252e%252e/x", ""}, {"ws://h/app/", "/app/%25252e%25252e%25252fx", ""},
		{"ws://h/app/", "/app/a%00", ""}, {"ws://h/app/", "/app/a%0d%0aX:y", ""},
		{"ws://h/app/", "/app/a%2500b", ""}, {"ws://h/app/", "/app/%7f", ""},
		// into another route
		{"ws://h/app/", "/app/x%2f..%2finner/a", ""}, {"ws://h/app/", "/app/inner;x/a", ""},
		{"ws://h/fixed", "/app/..%2fx", "ws://h/fixed"},
	} {
		got := ask(t, list, x.base, x.target, "")
		require.Equal(t, x.want, got, "%s at %s", x.target, x.base)
	}
}

// The query goes along, without parameters of KHP, credentials, and those set by the operator.
func TestOnward_Query(t *testing.T) {
	list := routes(t, "/=echo")
	for _, x := range []struct{ base, query, want string }{
		{"ws://h/", "a=1&b=2", "?a=1&b=2"}, {"ws://h/", "", ""}, {"ws://h/?x=1", "", "?x=1"},
		{"ws://h/?x=1", "a=1", "?x=1&a=1"},
		{"ws://h/", ".kl=Y", ""}, {"ws://h/", "a=1&.kl=Y&.kl=Y", "?a=1"}, {"ws://h/", ".kv=10.05&.kr=1&a",
			"?a"}, {"ws://h/", "%2ekl=Y&%2Ekl=Y", ""}, {"ws://h/", "a=.kl=Y&b=%2ekl=Y", ""},
		{"ws://h/", "a;.kl=Y", ""}, {"ws://h/", "&&a&&", "?a"},
		{"ws://h/", "token=s&a=1", "?a=1"}, {"ws://h/", "%74oken=s", ""}, {"ws://h/", "a;token=s", ""},
		{"ws://h/", "Token=s", "?Token=s"},
		{"ws://h/?tenant=a", "tenant=b&x=1", "?tenant=a&x=1"},
		{"ws://h/?tenant=a", "x;tenant=b", "?tenant=a"}, {"ws://h/?tenant=a", "%74enant=b", "?tenant=a"},
		{"ws://h/?tenant=a", "+tenant=b", "?tenant=a"},
		{"ws://h/", "a=\"\\^{}\xff%", "?a=%22%5C%5E%7B%7D%FF%25"}, {"ws://h/", "a=%0d%0aX", "?a=%0d%0aX"},
		{"ws://h/", "a=b?c=d", "?a=b?c=d"},
	} {
		require.Equal(t, "ws://h/"+x.want, ask(t, list, x.base, "/?"+x.query, "token"),
			"%s at %s", x.query, x.base)
	}
}

// Whatever a request's target is, the URL at the back end can be read, has the host of the back
// end, and its path, in whatever way it is decoded, stays below that of the back end. Ordinary
// paths are passed on.
func TestOnward_CannotEscape(t *testing.T) {
	part := rapid.SampledFrom([]string{"..", ".", "/", "//", "%2e", "%2E", "%2f", "%5c", `\`, "%25",
		"%", "2e", "2f", "5c", ";", "a", "b", "@", ":", "%00", "%0a", "?", "&", "=", "\xff",
		".kl=Y", "tenant"})
	list := routes(t, "/app/=echo", "/=echo", "/app/inner/=echo")
	rapid.Check(t, func(t *rapid.T) {
		target := "/app/" + strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "rest"), "")
		to, _, _ := strings.Cut(target, "?")
		if list.Find(paths.Normal(to)).Path != "/app/" {
			return
		}
		got := ask(t, list, "ws://h:81/base/in/?tenant=a", target, "")
		if got == "" {
			return
		}
		u, err := wire.ParseURL(got, nil)
		require.NoError(t, err)
		require.Equal(t, "h:81", u.HostPort())
		for p := u.Path; ; {
			require.True(t, strings.HasPrefix(path.Clean(strings.ReplaceAll(p, `\`, "/"))+"/", "/base/in/"),
				p)
			require.NotContains(t, p, "\x00")
			plain, err := url.PathUnescape(p)
			if err != nil || plain == p {
				break
			}
			p = plain
		}
		q, err := url.ParseQuery(u.Query)
		if err == nil {
			require.Equal(t, []string{"a"}, q["tenant"])
		}
		require.False(t, balancer.Asked(u.Target()))
	})
}

package wire

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func toASCII(s string) (string, error) {
	if strings.Contains(s, "ü") {
		return strings.ReplaceAll(s, "ü", "xn--tda"), nil
	}
	return "", errors.New("no")
}

func TestParseURL(t *testing.T) {
	t.Attr("req", "WSP-URI-01")
	for _, c := range []struct{ name, in, want, dial, host string }{
		{"ws", "ws://Example.COM", "ws://example.com/", "example.com:80", "example.com"},
		{"wss", "wss://h:8443/p?q", "wss://h:8443/p?q", "h:8443", "h:8443"},
		{"http", "HTTP://h:80/", "ws://h/", "h:80", "h"},
		{"https", "https://h:443/%7e/../x", "wss://h/%7e/../x", "h:443", "h"},
		{"empty query", "ws://h?", "ws://h/?", "h:80", "h"},
		{"empty port", "ws://h:/", "ws://h/", "h:80", "h"},
		{"trailing dot", "ws://h.example./", "ws://h.example/", "h.example:80", "h.example"},
		{"underscore", "ws://a_b/", "ws://a_b/", "a_b:80", "a_b"},
		{"ipv4", "ws://127.0.0.1:8001/", "ws://127.0.0.1:8001/", "127.0.0.1:8001", "127.0.0.1:8001"},
		{"ipv6", "ws://[2001:DB8:0:0::1]:81/", "ws://[2001:db8::1]:81/", "[2001:db8::1]:81",
			"[2001:db8::1]:81"},
		{"ipv6 with ipv4", "ws://[::ffff:1.2.3.4]/", "ws://[::ffff:102:304]/", "[::ffff:102:304]:80",
			"[::ffff:102:304]"},
		{"odd bytes", `ws://h/p"[]?a="b"&c={}|^`, `ws://h/p"[]?a="b"&c={}|^`, "h:80", "h"},
		{"international", "ws://ü.example/", "ws://xn--tda.example/", "xn--tda.example:80",
			"xn--tda.example"},
		{"question in query", "ws://h/?a?b", "ws://h/?a?b", "h:80", "h"},
		{"relative", "/p", "", "", ""},
		{"no slashes", "ws:h", "", "", ""},
		{"scheme", "ftp://h/", "", "", ""},
		{"no scheme", "://h/", "", "", ""},
		{"no host", "ws:///p", "", "", ""},
		{"only a port", "ws://:80/", "", "", ""},
		{"userinfo", "ws://u:p@h/", "", "", ""},
		{"userinfo trick", "ws://good.example\\@evil.example/", "", "", ""},
		{"fragment", "ws://h/#f", "", "", ""},
		{"empty fragment", "ws://h#", "", "", ""},
		{"port zero", "ws://h:0/", "", "", ""},
		{"port large", "ws://h:70000/", "", "", ""},
		{"port wraps", "ws://h:4294967376/", "", "", ""},
		{"port word", "ws://h:x/", "", "", ""},
		{"two ports", "ws://h:1:2/", "", "", ""},
		{"zone", "ws://[fe80::1%25eth0]/", "", "", ""},
		{"ipv6 open", "ws://[::1/", "", "", ""},
		{"ipv6 junk", "ws://[::1]x/", "", "", ""},
		{"ipv6 without brackets", "ws://::1/", "", "", ""},
		{"ipv6 future", "ws://[v1.x]/", "", "", ""},
		{"space", "ws://h/a b", "", "", ""},
		{"control", "ws://h/a\r\nX: y", "", "", ""},
		{"backslash", "ws://h/a\\b", "", "", ""},
		{"non-ascii path", "ws://h/é", "", "", ""},
		{"bad escape", "ws://h/%zz", "", "", ""},
		{"cut escape", "ws://h/%2", "", "", ""},
		{"escape in host", "ws://a%2eb/", "", "", ""},
		{"empty label", "ws://a..b/", "", "", ""},
		{"only a dot", "ws://./", "", "", ""},
		{"long label", "ws://" + strings.Repeat("a", 64) + "/", "", "", ""},
		{"long name", "ws://" + strings.Repeat("a.", 130) + "a/", "", "", ""},
		{"international unknown", "ws://é/", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := ParseURL(c.in, toASCII)
			if c.want == "" {
				wantKind(t, KindURL, err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, u.String())
			require.Equal(t, c.dial, u.HostPort())
			require.Equal(t, c.host, u.HostField())
		})
	}
	_, err := ParseURL("ws://ü/", nil)
	wantKind(t, KindURL, err)
	_, err = ParseURL("ws://ü/", func(string) (string, error) { return "evil/", nil })
	wantKind(t, KindURL, err)
	require.Equal(t, "/", URL{}.Target())
}

func TestURL_Resolve(t *testing.T) {
	t.Attr("req", "KHP-REDIR-06")
	const base = "wss://h:8443/b/c/d;p?q"
	for _, c := range []struct{ ref, want string }{
		{"ws://x/a/../b", "ws://x/b"},
		{"http://x", "ws://x/"},
		{"//x:1/p", "wss://x:1/p"},
		{"/g", "wss://h:8443/g"},
		{"/./g/.", "wss://h:8443/g/"},
		{"g", "wss://h:8443/b/c/g"},
		{"g/", "wss://h:8443/b/c/g/"},
		{"./g?y", "wss://h:8443/b/c/g?y"},
		{"?y", "wss://h:8443/b/c/d;p?y"},
		{"?", "wss://h:8443/b/c/d;p?"},
		{"../g", "wss://h:8443/b/g"},
		{"../../../../g", "wss://h:8443/g"},
		{"..", "wss://h:8443/b/"},
		{".", "wss://h:8443/b/c/"},
		{"g;x=1/../y", "wss://h:8443/b/c/y"},
		{"...", "wss://h:8443/b/c/..."},
		{".g", "wss://h:8443/b/c/.g"},
		{"./a:b", "wss://h:8443/b/c/a:b"},
		{"/a//../b", "wss://h:8443/a/b"},
		{"/%2e%2e/b", "wss://h:8443/%2e%2e/b"},
		{"?a=/../b", "wss://h:8443/b/c/d;p?a=/../b"},
		{"", ""},
		{"#f", ""},
		{"g#f", ""},
		{"mailto:x", ""},
		{"javascript://h/%0a", ""},
		{"http:g", ""},
		{"//u@x/", ""},
		{"//", ""},
		{"///x", ""},
		{`/\x`, ""},
		{`\\x`, ""},
		{"a b", ""},
		{"a\r\nb", ""},
	} {
		t.Run("ref "+c.ref, func(t *testing.T) {
			u, err := ParseURL(base, nil)
			require.NoError(t, err)
			v, err := u.Resolve([]byte(c.ref), nil)
			if c.want == "" {
				wantKind(t, KindURL, err)
				require.LessOrEqual(t, err.(*ParseError).Offset, len(c.ref))
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, v.String())
		})
	}
}

func TestURL_SameOrigin(t *testing.T) {
	a := mustURL(t, "ws://h/a")
	require.True(t, a.SameOrigin(mustURL(t, "http://H.:80/b?c")))
	for _, s := range []string{"wss://h/a", "ws://h:81/a", "ws://i/a", "wss://h:80/a"} {
		require.False(t, a.SameOrigin(mustURL(t, s)), s)
	}
}

func mustURL(t require.TestingT, s string) URL {
	u, err := ParseURL(s, nil)
	require.NoError(t, err, s)
	return u
}

func TestURL_Key(t *testing.T) {
	t.Attr("req", "KHP-REDIR-05")
	for _, same := range [][]string{
		{"ws://h/", "http://H:80", "ws://h.:80/.", "ws://h/a/%2e%2e", "ws://h:080/"},
		{"wss://h/a-b~c", "https://h:443/%61%2Db%7ec", "wss://h/x/../a-b~c"},
		{"ws://h/%2f%c3%a9?%2F", "ws://h/%2F%C3%A9?%2f"},
		{"ws://[::1]/", "ws://[0:0::0001]:80/"},
	} {
		for _, s := range same {
			require.Equal(t, mustURL(t, same[0]).Key(), mustURL(t, s).Key(), s)
		}
	}
	var keys []string
	for _, s := range []string{"ws://h/a", "wss://h/a", "ws://h:81/a", "ws://h/A", "ws://h/a/",
		"ws://h/a?", "ws://h/a?q", "ws://h/a?Q", "ws://h/b%2fa", "ws://h/b/a", "ws://h/a%3fq",
		"ws://h//a", "ws://h/%252e", "ws://h/%2525"} {
		keys = append(keys, mustURL(t, s).Key())
	}
	for i, k := range keys {
		require.NotContains(t, keys[i+1:], k)
	}
}

var genURL = rapid.Custom(func(t *rapid.T) string {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	s := pick("scheme", "ws", "wss", "HTTP", "https") + "://" + pick("host", "h", "A.example",
		"a.example.", "[::1]", "[0:0:0:0:0:0:0:1]") + pick("port", "", ":80", ":443", ":8001", ":")
	seg := rapid.SampledFrom([]string{"a", "B", "", ".", "..", "%2e", "%2E%2e", "%2f", "%41", "%c3%a9",
		"%25", "%2525", "~", "a.b"})
	for _, p := range rapid.SliceOfN(seg, 0, 5).Draw(t, "path") {
		s += "/" + p
	}
	if rapid.Bool().Draw(t, "query") {
		s += "?" + strings.Join(rapid.SliceOfN(seg, 0, 3).Draw(t, "parts"), "&")
	}
	return s
})

// A key is a URL with the same key, and resolving it changes nothing.
func TestURL_KeyIdempotent(t *testing.T) {
	t.Attr("req", "KHP-REDIR-05")
	t.Attr("req", "INV-23")
	rapid.Check(t, func(t *rapid.T) {
		u := mustURL(t, genURL.Draw(t, "url"))
		k := mustURL(t, u.Key())
		require.Equal(t, u.Key(), k.Key())
		require.True(t, u.SameOrigin(k))
		require.Equal(t, u.HasQuery, k.HasQuery)
		require.Equal(t, u, mustURL(t, u.String()))
		v, err := u.Resolve([]byte(u.Key()), nil)
		require.NoError(t, err)
		require.Equal(t, u.Key(), v.Key())
	})
}

// Resolve agrees with net/url on references that both take.
func TestURL_ResolveOracle(t *testing.T) {
	ref := rapid.StringMatching(`(/|//h2/|\?|)(a|b|\.|\.\.|/|%2e|;x){0,6}(\?a(/\.\.)?)?`)
	rapid.Check(t, func(t *rapid.T) {
		base := mustURL(t, genURL.Draw(t, "base"))
		r := ref.Draw(t, "ref")
		v, err := base.Resolve([]byte(r), nil)
		bu, e1 := url.Parse(base.String())
		ru, e2 := url.Parse(r)
		if err != nil || e1 != nil || e2 != nil {
			return
		}
		want := bu.ResolveReference(ru)
		path := want.EscapedPath()
		if path == "" {
			path = "/"
		}
		require.Equal(t, strings.TrimSuffix(want.Host, "."), v.HostField(), r)
		if !strings.Contains(bu.EscapedPath()+r, "//") && ru.Path != "" {
			require.Equal(t, path, v.Path, "%s + %s", base, r)
		}
		require.Equal(t, want.RawQuery, v.Query)
	})
}

// An error of a URL says where it is wrong.
func TestParseURL_Where(t *testing.T) {
	for in, want := range map[string]int{
		"h/p": 0, "ftp://h/": 0, "ws://h_$/": 5, "ws://h:0/": 5, "wss://h/a b": 9, "ws://h?a#b": 8,
		"ws:///p": 5, "ws://": 5, "ws://h\\": 5,
	} {
		_, err := ParseURL(in, nil)
		wantKind(t, KindURL, err)
		require.Equal(t, want, err.(*ParseError).Offset, "%s: %v", in, err)
		require.Contains(t, err.Error(), "near")
	}
	base := URL{Host: "h", Port: 80, Path: "/"}
	for in, want := range map[string]int{"//h_$/": 2, "//h/a b": 5, "/a b": 2} {
		_, err := base.Resolve([]byte(in), nil)
		wantKind(t, KindURL, err)
		require.Equal(t, want, err.(*ParseError).Offset, "%s: %v", in, err)
	}
	u, err := URL{Host: "h", Port: 80}.Resolve([]byte("a/b"), nil)
	require.NoError(t, err)
	require.Equal(t, "/a/b", u.Path, "a path begins with a slash, also where the base has none")
	_, err = ParseURL("ws://u@h/", nil)
	require.Equal(t, &ParseError{Kind: KindURL, Offset: 5, Detail: "userinfo"}, err)
	for _, in := range []string{"@secret", "ws://u:secret@h/", "u:secret@h"} {
		_, err := ParseURL(in, nil)
		wantKind(t, KindURL, err)
		require.NotContains(t, err.Error(), "secret")
	}
}

// Path and query have the visible characters of ASCII, without '#', without a backslash, and with
// '%' before two hexadecimal digits only. [RFC 3986 3.3]
func TestParseURL_EveryByteOfAPath(t *testing.T) {
	for c := range 256 {
		for _, before := range []string{"/", "/p?q"} {
			_, err := ParseURL("ws://h"+before+string([]byte{byte(c)}), nil)
			visible := c > ' ' && c < 0x7f && c != '#' && c != '\\' && c != '%'
			require.Equal(t, visible, err == nil, "%#x: %v", c, err)
		}
	}
}

// A host outside ASCII is handed over once and as a whole, and the result is the host; the error is
// told as one of the URL.
func TestParseURL_HostOutsideASCII(t *testing.T) {
	var asked []string
	u, err := ParseURL("ws://a\u00fc\u00f6.Example:81/p", func(host string) (string, error) {
		asked = append(asked, host)
		return "XN--a-\u00fc.example", nil // which is no ASCII either
	})
	require.Equal(t, []string{"a\u00fc\u00f6.Example"}, asked)
	wantKind(t, KindURL, err)
	u, err = ParseURL("ws://a\u00fc.Example:81/p", func(string) (string, error) {
		return "XN--a-xka.example", nil
	})
	require.NoError(t, err)
	require.Equal(t, "xn--a-xka.example", u.Host)
	_, err = ParseURL("ws://a\u00fc/", func(string) (string, error) {
		return "usable", errors.New("refused")
	})
	require.Equal(t, &ParseError{KindURL, 5, "host has no ASCII form, near \"ws://a\\u00fc/\""}, err)
}

// A URL without a path asks for the root, with a query, too.
func TestURL_Target_NoPath(t *testing.T) {
	u := URL{Host: "h", Port: 80}
	require.Equal(t, "/", u.Target())
	u.Query, u.HasQuery = "x", true
	require.Equal(t, "/?x", u.Target())
	require.Equal(t, "ws://h/?x", u.String())
	_, err := ParseURL(u.String(), nil)
	require.NoError(t, err)
}

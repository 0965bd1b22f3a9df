package wire

import (
	"testing"

	"example.com/khp/internal/place"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSameAuthority(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"h", "h", true}, {"h", "H.", true}, {"h", "h:80", true}, {"h", "h:443", true}, {"h", "h:", true},
		{"h:0080", "h", true}, {"h:0000080", "h:80", true}, {"h:8080", "h:08080", true},
		{"[::1]", "[0:0::0:1]:80", true}, {"[2001:DB8::1]:81", "[2001:db8:0::1]:81", true},
		{"h:80", "h:443", false}, {"h", "h:81", false}, {"h", "g", false}, {"", "h", false}, {"h:81",
			"h:82", false}, {"[::1]", "[::2]", false}, {"h:x", "h:y", false}, {"h:99999", "h:34463", false},
		{"h:x", "h:x", true}, {":80", "h:x", false}, {"", "[::1", false}, {"h:80:80", "h:80", false},
		{"h:0", "h", false}, {"h:0", "h:", false}, {"h:00", "h", false}, {"h:0", "h:80", false},
		{"[::1]:0", "[::1]", false}, {"h:0", "H:000", true}, {"h:", "H", true},
		{"[::1", "[::]", false}, {"[::g]", "[::h]", false}, {"[::1]x", "[::1]y", false},
		{"[::1]80", "[::1]:80", false}, {"h:99999", "h:099999", false},
	} {
		require.Equal(t, c.want, place.SameAuthority(c.a, c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, place.SameAuthority(c.b, c.a), "%s %s", c.b, c.a)
	}
}

func TestSamePath(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"/a-b", "/a%2Db", true}, {"/a-b", "/a%2db", true}, {"/x/../a", "/a", true}, {"/x/%2e%2E/a", "/a",
			true}, {"/./a", "/a", true}, {"/\xc3\xa4", "/%C3%A4", true}, {"/a,b", "/a%2Cb", true},
		{"/a%2fb", "/a%2Fb", true}, {`/a"`, "/a%22", true},
		{"/a", "/A", false}, {"/a", "/a/", false}, {"/a/b", "/a%2Fb", false}, {"/%41", "/%2541", false},
		{"/%2F", "/%252F", false}, {"/%", "/%25", false}, {"/a", "/b", false}, {"/a//b", "/a/b", false},
		{"/a%25b", "/ab", false}, {"/a%2Fb", "/ab", false},
	} {
		require.Equal(t, c.want, place.SamePath(c.a, c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, place.SamePath(c.b, c.a), "%s %s", c.b, c.a)
	}
}

// Two URLs with the same key have the same authority and the same path, and a path is the same
// whatever part of it is escaped.
func TestSame_Key(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`/[a-c./,;"~]{0,8}`).Draw(t, "path")
		var escaped []byte
		for _, c := range []byte(path) {
			if c != '/' && c != '%' && rapid.Bool().Draw(t, "escape") {
				escaped = append(escaped, '%', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			} else {
				escaped = append(escaped, c)
			}
		}
		u, err := ParseURL("ws://h"+path, nil)
		if err != nil {
			return
		}
		require.True(t, place.SamePath(path, string(escaped)), "%s %s", path, escaped)
		v, err := ParseURL("ws://H.:80"+string(escaped), nil)
		require.NoError(t, err)
		if u.Key() == v.Key() {
			require.True(t, place.SamePath(u.Path, v.Path))
			require.True(t, place.SameAuthority(u.HostField(), "H.:80"))
		}
	})
}

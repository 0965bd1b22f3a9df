package cookies

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// full returns a Jar that holds two cookies of https://one.example, of which one needs TLS.
func full(t *testing.T) *Jar {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	jar.SetCookies(&url.URL{Scheme: "https", Host: "one.example"}, []*http.Cookie{
		{Name: "a", Value: "1"}, {Name: "b", Value: "2 3", Quoted: true, Secure: true}})
	return &Jar{Jar: jar}
}

// The caller's own Cookie fields share one field with the jar's, and no other origin sees them.
func TestJar_OwnCookies(t *testing.T) {
	j := full(t)
	rest := j.Take([]endpoint.HeaderField{{Name: "X-A", Value: "x"}, {Name: "cookie", Value: "own=1"},
		{Name: "X-B", Value: "y"}, {Name: "Cookie", Value: "own=2"}})
	require.Equal(t, []endpoint.HeaderField{{Name: "X-A", Value: "x"}, {Name: "X-B", Value: "y"}},
		rest)
	require.Equal(t, `own=1; own=2; a=1; b="2 3"`, j.Field("wss://one.example/p", true))
	require.Equal(t, "own=1; own=2; a=1", j.Field("ws://one.example/p", true))
	require.Equal(t, `a=1; b="2 3"`, j.Field("wss://one.example/p", false))
	require.Equal(t, "own=1; own=2", j.Field("wss://two.example/", true))
	require.Empty(t, j.Field("wss://two.example/", false))
	require.Equal(t, "own=1; own=2", j.Field("wss://one.example:port/", true), "that is no URL")
	require.Empty(t, j.Take(nil))
	require.Empty(t, j.Field("wss://two.example/", true), "of the call before")
}

// A cookie that cannot be written is left out, and leaves no mark.
func TestJar_UnusableCookie(t *testing.T) {
	j := &Jar{Jar: &listed{{Name: "a", Value: "1"}, {Name: "b c", Value: "2"},
		{Name: "d", Value: "3"}}}
	require.Equal(t, "a=1; d=3", j.Field("ws://one.example/", false))
}

// A value goes back in the quotation marks in which it came.
func TestJar_QuotedCookie(t *testing.T) {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	j := &Jar{Jar: jar}
	j.Keep("ws://one.example/", wire.Fields{{Name: []byte("Set-Cookie"), Value: []byte(`a="1"`)},
		{Name: []byte("Set-Cookie"), Value: []byte("b=2")}})
	require.Equal(t, `a="1"; b=2`, j.Field("ws://one.example/", false))
}

// listed is a jar that has the same cookies for every URL, and keeps those that are set.
type listed []*http.Cookie

func (l listed) Cookies(*url.URL) []*http.Cookie            { return l }
func (l *listed) SetCookies(_ *url.URL, set []*http.Cookie) { *l = append(*l, set...) }

// Each cookie that a response sets is kept for the response's URL.
func TestJar_Keep(t *testing.T) {
	j := full(t)
	fields := wire.Fields{
		{Name: []byte("set-cookie"), Value: []byte("c=4; Secure")},
		{Name: []byte("X-Cookie"), Value: []byte("d=5")},
		{Name: []byte("Set-Cookie"), Value: []byte("a=6")},
	}
	j.Keep("wss://one.example/p", fields)
	require.Equal(t, `a=6; b="2 3"; c=4`, j.Field("wss://one.example/", false))
	require.Equal(t, "a=6", j.Field("ws://one.example/", false))
	require.Empty(t, j.Field("wss://two.example/", false))
	j.Keep("wss://one.example:port/", fields) // which is no URL
	none := &listed{}
	(&Jar{Jar: none}).Keep("wss://one.example/", nil)
	require.Empty(t, *none)
}

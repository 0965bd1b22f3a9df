package balancer

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     Message
		url      string
	}{
		{"proceed", "\xef\x83\xbfN", Proceed, ""},
		{"proceed and more", "\xef\x83\xbfNx", None, ""},
		{"reroute", "\xef\x83\xbfRws://localhost:8001/echo1?.kl=Y", Reroute,
			"ws://localhost:8001/echo1?.kl=Y"},
		{"reroute nowhere", "\xef\x83\xbfR", Reroute, ""},
		{"prefix only", "\xef\x83\xbf", None, ""},
		{"other letter", "\xef\x83\xbfX", None, ""},
		{"empty", "", None, ""},
		{"http", "HTTP/1.1", None, ""},
		{"another prefix", "\xef\x83\xbeN", None, ""},
		{"the letter alone", "abcN", None, ""},
		{"the letter and a URL", "abcRws://h/", None, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, url := Parse([]byte(c.in))
			require.Equal(t, c.want, b)
			require.Equal(t, c.url, string(url))
			if b != None {
				require.Equal(t, c.in, string(Append(nil, b, c.url)))
			}
		})
	}
	require.Empty(t, Append(nil, None, "x"))
	require.Equal(t, "reroute", Reroute.String())
	require.Equal(t, "Balancer(9)", Message(9).String())
}

// The mark counts in the query, at any place of it, and nowhere else.
func TestAsked(t *testing.T) {
	for target, want := range map[string]bool{"/p?.kl=Y": true, "/p?a=b&.kl=Y": true,
		"/p?.kl=Y&a=b": true, "/p?a=?.kl=Y": true, "/p.kl=Y": false, "/p": false, "/p?": false,
		"/p?.kl=N": false, "/p?.kl": false, "": false} {
		require.Equal(t, want, Asked(target), target)
	}
}

package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseBalancer(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     Balancer
		url      string
	}{
		{"proceed", "\xef\x83\xbfN", BalancerProceed, ""},
		{"proceed and more", "\xef\x83\xbfNx", BalancerNone, ""},
		{"reroute", "\xef\x83\xbfRws://localhost:8001/echo1?.kl=Y", BalancerReroute, "ws://localhost:8001/echo1?.kl=Y"},
		{"reroute nowhere", "\xef\x83\xbfR", BalancerReroute, ""},
		{"prefix only", "\xef\x83\xbf", BalancerNone, ""},
		{"other letter", "\xef\x83\xbfX", BalancerNone, ""},
		{"empty", "", BalancerNone, ""},
		{"http", "HTTP/1.1", BalancerNone, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, url := ParseBalancer([]byte(c.in))
			require.Equal(t, c.want, b)
			require.Equal(t, c.url, string(url))
			if b != BalancerNone {
				require.Equal(t, c.in, string(AppendBalancer(nil, b, c.url)))
			}
		})
	}
	require.Empty(t, AppendBalancer(nil, BalancerNone, "x"))
	require.Equal(t, "reroute", BalancerReroute.String())
	require.Equal(t, "Balancer(9)", Balancer(9).String())
}

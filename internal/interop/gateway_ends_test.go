package interop

import (
	"strings"
	"testing"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// TestGateway_EitherEnd has a gateway behind khp serve, plain and by KHP, and in front of it, whose
// clients are plain then.
func TestGateway_EitherEnd(t *testing.T) {
	needsSoftware(t)
	behind := serve(t, "--plain", "--route", "/echo=echo")
	_, port, _ := strings.Cut(strings.TrimPrefix(behind.url, "ws://"), ":")
	g := startGateway(t, port)
	front := serve(t, "--plain", "--route", "/ws="+g.ws+"/echo", "--route", "/khp=khp+"+g.ws+"/echo",
		"--route", "/both="+g.ws+"/proxied")
	for _, url := range []string{front.url + "/ws", front.url + "/khp", g.ws + "/proxied",
		front.url + "/both"} {
		for name, o := range map[string]*transport.DialOptions{
			"kaazing": {Profile: transport.Kaazing}, "plain": {PlainOnly: true},
			"subprotocols": {Profile: transport.Kaazing, Subprotocols: []string{"a", "b"}},
		} {
			t.Run(strings.TrimPrefix(url, "ws://127.0.0.1:")+"/"+name, func(t *testing.T) {
				c := open(t, url, o)
				// binary: the gateway's own proxy makes nothing else of any message
				for _, want := range []string{"hello", "again"} {
					require.NoError(t, c.Write(t.Context(), transport.Binary, []byte(want)))
					kind, got, err := c.Read(t.Context())
					require.NoError(t, err)
					require.Equal(t, transport.Binary, kind)
					require.Equal(t, want, string(got))
				}
			})
		}
	}
}

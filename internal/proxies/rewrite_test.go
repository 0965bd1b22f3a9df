//go:build unix

package proxies

import (
	"net/http"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// TestProxies_Rewrite takes the lines that leave Host and path alone out of two snippets. Clients
// of the specification name both as they see them inside the WebSocket; khp serve accepts that once
// it is told, and not before.
func TestProxies_Rewrite(t *testing.T) {
	if !*installed {
		t.Skip("needs nginx and apache2: make proxies")
	}
	told := serve(t, "--route", "/a=echo", "--outside-host", host, "--outside-prefix", "/app",
		"--allow-origin", "https://"+host)
	untold := serve(t, "--route", "/a=echo", "--allow-origin", "https://"+host)
	for name, changes := range map[string]*strings.Replacer{
		"nginx, HTTP": strings.NewReplacer("proxy_set_header Host $http_host;", "", "location / {",
			"location /app/ {", "http://127.0.0.1:8001;", "http://127.0.0.1:8001/;"),
		"Apache": strings.NewReplacer("ProxyPreserveHost On", "", "ProxyPass / ", "ProxyPass /app/ "),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, snippet := proxies[name], snippets(t)[name]
			changed := changes.Replace(snippet)
			require.NotContains(t, strings.ToLower(changed), "preserve")
			require.Contains(t, changed, "/app/")
			dial := func(khp string, profile transport.Profile) error {
				c := &client{tls: x.tls, port: x.start(t, changed, khp)}
				conn, err := transport.Dial(t.Context(), "wss://"+host+"/app/a?x=1", &transport.DialOptions{
					Profile: profile, TLSConfig: c.config(), NetDial: c.dial,
					Header: http.Header{"Origin": {"https://" + host}},
				})
				if err == nil {
					err = conn.Close(transport.CloseNormal, "")
				}
				return err
			}
			for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
				require.NoError(t, dial(told, profile))
			}
			var e *transport.HandshakeError
			require.ErrorAs(t, dial(untold, transport.Spec), &e)
			require.Equal(t, fsm.FailureStatus, e.Failure)
			require.Equal(t, 400, e.Status)
		})
	}
}

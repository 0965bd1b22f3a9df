package gateway

import (
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// A name that does not exist leads to the one that was meant, never to one that is refused as well.
func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"listn": "listen", "lisen": "listen", "routs": "routes", "idle_timeout": "idle-timeout",
		"IdleTimeout": "idle-timeout", "max-conections": "max-connections", "tls_crt": "tls-cert",
		"origin": "", "allow-orign": "allow-origin", "config": "", "help": "", "x": "", "port": "",
		"htpaswd": "htpasswd", "ruote": "route", "loog": "log", "verbos": "verbose",
	} {
		got := cli.NearestOf(config.Names(), name)
		if want == "" {
			require.NotContains(t, got, "config", name)
			require.NotContains(t, got, "help", name)
			continue
		}
		require.Equal(t, " (did you mean "+want+"?)", got, name)
	}
}

func TestConfig_SetsEveryKind(t *testing.T) {
	o := newOptions()
	require.NoError(t, o.flags.Set("config", khptest.File(t, "khp.yaml", khptest.Config)))
	require.NoError(t, o.flags.Set("realm", "of the command line"))
	got, err := readOptions(o.flags)
	require.NoError(t, err)
	require.Equal(t, config.Pairs{"/echo=echo", "/no=status:403",
		"/b=balance:ws://127.0.0.1:1/,ws://127.0.0.1:2/"}, got.Route)
	require.Equal(t, config.Pairs{"/echo=joe:welcome", "/echo=ann:sesame"}, got.Auth)
	require.Equal(t, []string{"https://*.example.com"}, got.AllowOrigin)
	require.Equal(t, "1h0m0s", got.IdleTimeout.String())
	require.Equal(t, cli.Size(64<<10), got.MaxMessage)
	require.True(t, got.Verbose)
	require.Equal(t, "of the command line", got.Realm)
	require.Equal(t, "127.0.0.1:0", got.Listen)
}

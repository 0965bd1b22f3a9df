package gateway

import (
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// A name that does not exist leads to the one that was meant, never to one that is refused as well.
func TestNearest(t *testing.T) {
	flags := newOptions().flags
	for name, want := range map[string]string{
		"listn": "listen", "lisen": "listen", "routes": "route", "idle_timeout": "idle-timeout", "IdleTimeout": "idle-timeout", "max-conections": "max-connections", "tls_crt": "tls-cert",
		"origin": "", "allow-orign": "allow-origin", "v": "verbose", "config": "", "help": "", "x": "", "port": "", "htpaswd": "htpasswd", "ruote": "route", "loog": "log", "verbos": "verbose",
	} {
		got := cli.Nearest(flags, name, "config", "help")
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
	require.Equal(t, []string{"/echo=echo", "/no=status:403", "/b=balance:ws://127.0.0.1:1/,ws://127.0.0.1:2/"}, got.routes)
	require.Equal(t, []string{"/echo=joe:welcome", "/echo=ann:sesame"}, got.auth)
	require.Equal(t, []string{"https://*.example.com"}, got.origins)
	require.Equal(t, "1h0m0s", got.idle.String())
	require.Equal(t, cli.Size(64<<10), got.message)
	require.True(t, got.verbose)
	require.Equal(t, "of the command line", got.realm)
	require.Equal(t, "127.0.0.1:0", got.listen)
}

package main

import (
	"os"
	"testing"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// A password is taken from the environment or from a file, which a reload reads again.
func TestServe_Secrets_Reload(t *testing.T) {
	t.Setenv("KHP_TEST_ANN", "sesame")
	secret := khptest.File(t, "secret", "welcome\n")
	s := serveHere(t, "--config", khptest.File(t, "khp.yaml", "route: {/a: echo}\nauth: {/a: ['joe:@"+
		secret+"', 'ann:${KHP_TEST_ANN}']}\n"))
	as := func(user, password string) *transport.DialOptions {
		return &transport.DialOptions{Credentials: auth.Basic(user, password)}
	}
	wantEcho(t, dialHere(t, s.url+"/a", as("ann", "sesame")), transport.Text, []byte("environment"))
	wantEcho(t, dialHere(t, s.url+"/a", as("joe", "welcome")), transport.Text, []byte("file"))
	require.NoError(t, os.WriteFile(secret, []byte("changed"), 0o600))
	s.hangup(t)
	wantLog(t, s.log, "msg=reloaded.*changed=auth")
	wantEcho(t, dialHere(t, s.url+"/a", as("joe", "changed")), transport.Text, []byte("again"))
	wantFailure(t, s.url+"/a", as("joe", "welcome"), fsm.FailureCredentialsRefused, 401)
	require.NotContains(t, s.log.String(), "sesame")
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// The configuration that the real gateway runs with in make interop is converted, and serves
// clients of all kinds.
func TestConvert_InteropGateway(t *testing.T) {
	const dir = "../../internal/interop/testdata/gateway/"
	text, err := os.ReadFile(dir + "gateway-config.xml")
	require.NoError(t, err)
	const values = "<properties><property><name>ws.port</name><value>8001</value></property>" +
		"<property><name>wss.port</name><value>8443</value></property>" +
		"<property><name>back.port</name><value>9000</value></property></properties>\n  <security>"
	config := khptest.File(t, "gateway-config.xml",
		strings.Replace(string(text), "<security>", values, 1))
	out := t.TempDir()
	code, said, errs := runHere(t, "", "convert", config, dir+"jaas-config.xml", "--output", out)
	require.Equal(t, cli.ExitOK, code, errs)
	require.NotContains(t, said, "welcome")

	file := filepath.Join(out, "khp.yaml")
	code, _, errs = runHere(t, "", "serve", "--config", file, "--check")
	require.Equal(t, cli.ExitOK, code, errs)
	s := serveHere(t, "--config", file)
	wantEcho(t, dialHere(t, s.url+"/echo", &transport.DialOptions{Profile: transport.Kaazing}),
		transport.Text, []byte("kaazing"))
	wantStatus(t, s.url+"/echo", 101)
	wantStatus(t, s.url+"/members", 403)
	for _, path := range []string{"/members", "/native"} {
		wantEcho(t, dialHere(t, s.url+path, &transport.DialOptions{Credentials: auth.Basic("joe",
			"welcome")}), transport.Text, []byte("member"))
		wantFailure(t, s.url+path, &transport.DialOptions{Credentials: auth.Basic("ann", "welcome")},
			fsm.FailureCredentialsRefused, 401)
	}
	wantFailure(t, s.url+"/nobody", nil, fsm.FailureStatus, 503)

	require.NoError(t, gencert(filepath.Join(out, "cert.pem"), filepath.Join(out, "key.pem")))
	code, said, errs = runHere(t, "", "serve",
		"--config", filepath.Join(out, "khp-8443.yaml"), "--check")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, said, "wss://localhost:8443")
}

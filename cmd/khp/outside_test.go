package main

import (
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

func TestServe_Outside(t *testing.T) {
	s := serveHere(t, "--outside-host", "www.example.com:8443", "--outside-prefix", "/app")
	wantEcho(t, dialHere(t, s.url+"/x", nil), transport.Text, []byte("x"))
	for flag, values := range map[string][]string{"--outside-host": {"a/b", "http://a", "", "a?b"},
		"--outside-prefix": {"app", "/a?b", "/a b"}} {
		for _, v := range values {
			code, _, errs := runHere(t, "", "serve", flag, v)
			require.Equal(t, cli.ExitUsage, code)
			require.Contains(t, errs, flag)
		}
	}
}

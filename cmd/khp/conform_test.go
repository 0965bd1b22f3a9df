package main

import (
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/stretchr/testify/require"
)

// An operator accepts a migrated endpoint with one command: khp serve with the resources of a
// gateway.
func TestConform_AcceptsServe(t *testing.T) {
	s := serveHere(t, "--plain", "--route", "/echo=echo", "--route", "/members=echo",
		"--auth", "/members=joe:welcome", "--route", "/old=redirect:ws://elsewhere.example/",
		"--route", "/gone=status:410")
	for _, profile := range []string{"spec", "kaazing"} {
		args := []string{"conform", "server", s.url + "/echo", "--profile", profile, "--patience", "60s",
			"--resource", "challenge=/members", "--resource", "refuse=/gone"}
		if profile == "spec" {
			args = append(args, "--resource", "redirect=/old")
		} else {
			args = append(args, "--resource", "balance=/old")
		}
		code, out, errs := runHere(t, "", args...)
		require.Equal(t, cli.ExitOK, code, "%s%s", out, errs)
		require.NotContains(t, out, "✗")
	}
	require.Zero(t, s.stop())
}

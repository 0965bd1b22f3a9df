package main

import (
	"path/filepath"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/stretchr/testify/require"
)

// The error for a file of neither kind names both kinds.
func TestReplay_OtherFiles(t *testing.T) {
	steps := filepath.Join(t.TempDir(), "steps.ndjson")
	code, _, _ := runHere(t, "", "explore", "--bounds", "small", "--model", "byzantine-client",
		"--fault", "accept-anything", "--counterexample", steps)
	require.Equal(t, cli.ExitFailed, code)
	for name, want := range map[string]string{steps: "khp explore --counterexample",
		"replay_test.go": "no capture (pcap, pcapng) either"} {
		code, out, errs := runHere(t, "", "replay", name)
		require.Equal(t, cli.ExitUsage, code)
		require.Empty(t, out)
		require.Contains(t, errs, want)
	}
}

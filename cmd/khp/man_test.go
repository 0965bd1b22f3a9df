package main

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/stretchr/testify/require"
)

func TestMan(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man", "man1")
	t.Setenv("SOURCE_DATE_EPOCH", "86400")
	code, _, stderr := runHere(t, "", "man", dir)
	require.Zero(t, code, stderr)
	page, err := os.ReadFile(filepath.Join(dir, "khp-serve.1"))
	require.NoError(t, err)
	require.Contains(t, string(page), "Jan 1970")
	require.Contains(t, string(page), "--drain-timeout")
	require.Contains(t, string(page), "\n  echo    ", "lists stay lists")
	for _, command := range rootCommand(&cli.Env{}, nil).Commands() {
		if !command.Hidden {
			require.FileExists(t, filepath.Join(dir, "khp-"+command.Name()+".1"))
		}
	}
}

func TestMan_Wrong(t *testing.T) {
	code, _, stderr := runHere(t, "", "man")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, stderr, "FOLDER")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	code, _, stderr = runHere(t, "", "man", file)
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, stderr, file)
	t.Setenv("SOURCE_DATE_EPOCH", "today")
	code, _, stderr = runHere(t, "", "man", t.TempDir())
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, stderr, "today")
}

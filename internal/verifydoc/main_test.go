package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWrite_NothingUnlessEverySectionSucceeds(t *testing.T) {
	saved := sections
	defer func() { sections = saved }()
	name := filepath.Join(t.TempDir(), "page.md")
	sections = []func(io.Writer) error{uncovered, func(io.Writer) error { return errors.New("no") }}
	require.Error(t, write(name))
	require.NoFileExists(t, name)
	sections = sections[:1]
	require.NoError(t, write(name))
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(text), "## Not covered")
}

func TestTallies_AreRead(t *testing.T) {
	rows := tallies.FindAllStringSubmatch("x.go:70: table client: mutants 62, by properties 42, by sizes too 54\nexplored: mutants 100 of 10182, by properties 63, by sizes too 80, in 14s", -1)
	require.Len(t, rows, 2)
	require.Equal(t, []string{"table client", "62", "", "42", "54"}, rows[0][1:])
	require.Equal(t, []string{"explored", "100", "10182", "63", "80"}, rows[1][1:])
}

func TestRun_AllowsOneExitCode(t *testing.T) {
	out, err := run(1, "sh", "-c", "echo yes; exit 1")
	require.NoError(t, err)
	require.Equal(t, "yes", strings.TrimSpace(string(out)))
	_, err = run(1, "sh", "-c", "echo no >&2; exit 2")
	require.ErrorContains(t, err, "no")
}

func TestGrouped(t *testing.T) {
	require.Equal(t, []string{"1,234,567", "12"}, []string{grouped(1234567), grouped(12)})
}

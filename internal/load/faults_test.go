package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tests that the page names exist, and the page has the table as it is here.
func TestFaults(t *testing.T) {
	for _, f := range faults {
		require.NotEmpty(t, f.tests, f.what)
		for _, test := range f.tests {
			dir, name, ok := strings.Cut(test, ".")
			require.True(t, ok, test)
			require.True(t, declares(t, filepath.Join("../..", dir), "func "+name+"(t *testing.T)"),
				"%s does not exist", test)
		}
	}
	var table bytes.Buffer
	writeFaults(&table)
	page, err := os.ReadFile("../../docs/reliability.md")
	require.NoError(t, err)
	require.Contains(t, string(page), table.String(),
		"run make reliability, or put the table in by hand")
}

// declares reports whether one of the test files in dir has that line.
func declares(t *testing.T, dir, line string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.Contains(string(source), "\n"+line) {
			return true
		}
	}
	return false
}

// Peers serve the conversation of package transport: the same clients are content with them.
func TestPeers(t *testing.T) {
	for name := range peers {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		go func() { _ = servePeer(name, w) }()
		b := make([]byte, 64)
		n, err := r.Read(b)
		require.NoError(t, err)
		addr := strings.TrimSpace(string(b[:n]))
		for range 3 {
			c, err := open(addr, spec)
			require.NoError(t, err, name)
			require.NoError(t, c.echo("hello"), name)
			require.NoError(t, c.close(), name)
		}
	}
	require.Error(t, servePeer("none", os.Stdout))
}

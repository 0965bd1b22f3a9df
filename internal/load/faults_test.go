package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// The tests that the page names exist, and the page has the table as it is here.
func TestFaults(t *testing.T) {
	_, rows, found := strings.Cut(faults, "| --- | --- | --- |\n")
	require.True(t, found)
	for row := range strings.Lines(rows) {
		tests := regexp.MustCompile("`([^`]+)\\.(Test\\w+)`").FindAllStringSubmatch(row, -1)
		require.NotEmpty(t, tests, row)
		for _, test := range tests {
			require.True(t, declares(t, filepath.Join("../..", test[1]),
				"func "+test[2]+"(t *testing.T)"), "%s does not exist", test[0])
		}
	}
	page, err := os.ReadFile("../../docs/reliability.md")
	require.NoError(t, err)
	require.Contains(t, string(page), "\n"+faults,
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

// The clients of both profiles shake hands with package transport, and find their echo.
func TestClient(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &transport.Server{Handler: &transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			for {
				typ, p, err := c.Read(ctx)
				if err != nil {
					return err
				}
				if err := c.Write(ctx, typ, p); err != nil {
					return err
				}
			}
		}}}
	go func() { _ = s.Serve(ln) }()
	t.Cleanup(func() { _ = s.Close() })
	for _, p := range []profile{spec, kaazing} {
		for range 3 {
			c, err := open(ln.Addr().String(), nil, p)
			require.NoError(t, err, p.opening)
			require.NoError(t, c.echo("hello"), p.opening)
			require.NoError(t, c.close(), p.opening)
		}
	}
}

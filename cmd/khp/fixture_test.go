package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/stretchr/testify/require"
)

// testFile writes a file of the test's own and returns its path.
func testFile(t *testing.T, name, text string) string {
	t.Helper()
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(t.TempDir(), name)
	}
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// wantLog waits for a line of the log that matches, and returns it with its groups.
func wantLog(t *testing.T, log *lockedBuffer, pattern string) []string {
	t.Helper()
	var m []string
	re := regexp.MustCompile(pattern)
	require.Eventually(t, func() bool { m = re.FindStringSubmatch(log.String()); return m != nil }, 10*time.Second, time.Millisecond, "%s in %s", pattern, log)
	return m
}

// hangup has the server read its settings again, and waits until it says that it has, or has not.
func (s *served) hangup(t *testing.T) {
	t.Helper()
	before := reloads(s.log)
	s.signals <- syscall.SIGHUP
	require.Eventually(t, func() bool { return reloads(s.log) > before }, 10*time.Second, time.Millisecond)
}

func reloads(log *lockedBuffer) int {
	text := log.String()
	return strings.Count(text, "msg=reloaded") + strings.Count(text, `msg="not reloaded`) + strings.Count(text, `"msg":"reloaded"`)
}

// serveBriefly runs khp serve, which ends at once if it does not refuse its arguments.
func serveBriefly(args ...string) (code int, stderr string) {
	var errs strings.Builder
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	c := &cli.Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &errs, Notify: func() (<-chan os.Signal, func()) { return signals, func() {} }}
	return execute(c, append([]string{"serve"}, args...)), errs.String()
}

package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// wantLog waits for a line of the log that matches, and returns it with its groups.
func wantLog(t *testing.T, log *khptest.Buffer, pattern string) []string {
	t.Helper()
	var m []string
	re := regexp.MustCompile(pattern)
	require.Eventually(t, func() bool { m = re.FindStringSubmatch(log.String()); return m != nil },
		30*time.Second, time.Millisecond, "%s in %s", pattern, log)
	return m
}

// wantLogged waits for text in the log: a server that is slow does not wait for its lines.
func wantLogged(t *testing.T, log *khptest.Buffer, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(log.String(), text) },
		30*time.Second, time.Millisecond, "%q in %s", text, log)
}

// wantLines waits for n lines with text in the log, and requires that there are no more.
func wantLines(t *testing.T, log *khptest.Buffer, n int, text string) {
	t.Helper()
	lines := func() int { return strings.Count(log.String(), text) }
	require.Eventually(t, func() bool { return lines() >= n }, 30*time.Second, time.Millisecond,
		"%q in %s", text, log)
	require.Equal(t, n, lines(), log)
}

// hangup has the server read its settings again, and waits until it says that it has, or has not.
func (s *served) hangup(t *testing.T) {
	t.Helper()
	before := reloads(s.log)
	s.signals <- syscall.SIGHUP
	require.Eventually(t, func() bool { return reloads(s.log) > before }, 30*time.Second,
		time.Millisecond)
}

func reloads(log *khptest.Buffer) int {
	text := log.String()
	return strings.Count(text, "msg=reloaded") + strings.Count(text, `msg="not reloaded`) +
		strings.Count(text, `"msg":"reloaded"`)
}

// serveBriefly runs khp serve, which ends at once if it does not refuse its arguments.
func serveBriefly(args ...string) (code int, stderr string) {
	var errs strings.Builder
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	c := &cli.Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &errs,
		Notify: func() (<-chan os.Signal, func()) { return signals, func() {} }}
	return execute(c, append([]string{"serve"}, args...)), errs.String()
}

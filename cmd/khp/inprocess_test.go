package main

import (
	"bufio"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// runHere runs a command in this process.
func runHere(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// served is a khp serve in this process.
type served struct {
	url     string
	log     *khptest.Buffer
	signals chan os.Signal
	done    chan int
}

// serveHere starts khp serve in this process, which the test's end stops.
func serveHere(t *testing.T, args ...string) *served {
	t.Helper()
	s, _ := serveLines(t, 1, append([]string{"--listen", "127.0.0.1:0"}, args...)...)
	return s
}

// serveLines starts khp serve with n listeners, and returns the URL of each as well.
func serveLines(t *testing.T, n int, args ...string) (s *served, urls []string) {
	t.Helper()
	s = &served{log: &khptest.Buffer{}, signals: make(chan os.Signal, 2), done: make(chan int, 1)}
	r, w := io.Pipe()
	c := &cli.Env{Stdin: strings.NewReader(""), Stdout: w, Stderr: s.log,
		Notify: func() (<-chan os.Signal, func()) { return s.signals, func() {} }}
	go func() {
		code := execute(c, append([]string{"serve"}, args...))
		_ = w.Close()
		s.done <- code
	}()
	lines := bufio.NewReader(r)
	for range n {
		line, err := lines.ReadString('\n')
		require.NoError(t, err, s.log.String())
		urls = append(urls, strings.TrimPrefix(strings.TrimSpace(line), "khp: listening on "))
	}
	s.url = urls[0]
	t.Cleanup(func() { require.Equal(t, cli.ExitOK, s.stop()) })
	return s, urls
}

// stop drains the server, once, and returns its exit code.
func (s *served) stop() int {
	s.signals <- syscall.SIGTERM
	code := <-s.done
	s.done <- code
	return code
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"example.com/khp/internal/visible"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the whole program: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &cli{stdin: stdin, stdout: stdout, stderr: stderr, notify: notify}
	return c.run(args)
}

// cli is what a command knows of the world outside.
type cli struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	help   *carefulWriter                                 // stdout for cobra, which does not look at errors
	notify func() (signals <-chan os.Signal, stop func()) // of a wish to end, or to read settings again
}

// notify has SIGINT, SIGTERM and SIGHUP come as values instead of ending the program.
func notify() (<-chan os.Signal, func()) {
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return ch, func() { signal.Stop(ch) }
}

// raise has a signal that is not awaited any more do what it does.
func raise(sig os.Signal) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil || self.Signal(sig) != nil {
		os.Exit(exitFailed)
	}
}

func (c *cli) run(args []string) int {
	root := c.rootCommand()
	root.SetArgs(args)
	err := root.Execute()
	if err == nil && c.help.err != nil {
		err = failf(exitFailed, "cannot write to stdout: %s", c.help.err)
	}
	if err == nil {
		return exitOK
	}
	code := exitFailed
	var e *exitError
	if errors.As(err, &e) {
		code = e.code
	}
	if text := err.Error(); text != "" {
		_, _ = fmt.Fprintln(c.stderr, "khp: "+oneLine(text))
	}
	return code
}

// carefulWriter remembers the first error and pretends that there was none.
type carefulWriter struct {
	w   io.Writer
	err error
}

func (c *carefulWriter) Write(p []byte) (int, error) {
	if c.err == nil {
		_, c.err = c.w.Write(p)
	}
	return len(p), nil
}

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1 // the handshake, property or case failed
	exitUsage       = 2
	exitUnreachable = 3
	exitStopped     = 4 // khp explore: a crash or a limit, nothing is known
)

// exitError ends the program with a code of its own. An empty text means that all has been said.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// usagef is a mistake on the command line.
func usagef(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

// failf is a failure that the user should read in one line.
func failf(code int, format string, args ...any) error {
	return &exitError{code, fmt.Sprintf(format, args...)}
}

// oneLine keeps what a library or peer says in one line, in which everything shows.
func oneLine(s string) string { return visible.Line(blanks.Replace(strings.TrimSpace(s))) }

var blanks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

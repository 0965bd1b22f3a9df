// Package cli is shared by the commands of khp: the world outside as a value, exit codes and
// errors of one line, types of flags for times and sizes, colours, and text for terminals and
// programs.
package cli

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Env is all that a command has of the world outside.
type Env struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Notify func() (signals <-chan os.Signal, stop func()) // as Signals
}

// Signals delivers SIGINT, SIGTERM and SIGHUP as values until stop is called; they do not end the
// program meanwhile.
func Signals() (signals <-chan os.Signal, stop func()) {
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return ch, func() { signal.Stop(ch) }
}

// Raise sends sig to this process, after Signals has stopped, so that it has the effect that the
// system gives it.
func Raise(sig os.Signal) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil || self.Signal(sig) != nil {
		os.Exit(ExitFailed)
	}
}

// NoArgs refuses arguments, for [cobra.Command.Args].
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return Usagef("%s takes no argument, got %q; see %s --help",
			cmd.CommandPath(), args[0], cmd.CommandPath())
	}
	return nil
}

// Package cli is shared by the commands of khp: the world outside as a value, exit codes and
// errors of one line, types of flags for times and sizes, colours, and text for terminals and
// programs.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

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

// Interruptible returns a context that a signal ends; stop ends it as well, and releases the
// signals.
func (c *Env) Interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals, release := c.Notify()
	go func() {
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(); release() }
}

// Raise ends this process by sig, after Signals has stopped, as the system would have. A process
// that was started with sig ignored, as shells start those in the background, exits with
// ExitFailed.
func Raise(sig os.Signal) {
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(sig) == nil {
		time.Sleep(time.Second) // sig may reach another thread, a little later
	}
	os.Exit(ExitFailed)
}

// NoArgs refuses arguments, for [cobra.Command.Args].
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return Usagef("%s takes no argument, got %q; see %s --help",
			cmd.CommandPath(), args[0], cmd.CommandPath())
	}
	return nil
}

// Complete has shells complete the value of a flag with words.
func Complete(cmd *cobra.Command, flag string, words ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag,
		cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Exit codes of khp.
const (
	ExitOK          = 0
	ExitFailed      = 1 // the handshake, property or case failed
	ExitUsage       = 2 // wrong usage, or input that cannot be read
	ExitUnreachable = 3 // the target
	ExitStopped     = 4 // khp explore: a crash or a limit, nothing is known
)

// ExitError ends the program with an exit code. Without a text nothing more is printed.
type ExitError struct {
	Code int
	Text string
}

// Error implements error.
func (e *ExitError) Error() string { return e.Text }

// Usagef reports a mistake on the command line, in one line that says what is wrong and what to
// try.
func Usagef(format string, args ...any) error {
	return &ExitError{ExitUsage, fmt.Sprintf(format, args...)}
}

// Failf reports a failure with its exit code, in one line.
func Failf(code int, format string, args ...any) error {
	return &ExitError{code, fmt.Sprintf(format, args...)}
}

// Unprinted reports that the standard output cannot be written.
func Unprinted(err error) error {
	return Failf(ExitFailed, "cannot write to stdout: %s", Cause(err))
}

// Exit prints err, if there is one, as one line and returns the exit code.
func Exit(stderr io.Writer, err error) int {
	if err == nil {
		return ExitOK
	}
	code := ExitFailed
	if e, ok := errors.AsType[*ExitError](err); ok {
		code = e.Code
	}
	if text := err.Error(); text != "" {
		_, _ = fmt.Fprintln(stderr, "khp: "+OneLine(text))
	}
	return code
}

// FlagError says in the words of khp what is wrong with a flag, for
// [cobra.Command.SetFlagErrorFunc].
func FlagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var syntax *pflag.InvalidSyntaxError
	var refused *pflag.InvalidValueError
	var repeated *repeatedError
	var empty *emptyError
	switch {
	case errors.As(err, &missing):
		what, _ := pflag.UnquoteUsage(missing.GetFlag())
		text = fmt.Sprintf("--%s needs a value, %s", missing.GetFlag().Name, what)
	case errors.As(err, &syntax):
		text = syntax.GetSpecifiedFlag() + " is no flag"
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		text = "unknown flag: -" + unknown.GetSpecifiedName()
	case errors.As(err, &unknown):
		text += nearest(cmd.Flags(), unknown.GetSpecifiedName())
	case errors.As(err, &refused) && errors.As(err, &repeated): // its values may be secret
		text = "--" + refused.GetFlag().Name + " " + repeated.Error()
	case errors.As(err, &refused) && errors.As(err, &empty):
		text = "--" + refused.GetFlag().Name + ` "": ` + empty.Error()
	case errors.As(err, &refused):
		text = "--" + Refusal(refused.GetFlag(), refused.GetValue(), refused.Unwrap())
	}
	return Usagef("%s; see %s --help", text, cmd.CommandPath())
}

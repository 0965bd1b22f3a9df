package cli

import "fmt"

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

// Usagef reports a mistake on the command line, in one line that says what is wrong and what to try.
func Usagef(format string, args ...any) error {
	return &ExitError{ExitUsage, fmt.Sprintf(format, args...)}
}

// Failf reports a failure with its exit code, in one line.
func Failf(code int, format string, args ...any) error {
	return &ExitError{code, fmt.Sprintf(format, args...)}
}

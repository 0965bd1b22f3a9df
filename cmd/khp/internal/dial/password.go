package dial

import (
	"errors"
	"io"
	"os"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/terminal"
	"golang.org/x/term"
)

// askPassword asks the person at the terminal for the password of a user. ok is false if stdin is
// no terminal. The terminal shows none of the keys, from before the question on, and is as
// it was afterwards, also if a signal ends the question.
func askPassword(c *cli.Env, user string) (password string, ok bool, err error) {
	in, isFile := c.Stdin.(*os.File)
	if !isFile || !terminal.IsTerminal(in) {
		return "", false, nil
	}
	signals, stop := c.Notify()
	defer stop()
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil { // a device that is no terminal
		return "", false, nil
	}
	defer func() { _ = term.Restore(int(in.Fd()), state) }()
	type answer struct {
		text string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		t := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{keys{in}, c.Stderr}, "")
		text, err := t.ReadPassword("Password of " + cli.Quoted(user) + ": ")
		typed <- answer{text, err}
	}()
	interrupted := cli.Failf(cli.ExitFailed, "interrupted while asking for the password")
	select {
	case a := <-typed:
		switch {
		case errors.Is(a.err, io.EOF): // Ctrl-C or Ctrl-D
			_, _ = io.WriteString(c.Stderr, "\r\n")
			return "", true, interrupted
		case a.err != nil && !errors.Is(a.err, term.ErrPasteIndicator):
			return "", true, cli.Usagef("--user: the password cannot be read: %s", a.err)
		}
		return a.text, true, nil
	case <-signals:
		_, _ = io.WriteString(c.Stderr, "\r\n")
		return "", true, interrupted
	}
}

// keys reads one byte at a time, so that input typed ahead stays for the next reader.
type keys struct{ io.Reader }

// Read implements [io.Reader].
func (k keys) Read(p []byte) (int, error) { return k.Reader.Read(p[:min(1, len(p))]) }

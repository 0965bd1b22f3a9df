// Package z3 runs the SMT solver z3 as a process.
package z3

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// ErrMissing is the error where there is no z3.
var ErrMissing = errors.New("z3 is missing: apt-get install z3")

// Process is a running z3.
type Process struct {
	cmd *exec.Cmd
	in  *bufio.Writer
	out *bufio.Reader
	end io.Closer
}

// Start starts z3 from the PATH. It ends with the context or with [Process.Close].
func Start(ctx context.Context) (*Process, error) {
	path, err := exec.LookPath("z3")
	if err != nil {
		return nil, ErrMissing
	}
	p := &Process{cmd: exec.CommandContext(ctx, path, "-in", "-smt2")}
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out, p.end = bufio.NewWriter(in), bufio.NewReader(out), in
	return p, p.cmd.Start()
}

// Tell hands over commands that have no answer.
func (p *Process) Tell(commands string) error {
	_, err := p.in.WriteString(commands)
	return err
}

// Ask hands over a command and returns its answer: a line, or lines up to the last parenthesis.
func (p *Process) Ask(command string) (string, error) {
	if err := p.Tell(command); err != nil {
		return "", err
	}
	if err := p.in.Flush(); err != nil {
		return "", err
	}
	var answer strings.Builder
	for depth, quote := 0, false; answer.Len() == 0 || depth > 0; {
		line, err := p.out.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("z3 ended: %w", err)
		}
		for _, c := range line {
			switch {
			case c == '|':
				quote = !quote
			case quote:
			case c == '(':
				depth++
			case c == ')':
				depth--
			}
		}
		answer.WriteString(line)
	}
	text := strings.TrimSpace(answer.String())
	if strings.HasPrefix(text, "(error") {
		return "", fmt.Errorf("z3 says %s", text)
	}
	return text, nil
}

// Version returns the version of z3.
func (p *Process) Version() (string, error) {
	answer, err := p.Ask("(get-info :version)\n")
	return strings.Trim(strings.TrimPrefix(answer, "(:version "), `")`), err
}

// Close ends the process. It returns the error of a command that had no answer to tell it.
func (p *Process) Close() error {
	err := errors.Join(p.in.Flush(), p.end.Close())
	rest, _ := io.ReadAll(p.out)
	if err = errors.Join(err, p.cmd.Wait()); err != nil && len(rest) > 0 {
		return fmt.Errorf("%w: z3 says %s", err, bytes.TrimSpace(rest))
	}
	return err
}

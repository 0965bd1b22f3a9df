package main

import (
	"io"
	"os"

	"example.com/khp/cmd/khp/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the whole program in this process; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &cli.Env{Stdin: stdin, Stdout: stdout, Stderr: stderr, Notify: cli.Signals}
	return execute(c, args)
}

// execute runs one command.
func execute(c *cli.Env, args []string) int {
	out := &carefulWriter{w: c.Stdout} // cobra does not look at errors
	root := rootCommand(c, out)
	root.SetArgs(args)
	err := root.Execute()
	if err == nil && out.err != nil {
		err = cli.Unprinted(out.err)
	}
	return cli.Exit(c.Stderr, err)
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

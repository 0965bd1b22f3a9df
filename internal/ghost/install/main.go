// Command install runs a command of go, such as a test, with a ghost beside each endpoint: see
// package ghost.
//
//	go run ./internal/ghost/install go test ./endpoint/... ./transport/...
//
// It writes the source of package endpoint anew into a temporary directory, and names that to the
// go command by GOFLAGS.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"example.com/khp/internal/docgen/tool"
	"example.com/khp/internal/ghost/tell"
)

func main() {
	err := run(os.Args[1:])
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		os.Exit(failed.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, "ghost:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("no command is given; name one, such as go test ./endpoint")
	}
	root, err := tool.Root()
	if err != nil {
		return err
	}
	file, remove, err := tell.Overlay(root)
	if err != nil {
		return err
	}
	defer remove()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+filepath.ToSlash(file))
	return cmd.Run()
}

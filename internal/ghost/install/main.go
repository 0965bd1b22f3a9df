// Command install runs a command of go, such as a test, with a ghost beside each endpoint: see
// package ghost.
//
//	go run ./internal/ghost/install go test ./endpoint/... ./transport/...
//
// It writes the source of package endpoint anew into a temporary directory, and names that to the
// go command by GOFLAGS. A first argument -overlay FILE says where a file of replacements is that
// the source is taken from, so that a ghost can be beside endpoints with seeded faults.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"example.com/khp/internal/ghost/overlay"
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
	root, err := overlay.Root()
	if err != nil {
		return err
	}
	var before overlay.Replacements
	if len(args) > 1 && args[0] == "-overlay" {
		text, err := os.ReadFile(args[1])
		if err == nil {
			err = json.Unmarshal(text, &before)
		}
		if err != nil {
			return err
		}
		args = args[2:]
	}
	if len(args) == 0 {
		return errors.New("no command is given; name one, such as go test ./endpoint")
	}
	work, err := os.MkdirTemp("", "khp-ghost-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	file, err := overlay.Write(root, work, before)
	if err != nil {
		return err
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -overlay="+filepath.ToSlash(file))
	return cmd.Run()
}

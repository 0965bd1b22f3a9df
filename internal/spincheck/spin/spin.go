// Package spin drives the model checker Spin on the exported model: it generates a verifier,
// compiles and runs it, and reads its output.
package spin

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/khp/sim/export"
	"example.com/khp/sim/formal"
)

// Missing returns the way to get Spin and a C compiler, "" if both are there.
func Missing() string {
	for _, name := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(name); err != nil {
			return name + " is not installed; on Debian: apt-get install spin gcc"
		}
	}
	return ""
}

// Version returns the version of spin.
func Version() string {
	out, err := exec.Command("spin", "-V").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// Options say how a verifier is made.
type Options struct {
	Defines []string // settings of the model, such as KAAZING=1, FAULT_NO_END or RECORD
	Claims  bool     // for formulas; without, for assertions and states in which nothing can happen
	Fast    bool     // let the compiler optimise: slow to compile, fast to run
	Compact bool     // keep hashes of states instead of the states
}

// Verifier is a compiled program that checks the model. [Verifier.Remove] removes it.
type Verifier struct {
	dir     string
	defines []string // settings for spin
	model   []byte
}

// Build makes a verifier for the exported model. Reduction is off, so that it visits each state
// that there is.
func Build(ctx context.Context, o Options) (Verifier, error) {
	var model bytes.Buffer
	if err := formal.Promela(&model, export.Pair); err != nil {
		return Verifier{}, err
	}
	dir, err := os.MkdirTemp("", "spincheck")
	if err != nil {
		return Verifier{}, err
	}
	// a value that nothing reads is part of the state nevertheless
	v := Verifier{dir: dir, model: model.Bytes(), defines: []string{"-o2"}}
	for _, d := range o.Defines {
		v.defines = append(v.defines, "-D"+d)
	}
	if err := v.build(ctx, o); err != nil {
		v.Remove()
		return Verifier{}, err
	}
	return v, nil
}

func (v Verifier) build(ctx context.Context, o Options) error {
	if err := os.WriteFile(filepath.Join(v.dir, "pair.pml"), v.model, 0o600); err != nil {
		return err
	}
	if _, err := v.run(ctx, "spin", append(slices.Clone(v.defines), "-a", "pair.pml")...); err != nil {
		return err
	}
	args := []string{"-w", "-O0", "-DNOREDUCE"}
	if o.Fast {
		args[1] = "-O3"
	}
	if !o.Claims {
		args = append(args, "-DSAFETY", "-DNOCLAIM")
	}
	if o.Compact {
		args = append(args, "-DHC4")
	}
	_, err := v.run(ctx, "gcc", append(args, "-o", "pan", "pan.c")...)
	return err
}

// Check visits every state, or stops at the first error.
func (v Verifier) Check(ctx context.Context) (Result, error) {
	return v.search(ctx, "-m2000000", "-w22")
}

// Formula checks one of the formulas of the model.
func (v Verifier) Formula(ctx context.Context, name string) (Result, error) {
	return v.search(ctx, "-a", "-m2000000", "-w22", "-N", name)
}

// search runs the verifier.
func (v Verifier) search(ctx context.Context, args ...string) (Result, error) {
	cmd, out, err := v.command(ctx, "./pan", args...)
	if err != nil {
		return Result{}, err
	}
	r, err := parse(out)
	r.Seconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return r, err
}

// Remove removes the files of [Build].
func (v Verifier) Remove() { _ = os.RemoveAll(v.dir) }

func (v Verifier) run(ctx context.Context, name string, args ...string) ([]byte, error) {
	_, out, err := v.command(ctx, name, args...)
	return out, err
}

func (v Verifier) command(
	ctx context.Context, name string, args ...string,
) (*exec.Cmd, []byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = v.dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || name == "spin" && bytes.Contains(out, []byte("Error:")) {
		return cmd, out, fmt.Errorf("%s %s: %w\n%s%s",
			name, strings.Join(args, " "), err, out, errs.Bytes())
	}
	return cmd, out, nil
}

// Command verifydoc explores all models, measures, and writes docs/verification.md. Numbers are
// those of the machine it runs on, which the page names.
//
//	go run ./internal/verifydoc        # from the root of the project; a few minutes
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
)

const file = "docs/verification.md"

func main() {
	if err := write(file); err != nil {
		fmt.Fprintln(os.Stderr, "verifydoc:", err)
		os.Exit(1)
	}
}

// sections are the parts of the page, in order. Each writes itself, with a heading of its own.
var sections = []func(io.Writer) error{intro, models, besideSpin, simulation, drill, faults, mutants, shards, uncovered, document}

// write writes the page. Nothing is written unless every section succeeds.
func write(name string) error {
	var page bytes.Buffer
	for _, section := range sections {
		if err := section(&page); err != nil {
			return err
		}
	}
	return os.WriteFile(name, page.Bytes(), 0o644)
}

// run runs a command and returns what it prints. Exit code allowed counts as success too.
func run(allowed int, name string, args ...string) (out []byte, err error) {
	out, _, err = timed(allowed, name, args...)
	return out, err
}

// timed is run and tells the processor time too.
func timed(allowed int, name string, args ...string) (out []byte, processor float64, err error) {
	cmd := exec.Command(name, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err = cmd.Output()
	if cmd.ProcessState != nil {
		processor = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) && exit.ExitCode() == allowed {
		return out, processor, nil
	}
	return nil, 0, fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out, errs.Bytes())
}

// result is the part of the JSON document of khp explore that the page shows.
type result struct {
	States, Steps  int
	Seconds        float64
	Holds          bool
	processor      float64 // seconds of processor time of the whole program
	Configurations []struct {
		Model, Name          string
		States, Steps, Depth int
		Seconds              float64
		Rate                 float64 `json:"states_per_second"`
		Visited              float64 `json:"visited_bytes_per_state"`
		Total                float64 `json:"total_bytes_per_state"`
		Collision            float64 `json:"collision_probability"`
	}
	Violations []struct {
		Configuration, ID, Text, Transcript string
		Steps                               []struct{ Step int }
	}
}

// explore runs khp explore, whose binary is built once.
func explore(args ...string) (r result, err error) {
	dir, err := os.MkdirTemp("", "verifydoc")
	if err != nil {
		return r, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if _, err := run(0, "go", "build", "-o", dir+"/khp", "./cmd/khp"); err != nil {
		return r, err
	}
	out, processor, err := timed(1, dir+"/khp", append([]string{"explore", "--json", "--progress", "none"}, args...)...)
	if err != nil {
		return r, err
	}
	r.processor = processor
	return r, json.Unmarshal(out, &r)
}

// grouped writes a number with commas.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

var processorName = regexp.MustCompile(`(?m)^model name\s*: (.*)$`)

// processor is what the machine calls its processor.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if m := processorName.FindSubmatch(info); err == nil && m != nil {
		return string(m[1])
	}
	return runtime.GOARCH
}

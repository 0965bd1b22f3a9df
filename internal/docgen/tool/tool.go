// Package tool is shared by the tools that write docs: it finds the module, describes the machine,
// and runs programs whose output goes into a page.
package tool

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// Root returns the nearest directory from the current one upwards that has a go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod here or above; run it inside the module")
		}
	}
	return "", err
}

var processorName = regexp.MustCompile(`(?m)^model name\s*: (.*)$`)

// Machine describes the machine on which a page was measured: the version of Go, the system, the
// processor and how many there are.
func Machine() string {
	processor := "unknown processor"
	info, err := os.ReadFile("/proc/cpuinfo")
	if m := processorName.FindSubmatch(info); err == nil && m != nil {
		processor = string(m[1])
	}
	return fmt.Sprintf("%s, %s/%s, %s, %d processors",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, processor, runtime.NumCPU())
}

// Run runs a program and returns its output and its processor time in seconds. The exit code
// allowed counts as success, like 0.
func Run(allowed int, name string, args ...string) (out []byte, processor float64, err error) {
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

// Part returns the fixed part of a page that is text/NAME.md below the package of texts.
func Part(texts embed.FS, name string) string {
	b, err := texts.ReadFile("text/" + name + ".md")
	if err != nil {
		panic(err)
	}
	return string(b)
}

package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/khp/internal/overlay"
)

//go:embed tables.go.txt
var tables []byte

// lab builds test binaries with mistakes and runs tests of them.
type lab struct {
	dir, work string
	binaries  map[string]string // with the changed tables, by package
	n         int
}

func newLab(dir string) (*lab, error) {
	work, err := os.MkdirTemp("", "khp-traced")
	return &lab{dir: dir, work: work, binaries: map[string]string{}}, err
}

func (l *lab) close() { _ = os.RemoveAll(l.work) }

// kill returns the first of the tests that names the requirement and fails, or all of them if every
// one is asked.
func (l *lab) kill(m mutant, tests []string, every bool) (killers []string, err error) {
	changed := ""
	built := l.binaries
	if m.edit != nil {
		text, err := m.edit.apply(l.dir)
		if err != nil {
			return nil, err
		}
		if changed, err = l.overlay(m.edit.file, []byte(text)); err != nil {
			return nil, err
		}
		built = map[string]string{}
	} else if changed, err = l.overlay("fsm/mistake.go", tables); err != nil {
		return nil, err
	}
	for _, t := range tests {
		folder, name := split(t)
		binary, ok := built[folder]
		if !ok {
			if binary, err = l.build(folder, changed); err != nil {
				return nil, err
			}
			built[folder] = binary
		}
		failed, err := l.fails(binary, folder, name, m)
		if err != nil {
			return nil, err
		}
		if failed {
			if killers = append(killers, t); !every {
				break
			}
		}
	}
	return killers, nil
}

// split takes package.Test apart; the package is a folder.
func split(test string) (folder, name string) {
	slash := strings.LastIndex(strings.SplitN(test, ".Test", 2)[0], "/")
	dot := slash + 1 + strings.Index(test[slash+1:], ".")
	return test[:dot], test[dot+1:]
}

// overlay has the go command read text in the place of a file.
func (l *lab) overlay(file string, text []byte) (string, error) {
	dir, err := os.MkdirTemp(l.work, "overlay")
	if err != nil {
		return "", err
	}
	o := overlay.New(dir)
	if err := o.Put(filepath.Join(l.dir, file), text); err != nil {
		return "", err
	}
	return o.Write()
}

func (l *lab) build(folder, file string) (binary string, err error) {
	l.n++
	binary = filepath.Join(l.work, fmt.Sprintf("%d.test", l.n))
	return binary, overlay.Test(file, l.dir, "./"+folder, binary)
}

// long is far more than a test takes that does not hang.
const long = 2 * time.Minute

var (
	attribute = regexp.MustCompile(`(?m)^\s*=== ATTR\s+(\S+) req (\S+)`)
	failure   = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	hanging   = regexp.MustCompile(`(?m)^\s+(Test\S+) \(\d`)
)

// fails reports whether a test that names the requirement fails, among those called name.
func (l *lab) fails(binary, folder, name string, m mutant) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*long)
	defer cancel()
	args := []string{"-test.v", "-test.short", "-test.timeout", long.String(),
		"-test.run", pattern(name)}
	if l.usesRapid(folder) {
		args = append(args, "-rapid.nofailfile") // a failure is expected
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = filepath.Join(l.dir, folder)
	cmd.Env = append(os.Environ(), "KHP_MISTAKE="+m.tables)
	out, err := cmd.CombinedOutput()
	if err == nil {
		if bytes.Contains(out, []byte("no tests to run")) {
			return false, fmt.Errorf("%s has no test %s: run make trace", folder, name)
		}
		return false, nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false, err
	}
	failed := map[string]bool{}
	for _, f := range append(failure.FindAllSubmatch(out, -1), hanging.FindAllSubmatch(out, -1)...) {
		failed[string(f[1])] = true
	}
	for _, a := range attribute.FindAllSubmatch(out, -1) {
		if string(a[2]) == m.id && failed[string(a[1])] {
			return true, nil
		}
	}
	return false, nil
}

// usesRapid reports whether tests of a package have the flags of rapid.
func (l *lab) usesRapid(folder string) bool {
	files, _ := filepath.Glob(filepath.Join(l.dir, folder, "*_test.go"))
	return slices.ContainsFunc(files, func(f string) bool {
		text, _ := os.ReadFile(f)
		return bytes.Contains(text, []byte(`"pgregory.net/rapid"`))
	})
}

// pattern matches a test, or a subtest, and nothing else.
func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

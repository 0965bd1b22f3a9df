package interop

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var jars = flag.String("jars", "",
	"directory with the jars of Kaazing's software; without it the tests are skipped")

// patience is how long a step of another process may take.
const patience = 30 * time.Second

// needsSoftware skips a test that has nothing to run against.
func needsSoftware(t *testing.T) {
	t.Helper()
	if *jars == "" {
		t.Skip("needs Kaazing's software, a JDK and Maven: make interop")
	}
	found, err := filepath.Glob(filepath.Join(*jars, "*.jar"))
	require.NoError(t, err)
	require.NotEmpty(t, found, "-jars %s has no jars", *jars)
}

// buildKHP builds the binary once for all tests and returns its path.
var buildKHP = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "khp-interop")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "khp")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/khp").CombinedOutput()
	if err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return path, nil
})

func khp(t *testing.T) string {
	t.Helper()
	path, err := buildKHP()
	require.NoError(t, err)
	return path
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if *jars != "" {
		if path, err := buildKHP(); err == nil {
			_ = os.RemoveAll(filepath.Dir(path))
		}
	}
	os.Exit(code)
}

// run runs a command to its end and returns its output and exit code.
func run(t *testing.T, name string, args ...string) (out, errs string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	require.NoError(t, ctx.Err(), "%s %v wrote:\n%s%s", name, args, &o, &e)
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// process is a running program whose standard output is read line by line.
type process struct {
	cmd   *exec.Cmd
	lines chan string
	errs  bytes.Buffer
}

// start starts a program, which is ended at the end of the test.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), lines: make(chan string, 1000)}
	p.cmd.Stderr = &p.errs
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	go p.read(out)
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		for range p.lines { // until the end of its output
		}
		_ = p.cmd.Wait()
	})
	return p
}

func (p *process) read(out io.Reader) {
	defer close(p.lines)
	s := bufio.NewScanner(out)
	for s.Buffer(nil, 1<<20); s.Scan(); {
		p.lines <- s.Text()
	}
	if err := s.Err(); err != nil {
		p.lines <- "its output cannot be read: " + err.Error()
	}
}

// line returns the next line, or false at the end.
func (p *process) line(t *testing.T) (string, bool) {
	t.Helper()
	select {
	case line, ok := <-p.lines:
		return line, ok
	case <-time.After(patience):
		require.FailNow(t, "no line", "%v says nothing for %v", p.cmd.Args, patience)
		return "", false
	}
}

// until reads lines up to one that contains text, and returns them.
func (p *process) until(t *testing.T, text string) []string {
	t.Helper()
	var lines []string
	for {
		line, ok := p.line(t)
		if !ok {
			require.FailNow(t, "ended", "%v ended before it said %q; it said:\n%s\n%s",
				p.cmd.Args, text, strings.Join(lines, "\n"), p.complaints())
		}
		lines = append(lines, line)
		if strings.Contains(line, text) {
			return lines
		}
	}
}

// complaints returns the error output of a process that has ended.
func (p *process) complaints() string {
	_ = p.cmd.Wait()
	return p.errs.String()
}

// rest reads all lines that are left.
func (p *process) rest(t *testing.T) []string {
	t.Helper()
	var lines []string
	for line, ok := p.line(t); ok; line, ok = p.line(t) {
		lines = append(lines, line)
	}
	return lines
}

package docs

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// command is one line of a console block of the README, with the output it promises.
type command struct {
	line string
	want string // "" promises nothing
}

// readmeCommands reads the console blocks.
func readmeCommands(t *testing.T) (list []command) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case inside && strings.HasPrefix(line, "$ "):
			list = append(list, command{line: line[2:]})
		case inside:
			list[len(list)-1].want += line + "\n"
		}
	}
	return list
}

// TestREADME_Commands runs the README's commands as written, but for the port, in the order in
// which they stand there.
func TestREADME_Commands(t *testing.T) {
	commands := readmeCommands(t)
	require.NotEmpty(t, commands)
	address := freeAddress(t)
	bin := filepath.Join(t.TempDir(), "khp")
	for _, c := range commands {
		line := strings.ReplaceAll(c.line, "127.0.0.1:8080", address)
		line = strings.ReplaceAll(line, "./khp", bin)
		switch {
		case line == "make check": // runs this very test
			target(t, "check")
		case line == "make demo":
			target(t, "demo")
			require.Contains(t, run(t, "go run ./cmd/khp demo"), "echo")
		case strings.HasPrefix(line, "go build"):
			run(t, strings.ReplaceAll(line, "-o khp", "-o "+bin))
		case strings.Contains(line, " serve "):
			require.Equal(t, strings.ReplaceAll(c.want, "127.0.0.1:8080", address), background(t, line))
		default:
			got := run(t, line)
			if c.want != "" {
				require.Equal(t, c.want, got, "%s", c.line)
			}
			require.NotEmpty(t, got, "%s shows something", c.line)
		}
	}
}

// target requires that the Makefile has a target of that name.
func target(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	require.Contains(t, string(text), "\n"+name+":", "make %s", name)
}

// run runs one shell line and returns its output.
func run(t *testing.T, line string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = ".."
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s\n%s%s", line, stdout.String(), stderr.String())
	return stdout.String()
}

// background starts a server and returns the first line it prints; the test's end interrupts it,
// and it must end well.
func background(t *testing.T, line string) (first string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", "exec "+line)
	cmd.Dir = ".."
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		require.NoError(t, cmd.Wait(), "the server drains and exits 0")
	})
	ready := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n')
		ready <- line
	}()
	select {
	case first = <-ready:
		return first
	case <-time.After(5 * time.Minute):
		t.Fatal("the server does not say that it listens")
	}
	return ""
}

// freeAddress returns a free loopback address.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// TestREADME_Links requires every relative link of the project's pages to lead somewhere.
func TestREADME_Links(t *testing.T) {
	pages, err := filepath.Glob("../*.md")
	require.NoError(t, err)
	more, err := filepath.Glob("*.md")
	require.NoError(t, err)
	for _, page := range append(pages, more...) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, part := range strings.Split(string(text), "](")[1:] {
			link, _, _ := strings.Cut(part, ")")
			link, _, _ = strings.Cut(link, "#")
			if link == "" || strings.Contains(link, "://") || strings.Contains(link, "mailto:") {
				continue
			}
			_, err := os.Stat(filepath.Join(filepath.Dir(page), link))
			require.NoError(t, err, "%s links to %s", page, link)
		}
	}
}

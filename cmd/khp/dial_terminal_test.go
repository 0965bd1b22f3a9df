//go:build linux || darwin

package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// terminal is khp dial with a person at it.
type terminal struct {
	*testing.T
	tty    *os.File
	screen *bufio.Reader
	cmd    *exec.Cmd
	shown  strings.Builder
}

func dialAtTerminal(t *testing.T, args ...string) *terminal {
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe, append([]string{"dial"}, args...)...)
	cmd.Env = append(os.Environ(), asKHP+"=1", "TERM=xterm", "NO_COLOR=1")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	require.NoError(t, err)
	watchdog := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }) // reading then fails
	t.Cleanup(func() { watchdog.Stop(); _ = cmd.Process.Kill(); _ = tty.Close() })
	return &terminal{T: t, tty: tty, screen: bufio.NewReader(tty), cmd: cmd}
}

func (x *terminal) types(keys string) {
	_, err := x.tty.WriteString(keys)
	require.NoError(x, err)
}

// sees waits until text is on the screen, behind what was seen before.
func (x *terminal) sees(text string) {
	var seen strings.Builder
	for !strings.Contains(seen.String(), text) {
		b, err := x.screen.ReadByte()
		require.NoError(x, err, "waiting for %q, seen %q", text, seen.String())
		seen.WriteByte(b)
	}
	x.shown.WriteString(seen.String())
}

func TestDial_AtTerminal(t *testing.T) {
	server := serveProcess(t)
	history := filepath.Join(t.TempDir(), "history")
	const up, ctrlD = "\x1b[A", "\x04"
	x := dialAtTerminal(t, server.url+"/", "--history", history)
	x.sees("> ")
	x.types("hallo\x7f\x7f\x7f\x7fello\r") // edited
	x.sees("ello")                         // as typed
	x.sees("hello\r\n")                    // and echoed
	x.types("wörld\r")
	x.sees("wörld\r\n")
	x.sees("wörld\r\n")
	x.types(up + up + "!\r")
	x.sees("hello!\r\n") // echoed: what is typed comes in pieces
	x.types(ctrlD)
	require.NoError(t, x.cmd.Wait(), x.shown.String())
	b, err := os.ReadFile(history)
	require.NoError(t, err)
	require.Equal(t, "hello\nwörld\nhello!\n", string(b))

	again := dialAtTerminal(t, server.url+"/", "--history", history)
	again.sees("> ")
	again.types(up + "\r")
	again.sees("hello!\r\n") // as the history has it
	again.sees("hello!\r\n") // and echoed
	require.NoError(t, server.stop())
	again.sees("the server closed: Close 1001")
	require.NoError(t, again.cmd.Wait())
}

func TestDial_HistoryThatCannotBeWritten(t *testing.T) {
	server := serveProcess(t)
	x := dialAtTerminal(t, server.url+"/", "--history", filepath.Join(t.TempDir(), "missing", "file"))
	x.sees("--history: open ")
	var exit *exec.ExitError
	require.ErrorAs(t, x.cmd.Wait(), &exit)
	require.Equal(t, exitUsage, exit.ExitCode())
}

func TestLineHistory(t *testing.T) {
	var h lineHistory
	for _, line := range []string{"a", "a", " ", "b"} {
		h.Add(line)
	}
	require.Equal(t, 2, h.Len())
	require.Equal(t, []string{"b", "a"}, []string{h.At(0), h.At(1)})
	for range maxHistory {
		h.Add("x")
		h.Add("y")
	}
	require.Equal(t, maxHistory, h.Len())
}

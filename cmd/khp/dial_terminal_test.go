//go:build linux || darwin

package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
	"golang.org/x/term"
)

// typist is khp dial with a person at it.
type typist struct {
	*testing.T
	tty    *os.File
	screen *bufio.Reader
	cmd    *exec.Cmd
	shown  strings.Builder
}

func dialAtTerminal(t *testing.T, args ...string) *typist {
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe, append([]string{"dial"}, args...)...)
	cmd.Env = append(os.Environ(), asKHP+"=1", "TERM=xterm", "NO_COLOR=1")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	require.NoError(t, err)
	watchdog := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }) // reading then fails
	t.Cleanup(func() { watchdog.Stop(); _ = cmd.Process.Kill(); _ = tty.Close() })
	return &typist{T: t, tty: tty, screen: bufio.NewReader(tty), cmd: cmd}
}

func (x *typist) types(keys string) {
	_, err := x.tty.WriteString(keys)
	require.NoError(x, err)
}

// sees waits until text is on the screen, behind the text seen before.
func (x *typist) sees(text string) {
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
	x.sees("hello!\r\n") // echoed: typed text comes in pieces
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
	require.Equal(t, cli.ExitUsage, exit.ExitCode())
}

// A line that the editor would cut is not sent.
func TestDial_LongLineAtTerminal(t *testing.T) {
	server := serveProcess(t)
	x := dialAtTerminal(t, server.url+"/")
	x.sees("> ")
	const most = 4096 // characters of a typed line
	x.types(strings.Repeat("a", most))
	x.types("\r")
	x.sees(strings.Repeat("a", 60) + "\r\n")   // typed
	x.sees(strings.Repeat("a", most) + "\r\n") // and echoed by the server, whole
	// one taken away again, two more before the last
	x.types(strings.Repeat("b", most) + "\x02\x7f" + "cc")
	x.types("\r") // of which one did not fit
	// and it is not sent
	x.sees("khp: not sent: a line typed here has at most 4096 characters; send lon")
	x.types("next\r")
	x.sees("next\r\n")
	x.sees("next\r\n")
	x.types("\x04")
	require.NoError(t, x.cmd.Wait(), x.shown.String())
	require.NotContains(t, x.shown.String(), strings.Repeat("b", 82)+"\r\n", "nothing came back")
}

// A terminal that edits lines by itself cuts them, too.
func TestDial_LongLineWithoutEditor(t *testing.T) {
	server := serveProcess(t)
	// how long a line gets through
	cut, ok := map[string]int{"linux": 4095, "darwin": 1023}[runtime.GOOS]
	if !ok {
		t.Skip("it is not known where terminals of this system cut lines")
	}
	for _, c := range []struct {
		length int
		whole  bool
	}{{cut - 1, true}, {5000, false}} {
		x := dialAtTerminal(t, server.url+"/", "--json")
		x.sees(`"event":"open"`)
		x.types(strings.Repeat("a", c.length) + "\n")
		if c.whole {
			x.sees(`"text":"` + strings.Repeat("a", c.length) + `"`)
			x.types("\x04")
			require.NoError(t, x.cmd.Wait())
			continue
		}
		x.sees("khp: cannot read the input: a terminal cuts lines after " + strconv.Itoa(cut) +
			" bytes; send it with --send-file FILE, or through a pipe")
		var exit *exec.ExitError
		require.ErrorAs(t, x.cmd.Wait(), &exit)
		require.Equal(t, cli.ExitFailed, exit.ExitCode())
		require.NotContains(t, x.shown.String(), `"event":"message"`)
	}
}

// A line being typed when the connection ends does not stand before the prompt of the shell.
func TestDial_LeavesTheTerminalClean(t *testing.T) {
	const clear = "\x1b[K" // to the end of the line
	for name, end := range map[string]func(x *typist, server *process){
		"Ctrl-C": func(x *typist, _ *process) { x.types("\x03") },
		"signal": func(x *typist, _ *process) { require.NoError(t, x.cmd.Process.Signal(os.Interrupt)) },
		"close": func(x *typist, server *process) {
			require.NoError(t, server.stop())
			x.sees("the server closed: Close 1001")
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := serveProcess(t)
			x := dialAtTerminal(t, server.url+"/")
			x.sees("> ")
			x.types("half a line")
			x.sees("half a line")
			end(x, server)
			rest, _ := io.ReadAll(x.screen) // to its end, which is an error on Linux
			require.NoError(t, x.cmd.Wait())
			i := strings.LastIndex(string(rest), clear)
			require.GreaterOrEqual(t, i, 0, "%q", rest)
			require.Equal(t, "\r", string(rest[i+len(clear):]),
				"the cursor is at the beginning of an empty line: %q", rest)
		})
	}
}

// The second signal ends dial at once, and the terminal echoes and edits again.
func TestDial_SecondSignalRestoresTheTerminal(t *testing.T) {
	url := customServer(t, func(ctx context.Context, c *transport.Conn) error {
		_ = c.Write(ctx, transport.Text, []byte("here"))
		<-ctx.Done() // it reads nothing, so that it never answers a Close
		return nil
	})
	x := dialAtTerminal(t, url)
	x.sees("here")
	x.types("half")
	x.sees("half")
	raw, err := term.GetState(int(x.tty.Fd()))
	require.NoError(t, err)
	require.NoError(t, x.cmd.Process.Signal(os.Interrupt))
	ended := make(chan error, 1)
	go func() { ended <- x.cmd.Wait() }()
	require.Eventually(t, func() bool {
		_ = x.cmd.Process.Signal(os.Interrupt)
		return len(ended) > 0
	}, 30*time.Second, 5*time.Millisecond)
	var exit *exec.ExitError
	require.ErrorAs(t, <-ended, &exit)
	require.Equal(t, syscall.SIGINT, exit.Sys().(syscall.WaitStatus).Signal())
	after, err := term.GetState(int(x.tty.Fd()))
	require.NoError(t, err)
	require.NotEqual(t, raw, after)
}

// A person sees that the connection is open, and which side has sent a message.
func TestDial_MarksAtTerminal(t *testing.T) {
	server := serveProcess(t)
	x := dialAtTerminal(t, server.url+"/")
	x.sees("khp: connected to " + server.url + "/; Ctrl-D closes\r\n")
	x.types("hello\r")
	x.sees("> hello\r\n")
	x.sees("< hello\r\n")
	x.types("\x04")
	require.NoError(t, x.cmd.Wait(), x.shown.String())
	for args, want := range map[string][]string{
		"--send one --send two": {"khp: connected to " + server.url + "/\r\n", "> one\r\n",
			"< one\r\n", "> two\r\n", "< two\r\n"},
		"--send one --binary": {"> <binary, 3 bytes> 6f 6e 65\r\n",
			"< <binary, 3 bytes> 6f 6e 65\r\n"},
		"--send one --raw --wait 1m": {"khp: connected", "\r\none"},
	} {
		x := dialAtTerminal(t, append([]string{server.url + "/"}, strings.Fields(args)...)...)
		for _, text := range want {
			x.sees(text)
		}
		require.NoError(t, x.cmd.Wait(), x.shown.String())
	}
}

// A password is asked for, not shown, and the terminal is as it was afterwards.
func TestDial_AsksForThePassword(t *testing.T) {
	server := serveProcess(t, "--auth", "/=joe:welcome")
	x := dialAtTerminal(t, server.url+"/", "-u", "joe")
	x.sees("Password of joe: ")
	x.types("welcome\r")
	x.sees("khp: connected to ")
	x.sees("> ")
	x.types("hi\r")
	x.sees("< hi\r\n")
	x.types("\x04")
	require.NoError(t, x.cmd.Wait(), x.shown.String())
	require.NotContains(t, x.shown.String(), "welcome")
	for _, key := range []string{"\x03", "\x04"} {
		x := dialAtTerminal(t, server.url+"/", "-u", "joe")
		x.sees("Password of joe: ")
		asking, err := term.GetState(int(x.tty.Fd()))
		require.NoError(t, err)
		x.types(key)
		x.sees("\r\nkhp: interrupted while asking for the password")
		var exit *exec.ExitError
		require.ErrorAs(t, x.cmd.Wait(), &exit)
		require.Equal(t, cli.ExitFailed, exit.ExitCode())
		after, err := term.GetState(int(x.tty.Fd()))
		require.NoError(t, err)
		require.NotEqual(t, asking, after)
	}
}

package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// A server whose log and trace are not read serves, forgets clients that left, reads its settings
// again, counts dropped lines, and ends when it is told to.
func TestServe_NobodyReadsLogAndTrace(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "trace")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Skip("there are no named pipes on this system")
	}
	config := khptest.File(t, "khp.yaml", "route: {/: echo}\nverbose: true\ndrain-timeout: 1h\n")
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer func() { _ = r.Close() }()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe, "serve", "--listen", "127.0.0.1:0", "--config", config, "--trace", pipe,
		"--metrics", "127.0.0.1:0")
	cmd.Env, cmd.Stderr = append(os.Environ(), asKHP+"=1"), w
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	require.NoError(t, w.Close())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	url := strings.TrimPrefix(strings.TrimSpace(line), "khp: listening on ")

	log, metrics := bufio.NewReader(r), ""
	for metrics == "" { // nothing else of it is read
		line, err := log.ReadString('\n')
		require.NoError(t, err)
		if _, rest, ok := strings.Cut(line, "msg=metrics url="); ok {
			metrics = strings.TrimSpace(rest)
		}
	}
	long := "/" + strings.Repeat("a", 3000)
	require.Eventually(t, func() bool {
		for range 50 {
			c := dialHere(t, url+long, nil)
			wantEcho(t, c, transport.Text, []byte("x"))
			require.NoError(t, c.Close(transport.CloseNormal, ""))
		}
		text := get(t, metrics)
		return regexp.MustCompile(`khp_dropped_lines_total\{for="log"\} [1-9]`).MatchString(text) &&
			regexp.MustCompile(`khp_dropped_lines_total\{for="trace"\} [1-9]`).MatchString(text)
	}, 5*time.Minute, time.Millisecond, "lines are dropped and counted")
	require.Eventually(t, func() bool {
		return strings.Contains(get(t, metrics), `khp_connections_open{route="/"} 0`)
	}, 30*time.Second, time.Millisecond)

	khptest.File(t, config, "route: {/: echo, /new: status:403}\nverbose: true\ndrain-timeout: 1h\n")
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	require.Eventually(t, func() bool {
		return strings.Contains(get(t, metrics), `khp_reloads_total{result="ok"} 1`)
	}, 30*time.Second, time.Millisecond)
	wantEcho(t, dialHere(t, url+"/", nil), transport.Text, []byte("x"))

	stays := openAndStay(t, url)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	_, _ = io.ReadFull(stays, make([]byte, 1)) // its Close frame, which is never answered
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait(), "exit code 0")
}

// A terminal that goes away during a drain, or a reload at the wrong moment, does not end the
// drain.
func TestDrain_HangupDoesNotEndIt(t *testing.T) {
	for name, args := range map[string][]string{"nothing to read again": nil,
		"a file": {"--config", khptest.File(t, "khp.yaml", "drain-timeout: 1h\n")}} {
		t.Run(name, func(t *testing.T) {
			s := serveHere(t, args...)
			stays := openAndStay(t, s.url)
			s.signals <- syscall.SIGTERM
			head := make([]byte, 4)
			_, err := io.ReadFull(stays, head)
			require.NoError(t, err)
			require.Equal(t, []byte{0x88, 2, 0x03, 0xe9}, head, "Close 1001")
			for range 5 {
				s.signals <- syscall.SIGHUP
			}
			require.Eventually(t, func() bool { return len(s.signals) == 0 }, 30*time.Second,
				time.Millisecond)
			_, err = stays.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9})
			require.NoError(t, err)
			require.Equal(t, cli.ExitOK, <-s.done)
			s.done <- cli.ExitOK
			require.NotContains(t, s.log.String(), "dropped connections")
		})
	}
}

// openAndStay is an open connection whose client does nothing by itself.
func openAndStay(t *testing.T, url string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(30*time.Second)))
	const request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"+
		string(append([]byte{0x82, 0x80 | byte(len(request)), 0, 0, 0, 0}, request...)))
	require.NoError(t, err)
	// the end of the response, and the terminator
	for seen := []byte{}; !bytes.HasSuffix(seen, []byte("\r\n\r\n\x82\x00")); {
		one := make([]byte, 1)
		_, err := io.ReadFull(c, one)
		require.NoError(t, err, "%q", seen)
		seen = append(seen, one...)
	}
	return c
}

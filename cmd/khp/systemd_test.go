package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// A service manager hears when khp is ready, reloads and stops, and why it did not reload.
func TestServe_Notify(t *testing.T) {
	dir, err := os.MkdirTemp("", "khp") // the name of a socket is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket, err := net.ListenUnixgram("unixgram",
		&net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	require.NoError(t, err)
	defer func() { _ = socket.Close() }()
	hears := func(want ...string) {
		for _, w := range want {
			require.NoError(t, socket.SetReadDeadline(time.Now().Add(time.Minute)))
			b := make([]byte, 4096)
			n, err := socket.Read(b)
			require.NoError(t, err, w)
			require.Contains(t, string(b[:n]), w)
		}
	}
	config := khptest.File(t, "khp.yaml",
		"routes: {/echo: echo}\ndrain-over: 1ms\ndrain-timeout: 3s\n")
	cmd := exec.Command(os.Args[0], "serve", "--listen", "127.0.0.1:0", "--config", config)
	cmd.Env = []string{"NOTIFY_SOCKET=" + socket.LocalAddr().String()}
	g, err := startProcess(cmd)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.stop(), g.log.String()) })
	hears("READY=1")
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGHUP))
	hears("RELOADING=1", "STATUS=", "READY=1")
	khptest.File(t, config, "rotes: {}")
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGHUP))
	hears("RELOADING=1", "STATUS=not reloaded, the settings stay as they were: "+config+
		":1: there is no setting", "READY=1")
	require.NoError(t, g.cmd.Process.Signal(syscall.SIGTERM))
	hears("STOPPING=1\nEXTEND_TIMEOUT_USEC=8001000")
}

// Sockets of a service manager take the place of the first listeners, TCP or Unix, and too many are
// refused.
func TestServe_SocketActivation(t *testing.T) {
	activated := func(ln interface{ File() (*os.File, error) }, args ...string) *exec.Cmd {
		file, err := ln.File()
		require.NoError(t, err)
		t.Cleanup(func() { _ = file.Close() })
		exe, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.Command("sh",
			append([]string{"-c", `LISTEN_PID=$$ exec "$0" "$@"`, exe, "serve"}, args...)...)
		cmd.Env, cmd.ExtraFiles = []string{"LISTEN_FDS=1"}, []*os.File{file}
		return cmd
	}
	ln := khptest.Listen(t)
	g, err := startProcess(activated(ln.(*net.TCPListener), "--listen", "127.0.0.1:1"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.stop(), g.log.String()) })
	require.Equal(t, "ws://"+ln.Addr().String(), g.url)
	wantEcho(t, dialHere(t, g.url+"/", nil), transport.Text, []byte("x"))

	dir, err := os.MkdirTemp("", "khp")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "socket")
	unix, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = unix.Close() })
	u, err := startProcess(activated(unix))
	require.NoError(t, err)
	require.Equal(t, "ws+unix:"+path, u.url)
	nc, err := net.Dial("unix", path)
	require.NoError(t, err)
	defer func() { _ = nc.Close() }()
	_, err = nc.Write([]byte("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
	require.NoError(t, err)
	head := make([]byte, len("HTTP/1.1 200"))
	_, err = io.ReadFull(nc, head)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 200", string(head))
	require.NoError(t, u.stop(), u.log.String())
	require.FileExists(t, path, "the socket is the manager's")

	cmd := activated(ln.(*net.TCPListener))
	cmd.Env = append(cmd.Env, "LISTEN_FDS=2", asKHP+"=1")
	cmd.Env = append(os.Environ(), cmd.Env...)
	cmd.ExtraFiles = append(cmd.ExtraFiles, cmd.ExtraFiles[0])
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "the service manager has 2 sockets for 1 listener")
	require.Equal(t, 1, strings.Count(string(out), "\n"))
}

// With drain-over connections end one after another: readiness comes first, and each is closed with
// 1001 in its turn.
func TestServe_DrainOver(t *testing.T) {
	s := serveHere(t, "--drain-over", "200ms", "--metrics", "127.0.0.1:0")
	var open []*transport.Conn
	for range 4 {
		open = append(open, dialHere(t, s.url+"/", nil))
	}
	begin := time.Now()
	s.signals <- syscall.SIGTERM
	for _, c := range open {
		_, _, err := c.Read(t.Context())
		var closed *transport.CloseError
		require.ErrorAs(t, err, &closed)
		require.Equal(t, transport.CloseGoingAway, closed.Code)
	}
	require.GreaterOrEqual(t, time.Since(begin), 150*time.Millisecond,
		"the last one of four is closed after three quarters of the time")
	wantLogged(t, s.log, "over=200ms")
}

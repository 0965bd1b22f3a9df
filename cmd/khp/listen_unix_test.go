package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// khp serve listens on a Unix socket, and takes it away at the end.
func TestServe_ListensOnUnixSocket(t *testing.T) {
	socket := t.TempDir() + "/khp.sock"
	addr, requests := tellingBackend(t)
	r, w := io.Pipe()
	log, signals, done := &khptest.Buffer{}, make(chan os.Signal, 1), make(chan int, 1)
	c := &cli.Env{Stdin: strings.NewReader(""), Stdout: w, Stderr: log,
		Notify: func() (<-chan os.Signal, func()) { return signals, func() {} }}
	go func() {
		done <- execute(c, []string{"serve", "--listen", "unix:" + socket, "--route", "/=echo",
			"--route", "/back=ws://" + addr})
		_ = w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err, log.String())
	require.Equal(t, "khp: listening on ws+unix:"+socket+"\n", line)
	byUnix := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	wantEcho(t, dialHere(t, "ws://localhost/", &transport.DialOptions{NetDial: byUnix}),
		transport.Text, []byte("hello"))
	back := dialHere(t, "ws://localhost/back",
		&transport.DialOptions{NetDial: byUnix, OpeningHeader: forged()})
	require.NoError(t, back.CloseNow())
	told := <-requests
	require.NotContains(t, told.Header, "X-Forwarded-For", "nobody knows")
	require.Equal(t, `for=unknown;proto=http;host="localhost"`, told.Header.Get("Forwarded"))
	signals <- syscall.SIGTERM
	require.Equal(t, cli.ExitOK, <-done)
	require.NoFileExists(t, socket)
}

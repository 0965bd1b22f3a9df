package main

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// serveWith serves one kind of connection, and returns its URL.
func serveWith(t *testing.T, h *transport.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		_ = h.Shutdown(ctx)
		server.Close()
	})
	return "ws" + strings.TrimPrefix(server.URL, "http") + "/"
}

// --send and lines of stdin end, and say why, if the server reads nothing.
func TestDial_ServerDoesNotRead(t *testing.T) {
	url := serveWith(t, &transport.Handler{Serve: func(ctx context.Context, c *transport.Conn) error {
		_ = c.NetConn().(*net.TCPConn).SetReadBuffer(4 << 10)
		<-ctx.Done()
		return nil
	}})
	lines := strings.Repeat(strings.Repeat("x", 60<<10)+"\n", 400)
	for _, c := range []struct {
		stdin string
		args  []string
	}{
		{"", []string{"--send", strings.Repeat("x", 60<<10), "--count", "1000", "--wait", "0"}},
		{lines, []string{"--wait", "50ms"}},
	} {
		code, _, stderr := runHere(t, c.stdin, append([]string{"dial", url}, c.args...)...)
		require.Equal(t, cli.ExitFailed, code)
		require.Contains(t, stderr, "the server does not read")
		require.Contains(t, stderr, "--wait")
	}
}

// The server's close code is reported, however long the server leaves TCP open.
func TestDial_ServerClosesForGood(t *testing.T) {
	url := serveWith(t, &transport.Handler{
		ReadLimit: 1 << 10, Serve: func(ctx context.Context, c *transport.Conn) error {
			_, _, err := c.Read(ctx)
			return err
		}})
	for _, args := range [][]string{{"--send", strings.Repeat("x", 8<<20)},
		{"--send", strings.Repeat("x", 8<<20), "--wait", "0"}} {
		const patience = time.Second // of the server with a client that goes on sending
		begin := time.Now()
		code, stdout, stderr := runHere(t, "", append([]string{"dial", url, "--json"}, args...)...)
		for time.Since(begin) > patience && !strings.Contains(stdout, `"code":1009`) {
			begin = time.Now() // on a slow machine
			code, stdout, stderr = runHere(t, "", append([]string{"dial", url, "--json"}, args...)...)
		}
		require.Equal(t, cli.ExitFailed, code)
		require.Contains(t, stdout, `"event":"close","by":"peer","code":1009`)
		require.Equal(t, 1, strings.Count(stdout, `"event":"close"`))
		require.Contains(t, stderr, "1009")
	}
}

// An answer with a Close directly behind it is an answer, however late dial looks.
func TestDial_AnswerBeforeClose(t *testing.T) {
	url := serveWith(t, &transport.Handler{Serve: func(ctx context.Context, c *transport.Conn) error {
		if _, _, err := c.Read(ctx); err != nil {
			return err
		}
		return c.Write(ctx, transport.Text, []byte("answer"))
	}})
	for range 100 {
		code, stdout, stderr := runHere(t, "", "dial", url, "--send", "x")
		require.Zero(t, code, stderr)
		require.Equal(t, "answer\n", stdout)
	}
}

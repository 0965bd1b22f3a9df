package main

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// dial stays for messages of the server, without an input and after all of --send, and in pipes it
// prints nothing but those.
func TestDial_WaitForever(t *testing.T) {
	news := func(first int) string {
		return customServer(t, func(ctx context.Context, c *transport.Conn) error {
			for range first { // says nothing before all of it is there
				if _, _, err := c.Read(ctx); err != nil {
					return err
				}
			}
			for _, text := range []string{"one", "two", "three"} {
				if err := c.Write(ctx, transport.Text, []byte(text)); err != nil {
					return err
				}
			}
			return c.Close(transport.CloseNormal, "")
		})
	}
	for _, args := range [][]string{{news(0)}, {news(2), "--send", "a", "--send", "b"}} {
		code, out, errs := runHere(t, "", append([]string{"dial", "--wait", "forever"}, args...)...)
		require.Equal(t, cli.ExitOK, code, errs)
		require.Equal(t, "one\ntwo\nthree\n", out)
		require.Empty(t, errs)
	}
	i := dialInteractive(t, serveHere(t).url+"/", "--wait", "forever", "--send", "x", "--json")
	i.wantOutput(t, `"text":"x"`)
	i.signals <- syscall.SIGINT
	require.Equal(t, cli.ExitOK, <-i.done, i.err.String())
	code, _, errs := runHere(t, "", "dial", "ws://h/", "--wait", "ever")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs,
		"--wait ever: expected a time with its unit, as in 30s, 500ms or 1h30m, or forever")
	_, _, errs = runHere(t, "", "dial", "ws://h/", "--wait", "-1s")
	require.Contains(t, errs,
		"--wait -1s: a time cannot be negative; expected one as in 30s, or forever")
}

// --ping sends Pings, and the server's answers show with -v.
func TestDial_Ping(t *testing.T) {
	i := dialInteractive(t, serveHere(t).url+"/", "--ping", "1ms", "--wait", "1m", "-v")
	require.Eventually(t, func() bool { return len(pongs.FindAllString(i.err.String(), -1)) > 2 },
		time.Minute, time.Millisecond)
	i.signals <- syscall.SIGINT
	require.Equal(t, cli.ExitOK, <-i.done, i.err.String())
}

// A server that does not answer a Ping is given up.
func TestDial_PingUnanswered(t *testing.T) {
	url := customServer(t, func(ctx context.Context, _ *transport.Conn) error {
		<-ctx.Done() // it reads nothing
		return nil
	})
	i := dialInteractive(t, url, "--ping", "1ms", "--wait", "50ms")
	require.Equal(t, cli.ExitFailed, <-i.done)
	require.Contains(t, i.err.String(), "khp: no answer to a Ping within 50ms from "+url+
		"; try --wait with more time")
}

// endless is an input that never ends, of lines with an x.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	n := len(p) &^ 1
	copy(p, strings.Repeat("x\n", n/2))
	return n, nil
}

// A line of the input that the server left no time for is not lost in silence, even if the server
// closes in good order.
func TestDial_LineLeftBehind(t *testing.T) {
	url := customServer(t, func(ctx context.Context, c *transport.Conn) error {
		_, _, _ = c.Read(ctx)
		return c.Close(transport.CloseNormal, "enough")
	})
	for range 10 {
		var out, errs strings.Builder
		require.Equal(t, cli.ExitFailed, run([]string{"dial", url, "--wait", "1m"},
			endless{}, &out, &errs))
		require.Equal(t, "khp: the server closed before a line of the input was sent: "+
			"Close 1000 normal closure \"enough\"\n", errs.String())
	}
}

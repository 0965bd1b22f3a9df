package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"
)

// TestDial_Sizes sends messages of sizes at which the coding of frames changes, between two
// processes.
func TestDial_Sizes(t *testing.T) {
	server := serveProcess(t)
	sizes := []int{0, 1, 125, 126, 65535, 65536, 1 << 20}
	for _, kind := range []string{"text", "binary"} {
		for _, profile := range []string{"spec", "kaazing"} {
			t.Run(kind+"/"+profile, func(t *testing.T) {
				args := []string{server.url + "/", "--json", "--profile", profile, "--wait", "1m"}
				if kind == "binary" {
					args = append(args, "--binary")
				}
				var sent [][]byte
				for _, n := range sizes {
					p := bytes.Repeat([]byte("0123456789 äöü\n"), n/10+1)[:n]
					if kind == "binary" {
						p = bytes.Repeat([]byte{0xff, 0, '\r', '\n', 0x80}, n/5+1)[:n]
					} else {
						p = bytes.ToValidUTF8(p, []byte("."))
					}
					file := filepath.Join(t.TempDir(), strconv.Itoa(n))
					require.NoError(t, os.WriteFile(file, p, 0o600))
					args = append(args, "--send-file", file)
					sent = append(sent, p)
				}
				code, out, errs := dialProcess("", args...)
				require.Equal(t, cli.ExitOK, code, errs)
				lines := wantJSON(t, out)
				require.Len(t, lines, len(sizes)+2)
				require.Equal(t, "open", lines[0]["event"])
				for i, p := range sent {
					l := lines[i+1]
					require.Equal(t, kind, l["type"])
					require.EqualValues(t, len(p), l["bytes"])
					if kind == "text" {
						require.True(t, string(p) == l["text"], "text of %d bytes", len(p))
						continue
					}
					got, err := base64.StdEncoding.DecodeString(l["data"].(string))
					require.NoError(t, err)
					require.True(t, bytes.Equal(p, got), "binary message of %d bytes", len(p))
				}
				require.Equal(t, "close", lines[len(lines)-1]["event"])
			})
		}
	}
}

// interactive is a khp dial in this process whose input a test writes.
type interactive struct {
	in      *io.PipeWriter
	out     khptest.Buffer
	err     khptest.Buffer
	signals chan os.Signal
	done    chan int
}

func dialInteractive(t *testing.T, args ...string) *interactive {
	t.Helper()
	r, w := io.Pipe()
	i := &interactive{in: w, signals: make(chan os.Signal, 1), done: make(chan int, 1)}
	c := &cli.Env{Stdin: r, Stdout: &i.out, Stderr: &i.err, Notify: func() (<-chan os.Signal, func()) {
		return i.signals, func() {}
	}}
	go func() { i.done <- execute(c, append([]string{"dial"}, args...)) }()
	t.Cleanup(func() { _ = w.Close() })
	return i
}

func (i *interactive) wantOutput(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(i.out.String(), text) },
		30*time.Second, time.Millisecond, "%q in the output", text)
}

func TestDial_ServerDrains(t *testing.T) {
	server := serveProcess(t)
	i := dialInteractive(t, server.url+"/", "--json")
	_, err := io.WriteString(i.in, "hello\n")
	require.NoError(t, err)
	i.wantOutput(t, `"text":"hello"`)
	require.NoError(t, server.stop(), server.log.String())
	require.Equal(t, cli.ExitOK, <-i.done, i.err.String())
	i.wantOutput(t,
		`{"event":"close","by":"peer","code":1001,"reason":"","sent":1001,"sent_reason":""}`)
}

func TestDial_Interrupted(t *testing.T) {
	s := serveHere(t)
	i := dialInteractive(t, s.url+"/", "--json")
	_, err := io.WriteString(i.in, "hello\n")
	require.NoError(t, err)
	i.wantOutput(t, `"text":"hello"`)
	i.signals <- syscall.SIGINT
	require.Equal(t, cli.ExitOK, <-i.done, i.err.String())
	i.wantOutput(t, `{"event":"close","by":"us","code":1000,"reason":"","sent":1000,"sent_reason":""}`)
}

func TestDial_InterruptedHandshake(t *testing.T) {
	s := serveHere(t, "--route", "/=status:202")
	i := dialInteractive(t, s.url+"/", "-v")
	require.Eventually(t, func() bool { return strings.Contains(i.err.String(), "202 Accepted") },
		30*time.Second, time.Millisecond)
	i.signals <- syscall.SIGINT
	require.Equal(t, cli.ExitFailed, <-i.done)
	require.Contains(t, i.err.String(), "khp: interrupted while connecting to "+s.url)
}

// The time for a connection ends while the server has not decided.
func TestDial_NeverDecided(t *testing.T) {
	url := serveHere(t, "--route", "/=status:202").url + "/"
	khptest.InTime(t, 300*time.Millisecond, func(timeout time.Duration) bool {
		code, _, errs := runHere(t, "", "dial", url, "--timeout", timeout.String(), "--send", "hi")
		require.NotEqual(t, cli.ExitOK, code)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		return code == cli.ExitFailed && strings.Contains(errs, "no open connection to "+url+
			" within "+timeout.String()+", the last answer was 202 Accepted; try --timeout")
	})
}

// customServer serves KHP with the application of a test.
func customServer(t *testing.T, serve func(ctx context.Context, c *transport.Conn) error) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: &transport.Handler{Serve: serve}, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "ws://" + ln.Addr().String() + "/"
}

func TestDial_NoAnswer(t *testing.T) {
	url := customServer(t, func(ctx context.Context, c *transport.Conn) error {
		for {
			if _, _, err := c.Read(ctx); err != nil {
				return err
			}
		}
	})
	code, out, errs := runHere(t, "", "dial", url, "--send", "x", "--wait", "50ms")
	require.Equal(t, cli.ExitFailed, code)
	require.Empty(t, out)
	require.Contains(t, errs, "no answer from "+url+" within 50ms; try --wait")
	code, _, errs = runHere(t, "x\n", "dial", url, "--wait", "50ms")
	require.Equal(t, cli.ExitOK, code, errs)
}

// TestDial_AnswersAtTheEnd has more answers come than were asked for, at the end of the input.
func TestDial_AnswersAtTheEnd(t *testing.T) {
	url := customServer(t, func(ctx context.Context, c *transport.Conn) error {
		_, p, err := c.Read(ctx)
		if err != nil {
			return err
		}
		for range 3 {
			if err := c.Write(ctx, transport.Text, p); err != nil {
				return err
			}
		}
		_, _, err = c.Read(ctx)
		return err
	})
	code, out, errs := runHere(t, "x\ny\n", "dial", url)
	require.Equal(t, cli.ExitOK, code, errs)
	require.Equal(t, "x\nx\nx\n", out)
}

func TestDial_ServerCloses(t *testing.T) {
	closeWith := func(code uint16, reason string) func(context.Context, *transport.Conn) error {
		return func(ctx context.Context, c *transport.Conn) error {
			_, _, _ = c.Read(ctx)
			return c.Close(code, reason)
		}
	}
	url := customServer(t, closeWith(4009, "that\x07 was it"))
	code, _, errs := runHere(t, "", "dial", url, "--send", "x")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs,
		`the server closed before it answered: Close 4009 private use "that\a was it"`)
	i := dialInteractive(t, url)
	_, _ = io.WriteString(i.in, "x\n")
	require.Equal(t, cli.ExitFailed, <-i.done)
	require.Contains(t, i.err.String(), "khp: the server closed: Close 4009")
	url = customServer(t, closeWith(transport.CloseNormal, ""))
	i = dialInteractive(t, url)
	_, _ = io.WriteString(i.in, "x\n")
	require.Equal(t, cli.ExitOK, <-i.done)
	require.Empty(t, i.err.String())
	url = customServer(t, func(_ context.Context, c *transport.Conn) error { return c.CloseNow() })
	i = dialInteractive(t, url)
	require.Equal(t, cli.ExitFailed, <-i.done)
	require.Contains(t, i.err.String(), "broke: connection lost without a Close frame")
}

func TestDial_InputNotUTF8(t *testing.T) {
	s := serveHere(t)
	code, _, errs := runHere(t, "\xff\n", "dial", s.url+"/")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "not UTF-8; add --binary")
	code, out, errs := runHere(t, "\xff\n", "dial", s.url+"/", "--binary")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Equal(t, "<binary, 1 byte> ff\n", out)
}

func TestDial_Plain(t *testing.T) {
	back := plainBackend(t)
	code, _, errs := runHere(t, "", "dial", back+"/", "--send", "x")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "--plain for a plain WebSocket")
	code, out, errs := runHere(t, "", "dial", back+"/", "--send", "x", "--plain", "--json")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, `"plain":true`)
	code, _, errs = runHere(t, "", "dial", back+"/refuse", "--send", "x")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "418")
}

// A line of the input that is too long is refused in words that say what to do, and one that just
// fits is sent whole.
func TestDial_LongLineOfAPipe(t *testing.T) {
	s := serveHere(t)
	code, _, errs := runHere(t, strings.Repeat("x", transport.DefaultReadLimit+1)+"\n", "dial",
		s.url+"/", "--json")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "khp: cannot read the input: a line has more than "+
		strconv.Itoa(transport.DefaultReadLimit)+" bytes; send it with --send-file FILE\n")
}

// --plain leads no server into KHP that selects the first subprotocol of any list, and still finds
// KHP where it is spoken.
func TestDial_PlainOfABlindServer(t *testing.T) {
	blind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nc, _, _, err := ws.HTTPUpgrader{Protocol: func(string) bool { return true }}.Upgrade(r, w)
		if err != nil {
			return
		}
		defer func() { _ = nc.Close() }()
		for {
			p, op, err := wsutil.ReadClientData(nc)
			if err != nil || wsutil.WriteServerMessage(nc, op, p) != nil {
				return
			}
		}
	}))
	t.Cleanup(blind.Close)
	for protocol, profile := range map[string]string{"": "spec", "chat": "kaazing"} {
		args := []string{"dial", "ws" + strings.TrimPrefix(blind.URL, "http"),
			"--plain", "--json", "--profile", profile, "--send", "hello"}
		if protocol != "" {
			args = append(args, "--protocol", protocol)
		}
		code, out, errs := runHere(t, "", args...)
		require.Equal(t, cli.ExitOK, code, errs)
		require.Contains(t, out, `"plain":true`)
		require.Contains(t, out, `"protocol":"`+protocol+`"`)
		require.Contains(t, out, "hello")
		code, out, errs = runHere(t, "", append([]string{"dial", serveHere(t).url}, args[2:]...)...)
		require.Equal(t, cli.ExitOK, code, errs)
		require.Contains(t, out, `"plain":false`)
	}
}

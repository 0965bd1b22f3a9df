package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// The disk is full: the trace ends with one clear line in the log, and nobody is turned away.
func TestServe_TraceDiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full on this system")
	}
	s := serveHere(t, "--trace", "/dev/full")
	for range 3 {
		wantEcho(t, dialHere(t, s.url+"/", nil), transport.Text, []byte("x"))
	}
	wantLines(t, s.log, 1, "the trace is cut off here")
	wantLogged(t, s.log, "/dev/full")
	wantLogged(t, s.log, "no space left")
}

// The server goes on when the reader of its log is gone.
func TestServe_LogReaderGone(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe, "serve", "--listen", "127.0.0.1:0", "-v")
	cmd.Env, cmd.Stderr = append(os.Environ(), asKHP+"=1"), w
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	url := strings.TrimPrefix(strings.TrimSpace(line), "khp: listening on ")
	require.NoError(t, r.Close())
	for range 3 { // each writes to the log
		c := dialHere(t, url+"/", nil)
		wantEcho(t, c, transport.Text, []byte("x"))
		require.NoError(t, c.Close(transport.CloseNormal, ""))
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait(), "it ends when it is told to, and as it should")
}

// The server is killed in the middle of a handshake: the client says so at once, whatever it waited
// for.
func TestServe_KilledDuringHandshake(t *testing.T) {
	p, err := startServe(t.TempDir(), "--route", "/=status:202")
	require.NoError(t, err)
	var once sync.Once
	_, err = transport.Dial(t.Context(), p.url+"/", &transport.DialOptions{
		Observer: killing(func(ev transport.Event) {
			if ev.Kind == transport.EventReceive {
				once.Do(func() { _ = p.cmd.Process.Kill() })
			}
		})})
	require.ErrorIs(t, err, fsm.FailureConnectionLost)
	<-p.done
}

type killing func(transport.Event)

func (k killing) Observe(ev transport.Event) { k(ev) }

// Signals that still come while the server exits change nothing about how it does.
func TestServe_SignalledWhileItEnds(t *testing.T) {
	for range 5 {
		p := serveProcess(t)
		require.Eventually(t, func() bool {
			_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error says that it has ended
			return len(p.done) > 0
		}, 30*time.Second, 100*time.Microsecond)
	}
}

// Descriptors run out: the server says so, keeps those that it has, and lets others in when there
// is room again.
func TestServe_OutOfDescriptors(t *testing.T) {
	exe, err := os.Executable()
	require.NoError(t, err)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell that can set the limit")
	}
	cmd := exec.Command(sh, "-c", `ulimit -n 40 && exec "$0" serve --listen 127.0.0.1:0`, exe)
	var log khptest.Buffer
	cmd.Env, cmd.Stderr = append(os.Environ(), asKHP+"=1"), &log
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, log.String())
	url := strings.TrimPrefix(strings.TrimSpace(line), "khp: listening on ")
	first := dialHere(t, url+"/", nil)
	start := time.Now()
	var held []net.Conn
	for range 60 {
		nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
		require.NoError(t, err)
		t.Cleanup(func() { _ = nc.Close() })
		held = append(held, nc)
	}
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "ulimit -n") },
		30*time.Second, time.Millisecond)
	wantEcho(t, first, transport.Text, []byte("still here"))
	for _, nc := range held {
		require.NoError(t, nc.Close())
	}
	again := dialHere(t, url+"/", nil)
	wantEcho(t, again, transport.Text, []byte("in again"))
	require.NoError(t, again.Close(transport.CloseNormal, ""))
	require.NoError(t, first.Close(transport.CloseNormal, ""))
	most := 1 + int(time.Since(start)/time.Second)
	require.LessOrEqual(t, strings.Count(log.String(), "ulimit -n"), most, log.String())
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait(), log.String())
}

// Many clients are left at the worst point of the handshake, behind half of the extended request:
// those that behave get in, and nothing is left when the others go.
func TestServe_ManyLeftAlone(t *testing.T) {
	const opening = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"
	s := serveHere(t, "--drain-timeout", "20s")
	var left []net.Conn
	for range 300 {
		nc, err := net.Dial("tcp", strings.TrimPrefix(s.url, "ws://"))
		require.NoError(t, err)
		t.Cleanup(func() { _ = nc.Close() })
		// the first of several frames
		_, err = io.WriteString(nc, opening+"\x02\x85\x00\x00\x00\x00GET /")
		require.NoError(t, err)
		head := make([]byte, len("HTTP/1.1 101 "))
		_, err = io.ReadFull(nc, head)
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 101 ", string(head))
		left = append(left, nc)
	}
	for range 10 {
		c := dialHere(t, s.url+"/", nil)
		wantEcho(t, c, transport.Text, []byte("x"))
		require.NoError(t, c.Close(transport.CloseNormal, ""))
	}
	for _, nc := range left[:150] {
		require.NoError(t, nc.Close())
	}
	var told atomic.Int32
	var reading sync.WaitGroup
	for _, nc := range left[150:] {
		reading.Go(func() {
			for lines := bufio.NewScanner(nc); lines.Scan(); {
				if strings.Contains(lines.Text(), "HTTP/1.1 503 ") {
					told.Add(1)
					break
				}
			}
			_ = nc.Close()
		})
	}
	require.Equal(t, cli.ExitOK, s.stop())
	reading.Wait()
	require.EqualValues(t, 150, told.Load(), "those that stay are told 503")
	require.NotContains(t, s.log.String(), "dropped connections")
}

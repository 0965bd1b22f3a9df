package gateway

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// notUnderDetector skips a test that measures memory.
func notUnderDetector(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("the race detector empties pools, and has memory of its own")
	}
}

// shipped starts khp serve as it is shipped, with metrics and a log that is thrown away.
func shipped(t *testing.T) (addr string) {
	t.Helper()
	r, w := io.Pipe()
	signals, done := make(chan os.Signal, 2), make(chan error, 1)
	env := &cli.Env{Stdin: strings.NewReader(""), Stdout: w, Stderr: io.Discard,
		Notify: func() (<-chan os.Signal, func()) { return signals, func() {} }}
	cmd := Command(env)
	cmd.SetArgs([]string{"--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"})
	go func() { done <- cmd.Execute() }()
	line, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	t.Cleanup(func() {
		signals <- syscall.SIGTERM
		signals <- syscall.SIGTERM
		require.NoError(t, <-done)
	})
	return strings.TrimPrefix(strings.TrimSpace(line), "khp: listening on ws://")
}

// openings are the requests of a client, each with so many bytes more, and in one field or in many.
func openings(more int, field string) [][]byte {
	var fields strings.Builder
	for fields.Len() < more {
		fields.WriteString(field)
	}
	extended := []byte("GET /load HTTP/1.1\r\nHost: load\r\n" + fields.String() + "\r\n")
	return [][]byte{
		[]byte("GET /load HTTP/1.1\r\nHost: load\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n" + fields.String() + "\r\n"),
		ws.MustCompileFrame(ws.MaskFrameWith(ws.NewBinaryFrame(extended), [4]byte{1, 2, 3, 4})),
	}
}

// openAll opens connections by hand.
func openAll(t *testing.T, addr string, messages [][]byte, count int) (open []net.Conn) {
	t.Helper()
	buf := make([]byte, 4096)
	for range count {
		nc, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		open = append(open, nc)
		for i, end := range []string{"\r\n\r\n", "\r\n\r\n\x82\x00"} {
			_, err := nc.Write(messages[i])
			require.NoError(t, err)
			for n := 0; !bytes.HasSuffix(buf[:n], []byte(end)); {
				more, err := nc.Read(buf[n:])
				require.NoError(t, err)
				n += more
			}
		}
	}
	return open
}

// A connection keeps little memory in khp serve as shipped, however large its requests were,
// and little garbage is made on the way: it is there until the next collection. The client's side
// of the connection is counted with it, about 600 bytes.
func TestServe_MemoryOfAConnection(t *testing.T) {
	notUnderDetector(t)
	const count, most, mostMade, mostAllocations = 300, 4200, 12_000, 130
	for name, messages := range map[string][][]byte{
		"small":       openings(0, ""),
		"long fields": openings(12_000, "X: "+strings.Repeat("x", 3000)+"\r\n"),
		"many fields": openings(1_000, "X-Some-Name: some value\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			addr := shipped(t)
			all := openAll(t, addr, messages, 100) // memory allocated once is not counted
			defer func() {
				for _, nc := range all {
					_ = nc.Close()
				}
			}()
			// Other goroutines may allocate meanwhile, such as that of the log: they only add, so
			// that one round of three is enough.
			for round := 1; ; round++ {
				var before, fresh, after runtime.MemStats
				runtime.GC()
				runtime.GC()
				runtime.ReadMemStats(&before)
				all = append(all, openAll(t, addr, messages, count)...)
				runtime.ReadMemStats(&fresh)
				runtime.GC()
				runtime.GC()
				runtime.ReadMemStats(&after)
				per := func(a, b uint64) int { return int(int64(a)-int64(b)) / count }
				stay, made := per(after.HeapAlloc, before.HeapAlloc), per(fresh.TotalAlloc, before.TotalAlloc)
				allocations := per(fresh.Mallocs, before.Mallocs)
				t.Logf("%d bytes stay, %d were made in %d allocations, %d of stack", stay, made,
					allocations, per(after.StackInuse, before.StackInuse))
				if stay <= most && (name != "small" || made <= mostMade && allocations <= mostAllocations) {
					return
				}
				require.Less(t, round, 3, "bounds: %d bytes stay, %d are made in %d allocations", most,
					mostMade, mostAllocations)
			}
		})
	}
}

// The line about a connection is written without memory of its own, but for its fields.
func TestLog_LinesAreCheap(t *testing.T) {
	notUnderDetector(t)
	log, err := newLogger(io.Discard, "text", slog.LevelInfo)
	require.NoError(t, err)
	allocs := testing.AllocsPerRun(1000, func() {
		log.LogAttrs(t.Context(), slog.LevelInfo, "open", slog.String("remote", "[::1]:1"),
			slog.String("path", "/grüße"), slog.String("profile", "spec"),
			slog.Int("status", 101), slog.Duration("took", 114*time.Microsecond),
			slog.String("subprotocol", ""))
	})
	require.LessOrEqual(t, allocs, 1.0)
}

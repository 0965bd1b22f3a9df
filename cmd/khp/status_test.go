package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/sim/replay"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// TestServe_Status has a server answer with every status code, and a client end as the table says.
func TestServe_Status(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.ndjson")
	args := []string{"--trace", file, "--route", "/=echo"}
	for code := 100; code < 600; code++ {
		args = append(args, "--route", fmt.Sprintf("/status/%d=status:%d", code, code))
	}
	server := serveProcess(t, args...)
	codes := make(chan int)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for code := range codes {
				if err := dialStatus(t, server.url, code); err != nil {
					t.Errorf("status %d: %v", code, err)
				}
			}
		})
	}
	for code := 100; code < 600; code++ {
		codes <- code
	}
	close(codes)
	wg.Wait()
	require.NoError(t, server.stop(), server.log.String())
	wantServerCloses(t, file)
	wantReplay(t, file)
}

// wantReplay replays the trace: the server is at fault with the codes that a server never sends,
// and with no other.
func wantReplay(t *testing.T, file string) {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	checked := make(map[string]bool)
	_, err = replay.ReadTrace(f, func(s *replay.Session) {
		r := replay.Check(s)
		checked[r.Outcome] = true
		code := 0
		_, _ = fmt.Sscanf(r.Outcome[strings.LastIndex(r.Outcome, " ")+1:], "%d", &code)
		want := replay.Path
		if code == 100 || fsm.Status(code).Duties&codes.NeverSend != 0 {
			want = replay.NotPath
		}
		require.Equal(t, want.String(), r.Verdict.String(), "%d: %s %+v", code, r.Outcome, r.Wrong)
	})
	require.NoError(t, err)
	require.Len(t, checked, 500)
}

// dialStatus connects to a status route and checks how that ends.
func dialStatus(t *testing.T, url string, code int) error {
	ctx := t.Context()
	c, err := transport.Dial(ctx, url+"/status/"+strconv.Itoa(code),
		&transport.DialOptions{Timeouts: transport.Timeouts{Opening: time.Minute, Response: time.Minute,
			Wait: 200 * time.Millisecond}}) // 202 is all that comes
	want := wantedFailure(code)
	if want != 0 {
		var e *transport.HandshakeError
		switch {
		case err == nil:
			_ = c.CloseNow()
			return fmt.Errorf("expected %v, but the connection opened", want)
		case !asHandshakeError(err, &e) || e.Failure != want:
			return fmt.Errorf("expected %v, got %w", want, err)
		case e.Status != code:
			return fmt.Errorf("expected the status in the error, got %d", e.Status)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = c.CloseNow() }()
	if fsm.Status(code).Action == codes.ActionComplete && c.Status() != code {
		return fmt.Errorf("opened with %d", c.Status())
	}
	if fsm.Status(code).Action.Terminates() && c.URL() != url+"/" {
		return fmt.Errorf("expected a redirect to /, got to %s", c.URL())
	}
	if err := c.Write(ctx, transport.Text, []byte("hi")); err != nil {
		return err
	}
	if _, p, err := c.Read(ctx); err != nil || string(p) != "hi" {
		return fmt.Errorf("expected an echo, got %q, %w", p, err)
	}
	return c.Close(transport.CloseNormal, "")
}

func asHandshakeError(err error, e **transport.HandshakeError) (ok bool) {
	*e, ok = err.(*transport.HandshakeError)
	return ok
}

// wantedFailure is how a client without credentials, proxy or body ends; 0 if it opens, at once or
// after a redirect.
func wantedFailure(code int) fsm.Failure {
	switch fsm.Status(code).Action {
	case codes.ActionComplete, codes.ActionRedirect, codes.ActionRedirectIfGet,
		codes.ActionRedirectChoice:
		return 0
	case codes.ActionContinue:
		return fsm.FailureUnexpectedContinue
	case codes.ActionWait:
		return fsm.FailureAcceptedOnly
	case codes.ActionReplay:
		return fsm.FailureAuthRequired
	case codes.ActionClose, codes.ActionProxyAuth, codes.ActionUpgrade:
	}
	return fsm.FailureStatus
}

// wantServerCloses checks in a trace that the server has sent a Close frame after every terminating
// response.
func wantServerCloses(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	r, err := trace.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	status, closed := make(map[uint64]int), make(map[uint64]bool)
	for {
		line, err := r.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		require.Equal(t, "server", line.Side)
		if line.Dir != trace.Sent {
			continue
		}
		if code := observe.ParseHead(line.Data).Status(); code != 0 && line.Kind == trace.Message {
			status[line.Conn] = code
		}
		closed[line.Conn] = closed[line.Conn] || line.Kind == trace.Close
	}
	seen := make(map[int]bool)
	for conn, code := range status {
		seen[code] = true
		if fsm.Status(code).Action.Terminates() {
			require.True(t, closed[conn], "the server closes after %d", code)
		}
	}
	require.Len(t, seen, 500, "every code was sent")
}

// The table fits a terminal of 80 columns, and a row that takes several lines begins with its code.
func TestStatus_FitsTerminals(t *testing.T) {
	codes := 0
	for _, args := range [][]string{{"status"}, {"status", "307"}, {"status", "511"},
		{"status", "799"}, {"demo"}} {
		code, out, errs := runHere(t, "", args...)
		require.Equal(t, cli.ExitOK, code, errs)
		for line := range strings.Lines(out) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80,
				"%s: %s", args, line)
			if len(args) == 1 && len(line) > 3 && line[0] >= '1' && line[0] <= '9' && line[3] == ' ' {
				codes++
			}
		}
	}
	want := 0
	for range fsm.Statuses() {
		want++
	}
	require.Equal(t, want, codes)
}

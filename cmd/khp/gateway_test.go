package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// TestServe_SlowReaderHoldsUpItsBackEnd has a client that does not read: its back end cannot write
// any more once the buffers of the system are full, and nothing piles up in between. Nothing is
// lost either.
func TestServe_SlowReaderHoldsUpItsBackEnd(t *testing.T) {
	addr, next := khptest.TCPBackend(t)
	s := serveHere(t, "--route", "/=tcp://"+addr)
	c := dialHere(t, s.url+"/", nil)
	nc := next()
	require.NoError(t, nc.SetWriteBuffer(64<<10))
	require.NoError(t, c.NetConn().(*net.TCPConn).SetReadBuffer(64<<10))
	before := heap()
	sent := fill(t, func(p []byte, within time.Duration) (int, error) {
		require.NoError(t, nc.SetWriteDeadline(time.Now().Add(within)))
		return nc.Write(p)
	})
	require.Less(t, int64(heap())-int64(before), int64(4<<20), "memory stays flat")
	require.NoError(t, nc.CloseWrite())
	got := 0
	for {
		_, p, err := c.Read(t.Context())
		if err != nil {
			require.Equal(t, transport.CloseNormal, transport.CloseCode(err))
			break
		}
		got += len(p)
	}
	require.Equal(t, sent, got)
}

// TestServe_SlowBackEndHoldsUpItsClient is the other direction, to a back end of either kind.
func TestServe_SlowBackEndHoldsUpItsClient(t *testing.T) {
	addr, next := khptest.TCPBackend(t)
	release := make(chan struct{})
	silent := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, _ *transport.Conn) error {
			<-release
			return nil
		}})
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(release) })
	s := serveHere(t, "--route", "/tcp=tcp://"+addr, "--route", "/ws=khp+ws"+
		strings.TrimPrefix(silent.URL, "http"), "--drain-timeout", "100ms")
	for _, path := range []string{"/tcp", "/ws"} {
		c := dialHere(t, s.url+path, nil)
		if path == "/tcp" {
			next()
		}
		before := heap()
		fill(t, func(p []byte, within time.Duration) (int, error) {
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			if err := c.Write(ctx, transport.Binary, p); err != nil {
				return 0, os.ErrDeadlineExceeded
			}
			return len(p), nil
		})
		require.Less(t, int64(heap())-int64(before), int64(4<<20), "memory stays flat")
	}
}

// fill writes until nothing is taken any more, and returns how much was: more than nothing, and not
// without end.
func fill(t *testing.T, write func(p []byte, within time.Duration) (int, error)) (sent int) {
	t.Helper()
	within := time.Minute // the first write is taken
	const most = 64 << 20 // far more than the system's buffers, far less than all messages
	for chunk := make([]byte, 64<<10); ; {
		n, err := write(chunk, within)
		sent, within = sent+n, 300*time.Millisecond
		if errors.Is(err, os.ErrDeadlineExceeded) {
			require.Positive(t, sent)
			return sent
		}
		require.NoError(t, err)
		require.Less(t, sent, most, "the other side is never held up")
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestServe_IdleEndsAStuckBackEnd has a back end that takes nothing: the client is closed for
// idleness, and no side goes on waiting.
func TestServe_IdleEndsAStuckBackEnd(t *testing.T) {
	addr, next := khptest.TCPBackend(t)
	s := serveHere(t, "--route", "/=tcp://"+addr, "--idle-timeout", "200ms")
	c := dialHere(t, s.url+"/", nil)
	nc := next()
	require.NoError(t, nc.SetReadBuffer(4<<10))
	go func() {
		for c.Write(t.Context(), transport.Binary, make([]byte, 1<<20)) == nil {
		}
	}()
	_, _, err := c.Read(t.Context())
	require.Error(t, err)
	wantLog(t, s.log, "msg=closed .*code=1001 by=server")
}

// A full server says so to clients, to health checks, in the log and in the metrics, and still
// answers plain HTTP.
func TestServe_MaxConnections(t *testing.T) {
	s := serveHere(t, "--max-connections", "2", "--plain", "--metrics", "127.0.0.1:0")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	ready, health := strings.TrimSuffix(metrics, "metrics")+"readyz", "http"+
		strings.TrimPrefix(s.url, "ws")+"/healthz"
	require.Equal(t, "ok\n", get(t, ready))
	first, second := dialHere(t, s.url+"/", nil), dialHere(t, s.url+"/", nil)
	for _, o := range []*transport.DialOptions{nil, {Profile: transport.Kaazing}, {PlainOnly: true}} {
		_, err := transport.Dial(t.Context(), s.url+"/", o)
		var e *transport.HandshakeError
		require.ErrorAs(t, err, &e)
		require.Equal(t, 503, e.Status)
		require.Equal(t, 5*time.Second, e.RetryAfter)
		require.Equal(t, "all connections are in use\n", string(e.Body))
	}
	require.Equal(t, "ok\n", get(t, health))
	full, err := http.Get(ready)
	require.NoError(t, err)
	defer func() { _ = full.Body.Close() }()
	body, _ := io.ReadAll(full.Body)
	require.Equal(t, 503, full.StatusCode)
	require.Equal(t, "full\n", string(body))
	require.Contains(t, get(t, metrics), `khp_turned_away_total{reason="full"} 3`+"\n")
	wantLog(t, s.log, `level=WARN msg="turned away: all connections are in use" remote=\S+ most=2`)
	wantEcho(t, first, transport.Text, []byte("x"))
	require.NoError(t, second.Close(transport.CloseNormal, ""))
	require.Eventually(t, func() bool {
		c, err := transport.Dial(t.Context(), s.url+"/", nil)
		return err == nil && c.CloseNow() == nil
	}, 30*time.Second, 10*time.Millisecond)
}

// With --max-waiting clients wait for their turn, while health is answered as ever.
func TestServe_MaxWaiting(t *testing.T) {
	s := serveHere(t, "--max-connections", "1", "--max-waiting", "1", "--metrics", "127.0.0.1:0")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	first := dialHere(t, s.url+"/", nil)
	waited := make(chan error, 1)
	go func() {
		c, err := transport.Dial(t.Context(), s.url+"/", nil)
		if err == nil {
			err = c.CloseNow()
		}
		waited <- err
	}()
	require.Eventually(t, func() bool {
		return strings.Contains(get(t, metrics), "khp_clients_waiting 1\n")
	}, 30*time.Second, time.Millisecond)
	require.Equal(t, "ok\n", get(t, "http"+strings.TrimPrefix(s.url, "ws")+"/healthz"))
	wantFailure(t, s.url+"/", nil, fsm.FailureStatus, 503)
	require.NoError(t, first.Close(transport.CloseNormal, ""))
	require.NoError(t, <-waited)
	code, errs := serveBriefly("--max-waiting", "1")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "--max-waiting 1: without --max-connections nobody has to wait")
}

func TestServe_MaxPerAddress(t *testing.T) {
	s := serveHere(t, "--max-per-address", "1")
	wantEcho(t, dialHere(t, s.url+"/", nil), transport.Text, []byte("x"))
	wantFailure(t, s.url+"/", nil, fsm.FailureStatus, 503)
	wantLogged(t, s.log, "turned away: too many connections from this address")
}

func TestServe_MaxMessage(t *testing.T) {
	back := plainBackend(t)
	s := serveHere(t, "--max-message", "1k", "--route", "/=echo", "--route", "/back="+back)
	c := dialHere(t, s.url+"/", nil)
	wantEcho(t, c, transport.Binary, make([]byte, 1024))
	require.NoError(t, c.Write(t.Context(), transport.Binary, make([]byte, 1025)))
	wantClose(t, c, transport.CloseTooBig, "message exceeds the limit")
	wantLog(t, s.log, "msg=closed .*code=1009 by=server")
}

func TestServe_BackEndDown(t *testing.T) {
	s := serveHere(t, "--route", "/ws=ws://127.0.0.1:1/", "--route", "/tcp=tcp://127.0.0.1:1",
		"--metrics", "127.0.0.1:0")
	for path, backend := range map[string]string{"/ws": "ws://127.0.0.1:1/",
		"/tcp": "tcp://127.0.0.1:1"} {
		e := wantFailure(t, s.url+path, nil, fsm.FailureStatus, 503)
		require.Equal(t, 5*time.Second, e.RetryAfter)
		require.Equal(t, "the back end cannot be reached\n", string(e.Body))
		wantLines(t, s.log, 1, `level=WARN msg="back end failed" backend=`+backend+" ")
	}
	require.Contains(t, get(t, wantLog(t, s.log, `url=(\S+)`)[1]),
		`khp_backend_failures_total{reason="unreachable",route="/tcp"} 1`)
}

// TestServe_BackEndStatus has back ends that answer, but not with 101.
func TestServe_BackEndStatus(t *testing.T) {
	for status, want := range map[int]int{401: 502, 403: 502, 404: 502, 200: 502, 302: 502,
		500: 502, 503: 503} {
		back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		t.Cleanup(back.Close)
		s := serveHere(t, "--route", "/=ws"+strings.TrimPrefix(back.URL, "http"))
		e := wantFailure(t, s.url+"/", nil, fsm.FailureStatus, want)
		require.Contains(t, string(e.Body), fmt.Sprint("it answered ", status))
		wantLogged(t, s.log, "back end failed")
	}
}

// TestServe_BackEndRefusesSubprotocols opens without one, as the back end wants it; the client
// decides how to go on.
func TestServe_BackEndRefusesSubprotocols(t *testing.T) {
	s := serveHere(t, "--route", "/="+plainBackend(t))
	c := dialHere(t, s.url+"/", &transport.DialOptions{Subprotocols: []string{"unknown"}})
	require.Empty(t, c.Subprotocol())
	wantEcho(t, c, transport.Text, []byte("x"))
}

func TestServe_SecureBackEnd(t *testing.T) {
	dir := t.TempDir()
	cert, key := dir+"/cert.pem", dir+"/key.pem"
	require.NoError(t, gencert(cert, key))
	back := serveHere(t, "--tls-cert", cert, "--tls-key", key)
	s := serveHere(t, "--route", "/=khp+"+back.url+"/", "--backend-ca", cert)
	wantEcho(t, dialHere(t, s.url+"/", nil), transport.Text, []byte("x"))
	strict := serveHere(t, "--route", "/=khp+"+back.url+"/")
	wantFailure(t, strict.url+"/", nil, fsm.FailureStatus, 503)
	wantLogged(t, strict.log, "certificate")
}

// TestServe_DrainHasADeadline has a client that does not answer the Close frame.
func TestServe_DrainHasADeadline(t *testing.T) {
	s := serveHere(t, "--drain-timeout", "100ms", "--metrics", "127.0.0.1:0")
	c := dialHere(t, s.url+"/", nil)
	wantEcho(t, c, transport.Text, []byte("x"))
	begin := time.Now()
	require.Equal(t, cli.ExitOK, s.stop())
	require.Less(t, time.Since(begin), time.Minute)
	wantLogged(t, s.log, "msg=stopped")
}

func TestServe_Ready(t *testing.T) {
	s := serveHere(t, "--metrics", "127.0.0.1:0", "--drain-timeout", "1m")
	base := strings.TrimSuffix(wantLog(t, s.log, `url=(\S+)`)[1], "/metrics")
	require.Equal(t, "ok\n", get(t, base+"/readyz"))
	require.Equal(t, "ok\n", get(t, base+"/healthz"))
	c := dialHere(t, s.url+"/", nil) // does not read, so that draining takes its time
	wantEcho(t, c, transport.Text, []byte("x"))
	s.signals <- os.Interrupt
	wantLog(t, s.log, "msg=draining")
	require.Equal(t, "draining\n", get(t, base+"/readyz"))
	require.Equal(t, "ok\n", get(t, base+"/healthz"))
	wantClose(t, c, transport.CloseGoingAway, "")
}

// TestServe_LogsOneLineEach has one connection: one line when it opens, one when it ends, with who
// it was.
func TestServe_LogsOneLineEach(t *testing.T) {
	s := serveHere(t, "--log", "json", "--auth", "/=joe:welcome")
	c := dialHere(t, s.url+"/x", &transport.DialOptions{Credentials: auth.Basic("joe", "welcome"),
		Profile: transport.Kaazing})
	wantEcho(t, c, transport.Text, []byte("hello"))
	require.NoError(t, c.Close(4001, ""))
	wantLog(t, s.log, `"msg":"closed"`)
	lines := wantJSON(t, s.log.String())
	require.Equal(t, "serving", lines[0]["msg"])
	lines = lines[1:]
	require.Len(t, lines, 2, s.log.String())
	for i, want := range []map[string]any{
		{"msg": "open", "level": "INFO", "path": "/x", "route": "/", "user": "joe", "profile": "kaazing",
			"status": 101.0},
		{"msg": "closed", "level": "INFO", "path": "/x", "route": "/", "user": "joe",
			"profile": "kaazing", "status": 101.0, "code": 4001.0, "by": "client",
			"received_bytes": 5.0, "received_messages": 1.0, "sent_bytes": 5.0, "sent_messages": 1.0},
	} {
		for name, value := range want {
			require.Equal(t, value, lines[i][name], name)
		}
	}
	_, err := transport.Dial(t.Context(), s.url+"/x",
		&transport.DialOptions{Credentials: auth.Basic("joe", "guess")})
	require.Error(t, err)
	wantLog(t, s.log, `"msg":"refused"`)
	lines = wantJSON(t, s.log.String())[1:]
	require.Len(t, lines, 4, s.log.String())
	require.Equal(t, "login failed", lines[2]["msg"], "one for the attempt, which may be counted")
	require.Equal(t, "joe", lines[2]["user"])
	lines = append(lines[:2], lines[3])
	require.Equal(t, "wrong credentials", lines[2]["reason"])
	require.Equal(t, "joe", lines[2]["user"], "who tried")
	require.Regexp(t, `^[0-9.]+(µs|ms|s)$`, lines[2]["took"], "a time has its unit")
	require.Regexp(t, `^[0-9.]+(µs|ms|s)$`, lines[1]["open"])
}

// TestServe_DemoPage serves the page to browsers, and nothing else changes.
func TestServe_DemoPage(t *testing.T) {
	s := serveHere(t, "--demo-page", "--route", "/=echo", "--route", "/a=echo")
	at := "http" + strings.TrimPrefix(s.url, "ws")
	require.Contains(t, get(t, at+"/"), "<script src=\"khp.js\">")
	require.Contains(t, get(t, at+"/?path=/a"), "<!doctype html>")
	require.Contains(t, get(t, at+"/khp.js"), "x-kaazing-handshake")
	require.Contains(t, get(t, at+"/a"), "speaks WebSocket")
	wantEcho(t, dialHere(t, s.url+"/", nil), transport.Text, []byte("x"))
	require.NotContains(t, get(t, "http"+strings.TrimPrefix(serveHere(t).url, "ws")+"/"), "doctype")
	r, err := http.Get(at + "/")
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	require.Contains(t, r.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'",
		"no other page can have its buttons pressed")
}

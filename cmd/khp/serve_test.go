package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patient is o with time enough for the responses of a busy machine.
func patient(o *transport.DialOptions) *transport.DialOptions {
	var p transport.DialOptions
	if o != nil {
		p = *o
	}
	if p.Timeouts == (transport.Timeouts{}) {
		p.Timeouts = transport.Timeouts{Opening: time.Minute, Response: time.Minute}
	}
	return &p
}

func dialHere(t *testing.T, url string, o *transport.DialOptions) *transport.Conn {
	t.Helper()
	c, err := transport.Dial(t.Context(), url, patient(o))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func wantEcho(t *testing.T, c *transport.Conn, kind transport.MessageType, p []byte) {
	t.Helper()
	require.NoError(t, c.Write(t.Context(), kind, p))
	got, q, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, kind, got)
	require.True(t, bytes.Equal(p, q), "%d bytes come back as sent, got %d", len(p), len(q))
}

func wantClose(t *testing.T, c *transport.Conn, code uint16, reason string) {
	t.Helper()
	_, _, err := c.Read(t.Context())
	var closed *transport.CloseError
	require.ErrorAs(t, err, &closed)
	require.Equal(t, code, closed.Code)
	require.Equal(t, reason, closed.Reason)
}

func wantFailure(
	t *testing.T, url string, o *transport.DialOptions, f fsm.Failure, status int,
) *transport.HandshakeError {
	t.Helper()
	_, err := transport.Dial(t.Context(), url, patient(o))
	var e *transport.HandshakeError
	require.ErrorAs(t, err, &e)
	require.Equal(t, f, e.Failure, err.Error())
	require.Equal(t, status, e.Status)
	return e
}

func TestServe_IdleTimeout(t *testing.T) {
	s := serveHere(t, "--idle-timeout", "150ms")
	begin := time.Now()
	c := dialHere(t, s.url+"/", nil)
	wantClose(t, c, transport.CloseGoingAway, "idle for 150ms")
	require.GreaterOrEqual(t, time.Since(begin), 150*time.Millisecond)
	wantLogged(t, s.log, "closing an idle connection")
}

// A client that answers Pings may be quiet for as long as it likes; one that answers nothing is
// dropped.
func TestServe_InactivityTimeout(t *testing.T) {
	khptest.InTime(t, time.Second, func(timeout time.Duration) bool {
		s := serveHere(t, "--inactivity-timeout", timeout.String())
		silent, quiet := dialHere(t, s.url+"/silent", nil), dialHere(t, s.url+"/quiet", nil)
		echoed := make(chan error, 1)
		go func() {
			_, _, err := quiet.Read(t.Context()) // answers Pings until there is a message
			echoed <- err
		}()
		wantLog(t, s.log, `msg="closing a silent connection" remote=\S+ path=/silent silent=`+
			timeout.String()+" route=/")
		wantClose(t, silent, transport.CloseGoingAway,
			"nothing was received for "+timeout.String()+", and no answer to a Ping")
		wantLog(t, s.log, `msg=closed .* path=/silent .* code=1001 by=server`)
		return quiet.Write(t.Context(), transport.Text, []byte("still here")) == nil && <-echoed == nil &&
			!strings.Contains(s.log.String(), "path=/quiet silent=")
	})
}

func TestServe_Drains(t *testing.T) {
	s := serveHere(t)
	c := dialHere(t, s.url+"/", nil)
	wantEcho(t, c, transport.Text, []byte("x"))
	s.signals <- syscall.SIGINT
	wantClose(t, c, transport.CloseGoingAway, "")
	require.Equal(t, cli.ExitOK, <-s.done)
	s.done <- cli.ExitOK
	wantLogged(t, s.log, "msg=draining connections=1")
	wantFailure(t, s.url+"/", nil, fsm.FailureConnect, 0)
}

// TestServe_SecondSignal has a client that never answers the Close frame.
func TestServe_SecondSignal(t *testing.T) {
	s := serveHere(t, "--drain-timeout", "1h")
	c := dialHere(t, s.url+"/", nil)
	wantEcho(t, c, transport.Text, []byte("x"))
	begin := time.Now()
	s.signals <- syscall.SIGINT
	s.signals <- syscall.SIGINT
	require.Equal(t, cli.ExitOK, <-s.done)
	s.done <- cli.ExitOK
	require.Less(t, time.Since(begin), time.Minute)
	wantLogged(t, s.log, "msg=stopped")
}

func TestServe_Origin(t *testing.T) {
	s := serveHere(t, "--allow-origin", "https://*.example.com")
	with := func(origin string) *transport.DialOptions {
		return &transport.DialOptions{OpeningHeader: http.Header{"Origin": {origin}}}
	}
	wantEcho(t, dialHere(t, s.url+"/", with("https://www.example.com")), transport.Text, []byte("x"))
	wantEcho(t, dialHere(t, s.url+"/", with("http"+strings.TrimPrefix(s.url, "ws"))),
		transport.Text, []byte("x"))
	wantFailure(t, s.url+"/", with("https://evil.example"), fsm.FailureStatus, 403)
}

func TestServe_Metrics(t *testing.T) {
	s := serveHere(t, "--metrics", "127.0.0.1:0", "--route", "/=echo", "--route", "/no=status:403",
		"--route", "/away=redirect:ws://127.0.0.1:1/", "--auth", "/secret=joe:welcome")
	url := regexp.MustCompile(`url=(\S+)`).FindStringSubmatch(s.log.String())[1]
	c := dialHere(t, s.url+"/", nil)
	wantEcho(t, c, transport.Text, []byte("x"))
	dialHere(t, s.url+"/", &transport.DialOptions{Profile: transport.Kaazing})
	wantFailure(t, s.url+"/no", nil, fsm.FailureStatus, 403)
	wantFailure(t, s.url+"/away", &transport.DialOptions{Profile: transport.Kaazing},
		fsm.FailureConnect, 0)
	wantFailure(t, s.url+"/away", nil, fsm.FailureConnect, 0)
	wantFailure(t, s.url+"/secret", nil, fsm.FailureAuthRequired, 401)
	wantFailure(t, s.url+"/", &transport.DialOptions{
		OpeningHeader: http.Header{"Origin": {"http://evil.example"}},
	}, fsm.FailureStatus, 403)
	want := []string{
		"khp_handshake_attempts_total 7\n",
		`khp_handshakes_total{outcome="open",profile="spec",status="101"} 1` + "\n",
		`khp_handshakes_total{outcome="open",profile="kaazing",status="101"} 1` + "\n",
		`khp_handshakes_total{outcome="refused",profile="spec",status="403"} 1` + "\n",
		`khp_handshakes_total{outcome="redirected",profile="kaazing",status="101"} 1` + "\n",
		`khp_handshakes_total{outcome="redirected",profile="spec",status="302"} 1` + "\n",
		`khp_handshakes_total{outcome="refused",profile="spec",status="401"} 1` + "\n",
		`khp_handshakes_total{outcome="refused",profile="spec",status="none"} 1` + "\n",
		`khp_rejected_total{reason="origin"} 1` + "\n",
		`khp_rejected_total{reason="credentials"} 1` + "\n",
		`khp_rejected_total{reason="status"} 1` + "\n",
		"khp_last_reload_successful 1\n",
		`khp_connections_open{route="/"} 2` + "\n",
		`khp_connections_open{route="/no"} 0` + "\n",
		`khp_received_messages_total{route="/"} 1` + "\n",
		`khp_sent_bytes_total{route="/"} 1` + "\n",
		`khp_handshake_seconds_count{profile="spec"} 5` + "\n",
		"go_goroutines ",
	}
	// the server is done a moment after the client
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		text := get(t, url)
		for _, w := range want {
			if !strings.Contains(text, w) {
				c.Errorf("expected %q in %s", w, text)
			}
		}
	}, 30*time.Second, 10*time.Millisecond)
}

func get(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	r, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func TestServe_NotWebSocket(t *testing.T) {
	s := serveHere(t, "--log", "json", "-v")
	body := get(t, "http"+strings.TrimPrefix(s.url, "ws")+"/")
	require.Contains(t, body, "speaks WebSocket")
	for _, line := range wantJSON(t, s.log.String()) {
		require.NotEmpty(t, line["msg"])
	}
}

func TestTrace_Lines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.ndjson")
	s := serveHere(t, "--auth", "/=joe:welcome")
	code, out, errs := runHere(t, "", "dial", s.url+"/", "--user", "joe:welcome",
		"--send", "x", "--trace", file)
	require.Equal(t, cli.ExitOK, code, errs)
	require.Equal(t, "x\n", out)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	r, err := trace.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, "spec", r.Header.Config.Profile)
	var kinds []string
	empty := 0
	for {
		l, err := r.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		require.Equal(t, "client", l.Side)
		require.NotZero(t, l.Time)
		require.NotZero(t, l.Conn)
		kinds = append(kinds, strings.TrimSpace(string(l.Kind)+" "+string(l.Dir)))
		if l.Data != nil && len(l.Data) == 0 {
			empty++
		}
		require.NotContains(t, string(l.Data), "am9l")
	}
	require.Equal(t, []string{"dial", "opening send", "opening receive", "message send",
		"message receive", "message receive", "credentials", "message send", "message receive",
		"message receive", "open"}, kinds)
	require.Equal(t, 2, empty, "both terminators")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestTrace_DiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	s := serveHere(t, "--trace", "/dev/full")
	wantEcho(t, dialHere(t, s.url+"/", nil), transport.Text, []byte("the service goes on"))
	wantLines(t, s.log, 1, "the trace is cut off here")
	code, _, errs := runHere(t, "", "dial", s.url+"/", "--send", "x", "--trace", "/dev/full")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "is incomplete")
}

// TestServe_DrainsHandshakes has a handshake in progress when the server is told to end.
func TestServe_DrainsHandshakes(t *testing.T) {
	s := serveHere(t, "--route", "/=status:202")
	i := dialInteractive(t, s.url+"/", "-v")
	require.Eventually(t, func() bool { return strings.Contains(i.err.String(), "202 Accepted") },
		30*time.Second, time.Millisecond)
	require.Equal(t, cli.ExitOK, s.stop())
	require.Equal(t, cli.ExitFailed, <-i.done)
	require.Contains(t, i.err.String(), "503 Service Unavailable")
}

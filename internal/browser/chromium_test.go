package browser

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"
)

// browser is a Chromium of the test's own, spoken to by its DevTools protocol.
type browser struct{ host string }

// start starts one, which the test's end stops.
func start(t *testing.T) *browser {
	profile, err := os.MkdirTemp("", "khp-browser-")
	require.NoError(t, err)
	cmd := exec.Command(*chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--user-data-dir="+
			profile, "--remote-debugging-port=0", "about:blank")
	says, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		// Its other processes end once it is gone, and write to the profile until then.
		require.Eventually(t, func() bool { return os.RemoveAll(profile) == nil }, time.Minute,
			10*time.Millisecond)
	})
	lines := bufio.NewScanner(says)
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "DevTools listening on "); ok {
			u, err := url.Parse(at)
			require.NoError(t, err)
			go func() { _, _ = io.Copy(io.Discard, says) }()
			return &browser{u.Host}
		}
	}
	require.FailNow(t, "the browser does not say where its DevTools are", "%v", lines.Err())
	return nil
}

// page is an open page.
type page struct {
	conn net.Conn
	last int
}

// open loads a page.
func (b *browser) open(t *testing.T, address string) *page {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+b.host+"/json/new?"+
		url.QueryEscape(address), nil)
	require.NoError(t, err)
	r, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = r.Body.Close() }()
	var target struct{ WebSocketDebuggerURL string }
	require.NoError(t, json.NewDecoder(r.Body).Decode(&target))
	conn, _, _, err := ws.Dial(t.Context(), target.WebSocketDebuggerURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return &page{conn: conn}
}

// value is the value of an expression, "" before the page is loaded.
func (p *page) value(t *testing.T, script string) string {
	t.Helper()
	p.last++
	expression, err := json.Marshal("document.readyState === 'complete' ? " + script + " : ''")
	require.NoError(t, err)
	call, err := json.Marshal(map[string]any{"id": p.last, "method": "Runtime.evaluate",
		"params": map[string]json.RawMessage{"expression": expression}})
	require.NoError(t, err)
	require.NoError(t, p.conn.SetDeadline(time.Now().Add(time.Minute)))
	require.NoError(t, wsutil.WriteClientText(p.conn, call))
	for {
		b, err := wsutil.ReadServerText(p.conn)
		require.NoError(t, err)
		var answer struct {
			ID     int
			Result struct{ Result struct{ Value string } }
		}
		if json.Unmarshal(b, &answer) == nil && answer.ID == p.last {
			return answer.Result.Result.Value
		}
	}
}

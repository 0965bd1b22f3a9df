// Package browser has a real browser talk to khp serve. Run it with make browser; without -chromium there is nothing to run.
package browser

import (
	"bufio"
	"context"
	"flag"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var chromium = flag.String("chromium", "", "the browser to run")

// TestChromium loads the demo page, which speaks KHP with the browser's own WebSocket, and reads what it shows in the end.
func TestChromium(t *testing.T) {
	if *chromium == "" {
		t.Skip("needs a browser: make browser")
	}
	origin := serve(t, "--demo-page", "--route", "/=echo", "--route", "/account=echo", "--route", "/gone=status:403", "--auth", "/account=joe:welcome")
	for name, c := range map[string]struct {
		link url.Values
		want []string // lines of the log, in this order, among others
	}{
		"spec":    {url.Values{"say": {"hello", "grüße"}}, []string{"> GET / HTTP/1.1", "< HTTP/1.1 101 Switching Protocols", "< (empty message)", "* open", `> "hello"`, `> "grüße"`, `< "hello"`, `< "grüße"`}},
		"kaazing": {url.Values{"profile": {"kaazing"}, "say": {"hello"}}, []string{"< N (go on)", "> GET /?.kl=Y HTTP/1.1", "< HTTP/1.1 101 Web Socket Protocol Handshake", "< (empty message)", "< N (go on)", "* open", `< "hello"`}},
		"credentials": {url.Values{"path": {"/account"}, "user": {"joe:welcome"}, "say": {"let me in"}},
			[]string{"< HTTP/1.1 401 Unauthorized", "Authorization: [redacted]", "< HTTP/1.1 101 Switching Protocols", "* open", `< "let me in"`}},
		"credentials, kaazing": {url.Values{"profile": {"kaazing"}, "path": {"/account"}, "user": {"joe:welcome"}, "say": {"let me in"}},
			[]string{"< HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Application Basic", "< HTTP/1.1 101 Web Socket Protocol Handshake", "< N (go on)", "* open", `< "let me in"`}},
		"wrong credentials": {url.Values{"path": {"/account"}, "user": {"joe:guess"}, "say": {"x"}}, []string{"< HTTP/1.1 401 Unauthorized", "! "}},
		"refused":           {url.Values{"path": {"/gone"}, "say": {"x"}}, []string{"< HTTP/1.1 403 Forbidden", "! HTTP/1.1 403 Forbidden"}},
	} {
		t.Run(name, func(t *testing.T) {
			log := visit(t, origin+"/?"+c.link.Encode())
			rest := log
			for _, line := range c.want {
				_, after, ok := strings.Cut(rest, line)
				require.True(t, ok, "%q is missing, or out of order, in\n%s", line, log)
				rest = after
			}
		})
	}
}

// serve starts khp serve and returns the origin of its pages.
func serve(t *testing.T, args ...string) string {
	khp := filepath.Join(t.TempDir(), "khp")
	out, err := exec.Command("go", "build", "-o", khp, "example.com/khp/cmd/khp").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.Command(khp, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	at, ok := strings.CutPrefix(strings.TrimSpace(line), "khp: listening on ws://")
	require.True(t, ok, line)
	return "http://" + at
}

var (
	logOf = regexp.MustCompile(`(?s)<div id="log"[^>]*>(.*?)</div>\s*<script`)
	tag   = regexp.MustCompile(`<[^>]*>`)
)

// visit returns the lines of the page's log once nothing happens any more.
func visit(t *testing.T, page string) string {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, *chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", "--dump-dom", page).Output()
	require.NoError(t, err)
	m := logOf.FindSubmatch(out)
	require.NotNil(t, m, "no log in %s", out)
	return html.UnescapeString(tag.ReplaceAllString(strings.ReplaceAll(string(m[1]), "</div>", "\n"), ""))
}

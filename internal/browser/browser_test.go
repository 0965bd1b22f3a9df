// Package browser has a real browser talk to khp serve. Run it with make browser; without -chromium
// there is nothing to run.
package browser

import (
	"bufio"
	"flag"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var chromium = flag.String("chromium", "", "the browser to run")

// press uses the page as a person does, a step each time: connect, then send the text in the field.
const press = `(() => {
	if (!window.pressed) { window.pressed = true; $('connect').click() } else if (!$('send').disabled && $('text').value) $('send').click()
	return $('log').innerText
})()`

// TestChromium loads the demo page, which speaks KHP with the browser's own WebSocket, and looks at
// its output.
func TestChromium(t *testing.T) {
	if *chromium == "" {
		t.Skip("needs a browser: make browser")
	}
	other := serve(t, "--auth", "/account=joe:welcome", "--allow-origin", "*")
	elsewhere := "ws" + strings.TrimPrefix(other, "http")
	origin := serve(t, "--demo-page", "--route", "/away=redirect:/account",
		"--route", "/out=redirect:"+elsewhere+"/open", "--route", "/lure=redirect:"+elsewhere+"/account",
		"--route", "/=echo", "--route", "/account=echo", "--route", "/gone=status:403",
		"--auth", "/account=joe:welcome")
	b := start(t)
	for name, c := range map[string]struct {
		link url.Values
		want []string // lines of the log, in this order, among others
	}{
		"spec": {url.Values{"say": {"hello", "grüße", "a\u202eb\u2028c\u009bd"}},
			[]string{"> GET / HTTP/1.1", "< HTTP/1.1 101 Switching Protocols", "< (empty message)", "* open",
				`> "hello"`, `< "hello"`, `< "grüße"`, `< "a\u{202e}b\u{2028}c\u{9b}d"`}},
		"kaazing": {url.Values{"profile": {"kaazing"}, "say": {"hello"}},
			[]string{"< N (go on)", "> GET /?.kl=Y HTTP/1.1", "< HTTP/1.1 101 Web Socket Protocol Handshake",
				"< (empty message)", "< N (go on)", "* open", `< "hello"`}},
		"credentials": {url.Values{"path": {"/account"}, "user": {"joe:welcome"}, "say": {"let me in"}},
			[]string{"< HTTP/1.1 401 Unauthorized", "Authorization: [redacted]",
				"< HTTP/1.1 101 Switching Protocols", "* open", `< "let me in"`}},
		"credentials, kaazing": {url.Values{"profile": {"kaazing"}, "path": {"/account"},
			"user": {"joe:welcome"}, "say": {"let me in"}},
			[]string{"< HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Application Basic",
				"< HTTP/1.1 101 Web Socket Protocol Handshake", "< N (go on)", "* open", `< "let me in"`}},
		"wrong credentials": {url.Values{"path": {"/account"}, "user": {"joe:guess"}, "say": {"x"}},
			[]string{"< HTTP/1.1 401 Unauthorized", "! "}},
		"redirect": {url.Values{"path": {"/away"}, "user": {"joe:welcome"}, "say": {"moved"}},
			[]string{"< HTTP/1.1 302 Found", "* sent elsewhere: ws", "< HTTP/1.1 401",
				"Authorization: [redacted]", "* open", `< "moved"`}},
		"redirect, kaazing": {url.Values{"profile": {"kaazing"}, "path": {"/away"},
			"user": {"joe:welcome"}, "say": {"moved"}},
			[]string{"* sent elsewhere: ws", "/account?.kl=Y", "< HTTP/1.1 401", "Authorization: [redacted]",
				"* open", `< "moved"`}},
		"redirect to another server": {url.Values{"path": {"/out"}, "say": {"moved"}},
			[]string{"* sent elsewhere: " + elsewhere + "/open", "* open", `< "moved"`}},
		"no password for another server": {url.Values{"path": {"/lure"},
			"user": {"joe:welcome"}, "say": {"x"}},
			[]string{"* sent elsewhere: " + elsewhere + "/account", "< HTTP/1.1 401",
				"! credentials are needed"}},
		"refused": {url.Values{"path": {"/gone"}, "say": {"x"}},
			[]string{"< HTTP/1.1 403 Forbidden", "! HTTP/1.1 403 Forbidden"}},
	} {
		t.Run(name, func(t *testing.T) {
			page := b.open(t, origin+"/?"+c.link.Encode())
			var log string
			require.Eventually(t, func() bool { log = page.value(t, press); return inOrder(log, c.want) },
				time.Minute, 20*time.Millisecond,
				"%q, in this order", c.want)
			t.Log(log)
		})
	}
	t.Run("a password is not shown", func(t *testing.T) {
		page := b.open(t,
			origin+"/?"+url.Values{"path": {"/account"}, "user": {"joe:welcome"}, "say": {"hello"}}.Encode())
		require.Eventually(t, func() bool { return strings.Contains(page.value(t, press), `< "hello"`) },
			time.Minute, 20*time.Millisecond)
		require.Equal(t, "password joe:welcome", page.value(t, "`${$('user').type} ${$('user').value}`"))
		require.NotContains(t, page.value(t, "document.body.innerText + location.href"), "welcome")
	})
	t.Run("a link does nothing by itself", func(t *testing.T) {
		page := b.open(t, origin+"/?"+
			url.Values{"path": {"@other.example/"}, "user": {"joe:welcome"}, "say": {"hello"}}.Encode())
		var text string
		require.Eventually(t, func() bool { text = page.value(t, "$('text').value"); return text != "" },
			time.Minute, 20*time.Millisecond)
		require.Equal(t, "hello", text)
		require.Equal(t, origin, page.value(t, "'http' + new URL($('url').value).origin.slice(2)"),
			"it stays at its server")
		require.Equal(t, "Connect, no connection, no log",
			page.value(t, "`${$('connect').textContent}, ${connection ? 'a' : 'no'} connection, "+
				"${$('log').textContent || 'no log'}`"))
	})
}

// inOrder reports whether text has all of want, one behind the other.
func inOrder(text string, want []string) bool {
	for _, w := range want {
		_, after, ok := strings.Cut(text, w)
		if !ok {
			return false
		}
		text = after
	}
	return true
}

// serve starts khp serve and returns the origin of its pages.
func serve(t *testing.T, args ...string) string {
	khp := filepath.Join(t.TempDir(), "khp")
	out, err := exec.Command("go", "build", "-o", khp, "example.com/khp/cmd/khp").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.Command(khp, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	at, ok := strings.CutPrefix(strings.TrimSpace(line), "khp: listening on ws://")
	require.True(t, ok, line)
	return "http://" + at
}

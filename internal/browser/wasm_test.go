package browser

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWASM loads the example of a client in Go that a browser runs, and has it connect, follow a
// redirect, log in, talk, and close with codes that a script may send and may not send.
func TestWASM(t *testing.T) {
	if *chromium == "" {
		t.Skip("needs a browser: make browser")
	}
	at := "ws" + strings.TrimPrefix(serve(t, "--allow-origin", "*", "--route", "/=echo",
		"--route", "/account=echo", "--route", "/away=redirect:/account", "--route", "/gone=status:403",
		"--auth", "/account=joe:welcome"), "http")
	page := "http://" + host(t)
	b := start(t)
	for name, c := range map[string]struct {
		path, user string
		close      string // arguments of khpClose
		want       []string
	}{
		"echo": {"/", "", "1000, 'bye'",
			[]string{"dial " + at + "/", "open with 101", "received hello", "over: <nil>"}},
		"no code": {"/", "", "0, ''",
			[]string{"open with 101", "received hello", "over: <nil>"}},
		"a code of its own": {"/", "", "4321, 'mine'",
			[]string{"open with 101", "received hello", "over: <nil>"}},
		"not for scripts": {"/", "", "1001, 'going away'",
			[]string{"open with 101", "received hello", "over: <nil>"}},
		"kaazing": {"/?.kl=Y", "", "1000, ''",
			[]string{"open with 101", "received hello", "over: <nil>"}},
		"redirect, login": {"/away", "welcome", "1000, ''", []string{"dial " + at + "/away", "dial " +
			at + "/account", "credentials are asked for", "open with 101", "received hello", "over: <nil>"}},
		"wrong password": {"/account", "guess", "1000, ''",
			[]string{"credentials are asked for", "wrong password"}},
		"refused":      {"/gone", "", "1000, ''", []string{"over: ", "403"}},
		"nobody there": {"/", "", "1000, ''", []string{"over: ", "the browser does not say why"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.open(t, page)
			to := at
			if name == "nobody there" {
				to = "ws://127.0.0.1:1"
			}
			user := ""
			if c.user != "" {
				user = "joe"
			}
			// a step each time: dial, once open send, once answered close
			press := `(() => {
				const log = $('log').innerText, once = name => !window[name] && (window[name] = true)
				if (log.includes('ready') && once('dialed')) khpDial('` + to + c.path + `', '` + user + `', '` + c.user + `')
				if (log.includes('open with') && once('sent')) khpSend('hello')
				if (log.includes('received') && once('closed')) khpClose(` + c.close + `)
				return log
			})()`
			press = strings.ReplaceAll(press, "$(", "document.getElementById(")
			var log string
			require.Eventually(t, func() bool { log = p.value(t, press); return inOrder(log, c.want) },
				time.Minute, 20*time.Millisecond, "%q, in this order", c.want)
			t.Log(log)
			require.NotContains(t, log, "the browser refuses")
		})
	}
}

// host serves the example's page and returns its address.
func host(t *testing.T) string {
	program := filepath.Join(t.TempDir(), "browser")
	const module = "../../docs/examples"
	out, err := exec.Command("go", "build", "-C", module, "-o", program, "./browser").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.Command(program, "-listen", "127.0.0.1:0", "-source", filepath.Join(module, "browser"))
	cmd.Env = append(cmd.Environ(), "TMPDIR="+t.TempDir())
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	at, ok := strings.CutPrefix(strings.TrimSpace(line), "open http://")
	require.True(t, ok, line)
	return at
}

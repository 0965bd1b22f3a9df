package ghost_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/internal/ghost/overlay"
	"github.com/stretchr/testify/require"
)

// seeded are faults of package endpoint that calls which nobody looks at show to ghosts.
var seeded = []struct {
	name, file, before, after string
	says                      string // what the ghost says
}{
	{"deadline-dropped", "core.go", "func (k *core) Deadline() time.Time {",
		"if seeded(%d) { return time.Time{} }", "expected the deadline"},
	{"timer-of-the-body-not-stopped", "timers.go", "func (k *clock) stop(t fsm.Timer) {",
		"if seeded(%d) && t == fsm.TimerBody { return }", "expected the deadline"},
	{"paused-timer-goes-on", "timers.go", "case fsm.EffectResumeTimer:",
		"if seeded(%d) { k.start(t, k.timeouts.Of(t)); return }", "expected the deadline"},
	{"unit-without-terminator-is-terminated", "client_response.go",
		"func (c *Client) decide(terminated bool) {", "if seeded(%d) { terminated = true }", "expected "},
	{"unit-is-another-event", "client_response.go", "func (c *Client) stepResponse(ev fsm.Event) {",
		"if seeded(%d) && ev.Status == 202 { ev.Status = 204 }", "expected "},
	{"login-kept-after-redirect", "redirect.go", "func (c *Client) follow() {", "if seeded(%d) && " +
		"c.state.Plan() != fsm.PlanProxyAuth { c.credentials = \"\"; return }", "expected Authorization"},
	{"way-kept-after-redirect", "redirect.go", "func (c *Client) connect() {", "if seeded(%d) { " +
		"defer func(n int) { c.visited = c.visited[:max(n, 1)] }(len(c.visited)) }", "expected "},
	{"answer-kept-after-redirect", "redirect.go", "func (c *Client) startConnection() {",
		"if seeded(%d) { c.attempt++; c.leg = LegConnect; return }", "expected "},
	{"orders-swapped", "core.go", "func (k *core) say(o Output) {",
		"if n := len(k.out); seeded(%d) && n > 0 && o.Kind == SendClose { k.out = append(k.out, " +
			"k.out[n-1]); k.out[n-1] = o; return };", "output "},
	{"order-twice", "core.go", "func (k *core) say(o Output) {", "if seeded(%d) && o.Kind == " +
		"SendPong { k.out = append(k.out, o) };", "expected none, got SendPong"},
	{"order-dropped", "core.go", "func (k *core) say(o Output) {",
		"if seeded(%d) && o.Kind == Disconnect { return };", "output "},
	{"close-with-another-code", "core.go", "func closing(code uint16, asked closeText, " +
		"f fsm.Failure) Output {", "if seeded(%d) && code == 1002 { code = 1000 }",
		"expected Close 1002"},
	{"another-credentials", "client_request.go", "func (c *Client) extendedRequest(replay bool) " +
		"([]byte, error) {", "if seeded(%d) { replay = false }", "expected Authorization"},
	{"decision-of-the-call-before", "server.go", "func (s *Server) prepare(d *Decision) (err error) {",
		"if seeded(%d) && s.prepared == nil { d.Subprotocol = \"\" }", "expected Sec-WebSocket-Protocol"},
	{"extension-granted-again", "server_request.go", "func (s *Server) extensionAgain() string {",
		"if seeded(%d) { return \"\" }", "output "},
	{"request-of-another-path", "server_request.go",
		"func (s *Server) samePath(extended string) bool {", "if seeded(%d) { return true }", "output "},
}

const switchOfSeeds = `package endpoint

import "os"

var seed = os.Getenv("KHP_GHOST_SEED")

func seeded(n int) bool { return seed == string(rune('a'+n)) }
`

// Each fault in package endpoint is noticed by ghosts alone.
func TestGhost_NoticesSeededFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a test")
	}
	root, err := overlay.Root()
	require.NoError(t, err)
	work := t.TempDir()
	faulty := overlay.Replacements{Replace: map[string]string{}}
	put := func(name, text string) {
		to := filepath.Join(work, "faulty-"+name)
		faulty.Replace[filepath.Join(root, "endpoint", name)] = to
		require.NoError(t, os.WriteFile(to, []byte(text), 0o600))
	}
	sources := map[string]string{}
	for i, f := range seeded {
		if sources[f.file] == "" {
			text, err := os.ReadFile(filepath.Join(root, "endpoint", f.file))
			require.NoError(t, err)
			sources[f.file] = string(text)
		}
		require.Equal(t, 1, strings.Count(sources[f.file], f.before), "%s: where it goes", f.name)
		sources[f.file] = strings.Replace(sources[f.file], f.before, f.before+"\n"+
			fmt.Sprintf(f.after, i)+"\n", 1)
	}
	for name, text := range sources {
		put(name, text)
	}
	put("seeded.go", switchOfSeeds)
	file, err := overlay.Write(root, work, faulty)
	require.NoError(t, err)
	binary := filepath.Join(work, "ghost.test")
	out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", file, "-o", binary,
		".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	walk := func(seed string) (string, error) {
		cmd := exec.Command(binary, "-test.run", "^TestWalk$", "-test.short")
		cmd.Env = append(os.Environ(), "KHP_GHOST_SEED="+seed)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	said, err := walk("")
	require.NoError(t, err, "without a fault: %s", said)
	for i, f := range seeded {
		t.Run(f.name, func(t *testing.T) {
			said, err := walk(string(rune('a' + i)))
			require.Error(t, err, "nothing is noticed")
			require.Contains(t, said, "the ghost finds a call wrong: ")
			line, _, _ := strings.Cut(said, "\n")
			require.Contains(t, line, f.says)
			t.Log(line)
		})
	}
}

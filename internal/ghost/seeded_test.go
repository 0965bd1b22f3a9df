package ghost_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/internal/docgen/tool"
	"example.com/khp/internal/ghost/tell"
	"example.com/khp/internal/overlay"
	"github.com/stretchr/testify/require"
)

// seeded are faults of package endpoint that ghosts notice in calls without other checks.
var seeded = []struct {
	name, before, after string
	says                string // by the ghost
}{
	{"deadline-dropped", "func (k *core) Deadline() time.Time {",
		"if seeded(%d) { return time.Time{} }", "expected the deadline"},
	{"timer-of-the-body-not-stopped", "k.clock.Obey(e)",
		"if seeded(%d) && e.Kind == fsm.EffectStopTimer && e.Timer == fsm.TimerBody {\n" +
			"e.Kind = fsm.EffectArmTimer; k.clock.Obey(e) }", "expected the deadline"},
	{"paused-timer-goes-on", "func (k *core) perform(e fsm.Effect, f fsm.Failure) {",
		"if seeded(%d) && e.Kind == fsm.EffectPauseTimer { return }", "expected "},
	{"unit-without-terminator-is-terminated", "func (c *Client) decide(terminated bool) {",
		"if seeded(%d) { terminated = true }", "expected "},
	{"unit-is-another-event", "func (c *Client) stepResponse(ev fsm.Event) {",
		"if seeded(%d) && ev.Status == 202 { ev.Status = 204 }", "expected "},
	{"login-kept-after-redirect", "func (c *Client) follow() {", "if seeded(%d) && " +
		"c.state.Plan() != fsm.PlanProxyAuth { c.credentials = \"\"; return }", "expected Authorization"},
	{"way-kept-after-redirect", "func (c *Client) connect() {", "if seeded(%d) { " +
		"defer func(n int) { c.visited = c.visited[:max(n, 1)] }(len(c.visited)) }", "expected "},
	{"answer-kept-after-redirect", "func (c *Client) startConnection() {",
		"if seeded(%d) { c.attempt++; c.leg = LegConnect; return }", "expected "},
	{"orders-swapped", "func (k *core) say(o Output) {",
		"if n := len(k.out); seeded(%d) && n > 0 && o.Kind == SendClose { k.out = append(k.out, " +
			"k.out[n-1]); k.out[n-1] = o; return };", "output "},
	{"order-twice", "func (k *core) say(o Output) {", "if seeded(%d) && o.Kind == " +
		"SendPong { k.out = append(k.out, o) };", "expected none, got SendPong"},
	{"order-dropped", "func (k *core) say(o Output) {",
		"if seeded(%d) && o.Kind == Disconnect { return };", "output "},
	{"close-with-another-code", "func closing(code uint16, asked closeText, " +
		"f fsm.Failure) Output {", "if seeded(%d) && code == 1002 { code = 1000 }",
		"expected Close 1002"},
	{"another-credentials", "func (c *Client) extendedRequest(replay bool) " +
		"([]byte, error) {", "if seeded(%d) { replay = false }", "expected Authorization"},
	{"decision-of-the-call-before", "func (s *Server) prepare(d *Decision) (err error) {",
		"if seeded(%d) && s.prepared == nil { d.Subprotocol = \"\" }", "expected Sec-WebSocket-Protocol"},
	{"extension-granted-again", "func (s *Server) extensionAgain() string {",
		"if seeded(%d) { return \"\" }", "output "},
	{"request-of-another-path", "func (s *Server) samePath(extended string) bool {",
		"if seeded(%d) { return true }", "output "},
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
	root, err := tool.Root()
	require.NoError(t, err)
	work := t.TempDir()
	faulty := overlay.New(work)
	put := func(name, text string) {
		require.NoError(t, faulty.Put(filepath.Join(root, "endpoint", name), []byte(text)))
	}
	sources := map[string]string{}
	files, err := filepath.Glob(filepath.Join(root, "endpoint", "*.go"))
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		sources[filepath.Base(name)] = string(text)
	}
	for i, f := range seeded {
		places := 0
		for name, text := range sources {
			places += strings.Count(text, f.before)
			sources[name] = strings.Replace(text, f.before,
				f.before+"\n"+fmt.Sprintf(f.after, i)+"\n", 1)
		}
		require.Equal(t, 1, places, "%s: its place is there once", f.name)
	}
	for name, text := range sources {
		put(name, text)
	}
	put("seeded.go", switchOfSeeds)
	require.NoError(t, tell.Write(root, faulty))
	file, err := faulty.Write()
	require.NoError(t, err)
	binary := filepath.Join(work, "ghost.test")
	require.NoError(t, overlay.Test(file, "", ".", binary))
	walk := func(seed string) (string, error) {
		cmd := exec.Command(binary, "-test.run", "^TestWalk$")
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

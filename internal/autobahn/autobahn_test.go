package autobahn

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

var (
	wstest = flag.String("wstest", "", "the program wstest of the Autobahn test suite 0.8.2")
	cases  = flag.String("cases", "*", "cases to run, such as 12.*,13.*")
)

// agent is our name in reports.
const agent = "khp"

// readLimit is enough for the largest messages of section 9.
const readLimit = 64 << 20

// suite is one run of wstest.
type suite struct {
	*testing.T
	reports string
}

func newSuite(t *testing.T) suite {
	if *wstest == "" {
		t.Skip("needs the Autobahn test suite: make autobahn")
	}
	return suite{t, t.TempDir()}
}

// command returns wstest in a mode, with a specification that names our role.
func (s suite) command(mode string, spec map[string]any) *exec.Cmd {
	s.Helper()
	maps.Copy(spec, map[string]any{"outdir": s.reports, "cases": strings.Split(*cases, ","),
		"exclude-cases": []string{}, "exclude-agent-cases": map[string]any{}})
	b, err := json.Marshal(spec)
	require.NoError(s, err)
	file := filepath.Join(s.TempDir(), "spec.json")
	require.NoError(s, os.WriteFile(file, b, 0o600))
	cmd := exec.CommandContext(s.Context(), *wstest, "--mode", mode, "--spec", file, "--webport", "0")
	cmd.Dir, cmd.Stderr, cmd.Stdout = s.reports, io.Discard, io.Discard
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// judge reads the report: no case may fail, and those that begin with notApplicable do not apply.
func (s suite) judge(notApplicable []string) {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(s.reports, "index.json"))
	require.NoError(s, err)
	var index map[string]map[string]struct{ Behavior, BehaviorClose string }
	require.NoError(s, json.Unmarshal(b, &index))
	results := index[agent]
	require.NotEmpty(s, results)
	counts := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(results)) {
		r := results[name]
		counts[r.Behavior]++
		switch applies := !slices.ContainsFunc(notApplicable,
			func(p string) bool { return strings.HasPrefix(name, p) }); {
		case !applies:
			if r.Behavior != "UNIMPLEMENTED" {
				s.Errorf("%s: %s, which should not apply", name, r.Behavior)
			}
		case r.Behavior != "OK" && r.Behavior != "NON-STRICT" && r.Behavior != "INFORMATIONAL",
			r.BehaviorClose != "OK" && r.BehaviorClose != "INFORMATIONAL":
			s.Errorf("%s: %s, close %s", name, r.Behavior, r.BehaviorClose)
		}
	}
	s.Logf("%d cases: %v", len(results), counts)
}

func echo(ctx context.Context, c *transport.Conn) error {
	for {
		kind, p, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if err := c.Write(ctx, kind, p); err != nil {
			return err
		}
	}
}

// The suite's client finds nothing wrong with a server of ours. Windows of the server's that are
// smaller than 32 KiB are not granted.
func TestServer(t *testing.T) {
	s := newSuite(t)
	h := &transport.Handler{Plain: true, Serve: echo, Compression: &transport.Compression{},
		ReadLimit: readLimit}
	server := httptest.NewServer(h)
	defer server.Close()
	url := "ws" + strings.TrimPrefix(server.URL, "http")
	require.NoError(t, s.command("fuzzingclient",
		map[string]any{"servers": []any{map[string]any{"agent": agent, "url": url}}}).Run())
	s.judge([]string{"13.3.", "13.5."})
}

// The suite's server finds nothing wrong with a client of ours, which does not let the server
// choose the client's window.
func TestClient(t *testing.T) {
	s := newSuite(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	url := "ws://" + ln.Addr().String()
	require.NoError(t, ln.Close())
	cmd := s.command("fuzzingserver", map[string]any{"url": url})
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()

	opts := &transport.DialOptions{
		PlainOnly: true, Compression: &transport.Compression{}, ReadLimit: readLimit,
		// until it listens
		Retry: &transport.Retry{Attempts: 600, MinBackoff: 100 * time.Millisecond,
			MaxBackoff: 100 * time.Millisecond},
	}
	dial := func(path string) *transport.Conn {
		c, err := transport.Dial(t.Context(), url+path, opts)
		require.NoError(t, err)
		return c
	}
	c := dial("/getCaseCount")
	_, p, err := c.Read(t.Context())
	require.NoError(t, err)
	_ = c.Close(transport.CloseNormal, "")
	n, err := strconv.Atoi(string(p))
	require.NoError(t, err)
	require.Positive(t, n)
	for i := range n {
		c := dial(fmt.Sprintf("/runCase?case=%d&agent=%s", i+1, agent))
		_ = echo(t.Context(), c) // the suite judges how it ends
		_ = c.CloseNow()
	}
	c = dial("/updateReports?agent=" + agent)
	_, _, err = c.Read(t.Context())
	require.NotZero(t, transport.CloseCode(err), "%v", err)
	s.judge([]string{"13.3.", "13.4.", "13.5.", "13.6."})
}

package explore

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/export"
	"example.com/khp/sim/model"
	"github.com/stretchr/testify/require"
)

// signalled runs khp explore and sends it signals from the start on.
func signalled(signals int, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	ch := make(chan os.Signal, 2)
	for range signals {
		ch <- syscall.SIGINT
	}
	c := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		Notify: func() (<-chan os.Signal, func()) { return ch, func() {} }}
	code = khptest.RunIn(c, Command, append([]string{"explore"}, args...)...)
	return code, out.String(), errs.String()
}

// timeless drops the parts of JSON that differ from run to run.
func timeless(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &doc), text)
	delete(doc, "seconds")
	for _, c := range doc["configurations"].([]any) {
		row := c.(map[string]any)
		for _, name := range []string{"seconds", "states_per_second", "visited_bytes_per_state",
			"total_bytes_per_state"} {
			delete(row, name)
		}
	}
	return doc
}

func TestExplore_InterruptedAndResumed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	args := []string{"--model", "byzantine-server", "--only", "kaazing-stay", "--bounds", "small",
		"--fault", "replay-old-credentials", "--json"}
	code, want, errs := signalled(0, args...)
	require.Equal(t, cli.ExitFailed, code, errs)

	kept := append(args, "--checkpoint", file, "--resume")
	interrupted := 0
	for {
		code, out, errs := signalled(1, kept...)
		if code == cli.ExitFailed {
			require.Equal(t, timeless(t, want), timeless(t, out), "as if never interrupted")
			break
		}
		interrupted++
		require.Equal(t, cli.ExitStopped, code)
		require.Empty(t, out)
		require.Contains(t, errs, "interrupted in byzantine-server/")
		require.Contains(t, errs, "add --resume to go on from "+file)
		require.Equal(t, 1, strings.Count(errs, "\n"))
	}
	require.Positive(t, interrupted)

	code, _, errs = signalled(0, "--model", "honest", "--bounds", "small",
		"--checkpoint", file, "--resume")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "of another exploration")
	require.NoError(t, os.WriteFile(file, []byte("nothing"), 0o600))
	code, _, errs = signalled(0, kept...)
	require.Equal(t, cli.ExitStopped, code)
	require.Contains(t, errs, "cannot read the checkpoint")
}

func TestExplore_InterruptedWithoutCheckpoint(t *testing.T) {
	code, out, errs := signalled(1, "--model", "honest")
	require.Equal(t, cli.ExitStopped, code)
	require.Empty(t, out)
	require.Equal(t, "khp: interrupted in honest/spec\n", errs)
}

func TestExplore_CheckpointThatCannotBeWritten(t *testing.T) {
	code, _, errs := signalled(0, "--model", "byzantine-client", "--bounds", "small", "--checkpoint",
		filepath.Join(t.TempDir(), "no", "where"))
	require.Equal(t, cli.ExitUsage, code)
	require.Regexp(t,
		`^khp: --checkpoint \S+/no/where: no such file or directory; choose a file that can be written`,
		errs)
}

func TestExplore_Usage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"argument": {[]string{"x"}, "takes no argument"},
		"model": {[]string{"--model", "naive"}, `no model "naive"; ` +
			`expected one of honest, byzantine-server, byzantine-client, cooperation, all`},
		"bounds": {[]string{"--bounds", "huge"}, "small, default, large"},
		"bound": {[]string{"--max-redirects", "99"},
			"--max-redirects 99: expected 0 to 60"},
		"fault": {[]string{"--fault", "typo"}, "skip-terminator"},
		"fault elsewhere": {[]string{"--model", "byzantine-client", "--fault", "skip-terminator"},
			"nothing to explore"},
		"configuration":       {[]string{"--only", "none"}, "nothing to explore"},
		"shard":               {[]string{"--shard", "3/3", "--out", "f"}, "I from 0 to N-1"},
		"shard words":         {[]string{"--shard", "one", "--out", "f"}, "expected I/N"},
		"shard without file":  {[]string{"--shard", "0/3"}, "--shard needs --out"},
		"shard exactly":       {[]string{"--shard", "0/3", "--out", "f", "--exact"}, "excludes --exact"},
		"checkpoint exactly":  {[]string{"--checkpoint", "f", "--exact"}, "excludes --exact"},
		"resume from nowhere": {[]string{"--resume"}, "--resume needs --checkpoint"},
		"progress":            {[]string{"--progress", "loud"}, "auto, plain, json, none"},
		"negative depth":      {[]string{"--depth", "-1"}, "--depth"},
		"merge nothing":       {[]string{"merge"}, "takes the files of all shards"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := signalled(0, c.args...)
			require.Equal(t, cli.ExitUsage, code, errs)
			require.Empty(t, out)
			require.Contains(t, errs, c.want)
			require.Equal(t, 1, strings.Count(errs, "\n"))
		})
	}
}

func TestExplore_OutputThatCannotBeWritten(t *testing.T) {
	var errs strings.Builder
	c := &cli.Env{Stdin: strings.NewReader(""), Stdout: khptest.FullWriter{}, Stderr: &errs,
		Notify: cli.Signals}
	code := khptest.RunIn(c, Command, "explore", "--model", "byzantine-client", "--bounds", "small")
	require.Equal(t, cli.ExitStopped, code, "a violation is not what happened")
	require.Contains(t, errs.String(), "no space left on device")
}

// A device, or the target of a link, is written to, and not replaced.
func TestExplore_WritesThroughLinks(t *testing.T) {
	dir := t.TempDir()
	kept, link, device := filepath.Join(dir, "kept"), filepath.Join(dir, "a"), filepath.Join(dir, "b")
	require.NoError(t, os.WriteFile(kept, []byte("old"), 0o600))
	require.NoError(t, os.Symlink(kept, link))
	require.NoError(t, os.Symlink(os.DevNull, device))
	code, _, errs := khptest.Run(t, Command, "", "explore", "--model", "byzantine-client",
		"--bounds", "small", "--html", link, "--out", device)
	require.Equal(t, cli.ExitOK, code, errs)
	page, err := os.ReadFile(kept)
	require.NoError(t, err)
	require.Contains(t, string(page), "<html")
	for _, name := range []string{link, device} {
		info, err := os.Lstat(name)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&os.ModeSymlink, name)
	}
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.False(t, info.Mode().IsRegular())
}

func TestExplore_BarAppearsOnLongRunsOnly(t *testing.T) {
	var b bytes.Buffer
	quick := &bar{w: &b, begin: time.Now().Add(time.Hour)}
	quick.tell(stand{number: 1, of: 2, name: "honest/spec"})
	quick.close()
	require.Empty(t, b.String())
	long := &bar{w: &b, begin: time.Now().Add(-time.Hour)}
	long.tell(stand{number: 1, of: 2, name: "honest/spec",
		Progress: explore.Progress{States: 2_000_000, Frontier: 1234}, seconds: 2})
	require.Contains(t, b.String(), "honest/spec: 2000000 states, 1234 to look at, 1.00 million/s")
	long.close()
}

func TestExplore_PageEscapesText(t *testing.T) {
	v := newViolation(`<script>"`, model.Violation{ID: "X-1", Text: `<script>alert("&")</script>`,
		Kind: explore.Always, Path: []model.Action{{Side: model.Network, Cut: true, Index: -1}}})
	edges := make([]int, len(export.Edges(export.Client))+1)
	edges[0], edges[2], edges[len(edges)-1] = 1, 20_000_000, 5
	e := explored{Results: []result{{Model: "<b>", Name: "&", Report: model.Report{Edges: edges}}}}
	s := summarise(e)
	s.Violations, s.Holds = []violation{v}, false
	var b strings.Builder
	require.NoError(t, writePage(&b, e, s, time.Unix(0, 0)))
	page := b.String()
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "<b>/")
	require.Contains(t, page, "&lt;script&gt;alert(")
	require.Contains(t, page, "network: cut")
	require.Contains(t, page, `class="never"`, "an edge that was never taken stands out")
	require.Contains(t, page, ">20M<")
	require.NotRegexp(t, `(?:src|href)="(?:https?:)?//`, page, "nothing is loaded")
}

func TestExplore_Numbers(t *testing.T) {
	require.Equal(t, "1\u202f234\u202f567", thousands(1234567))
	require.Equal(t, "12", thousands(12))
	require.Equal(t, []string{"7", "12k", "1.5M", "15M"},
		[]string{short(7), short(12_345), short(1_500_000), short(15_000_000)})
	require.Equal(t, []string{"never", "h1", "h6"},
		[]string{heat(0, 100), heat(1, 100), heat(100, 100)})
}

// Shards of files from elsewhere end in an error, at once and in little memory: a huge number of
// shards, an index outside, results that are no pairs, a small file that unpacks to a large one.
func TestExploreMerge_FilesFromElsewhere(t *testing.T) {
	write := func(e explored) string {
		path := filepath.Join(t.TempDir(), "shard.khp")
		e.Format = exploredFormat
		require.NoError(t, writeGob(path, e))
		return path
	}
	rows := func(names ...string) (list []result) {
		for _, n := range names {
			list = append(list,
				result{Model: "honest", Name: n, Report: model.Report{Records: &explore.Records{}}})
		}
		return list
	}
	spoiled := rows("a")
	spoiled[0].Report.Records = &explore.Records{Prints: []uint64{1}}
	for name, c := range map[string]struct {
		files []explored
		want  string
	}{
		"a huge number of shards": {[]explored{{Shard: explore.Shard{Count: math.MaxInt}}},
			"are missing: 1 2 3 4 5 6 7 8 9 10 ..."},
		"an index outside": {[]explored{{Shard: explore.Shard{Index: 7, Count: 1}}},
			"not the result of a shard"},
		"a negative index": {[]explored{{Shard: explore.Shard{Index: -1, Count: 1}}},
			"not the result of a shard"},
		"a negative count": {[]explored{{Shard: explore.Shard{Index: -2, Count: -1}}},
			"not the result of a shard"},
		"other configurations": {[]explored{{Shard: explore.Shard{Count: 2}, Results: rows("a")},
			{Shard: explore.Shard{Index: 1, Count: 2}, Results: rows("b")}}, "where shard 0 has"},
		"fewer results first": {[]explored{{Shard: explore.Shard{Count: 2}},
			{Shard: explore.Shard{Index: 1, Count: 2}, Results: rows("b")}}, "not complete"},
		"spoiled records": {[]explored{{Shard: explore.Shard{Count: 1}, Results: spoiled}},
			"do not fit together"},
	} {
		args := []string{"explore", "merge"}
		for _, e := range c.files {
			args = append(args, write(e))
		}
		code, _, stderr := khptest.Run(t, Command, "", args...)
		require.NotZero(t, code, name)
		require.Contains(t, stderr, c.want, name)
	}

	large := write(explored{Shard: explore.Shard{Count: 1}, Results: []result{
		{Report: model.Report{Records: &explore.Records{Taken: make([]uint16, 64<<20)}}},
	}})
	code, _, stderr := khptest.Run(t, Command, "", "explore", "merge", large)
	require.NotZero(t, code)
	require.Contains(t, stderr, "cannot read")
}

// Results of others come in files of khp explore merge.
func TestVisible_Explore(t *testing.T) {
	dir := t.TempDir()
	said := khptest.Playful + khptest.Controls
	shard := explored{Format: exploredFormat, Key: said, Fault: said, Shard: explore.Shard{Index: 0,
		Count: 1}, Results: []result{{Model: said, Name: said, Report: model.Report{
		Properties: []explore.Checked{{ID: said, Text: said, Kind: said}},
		Violations: []model.Violation{{ID: said, Text: said, Kind: said, There: said}},
	}}}}
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		o := options{json: asJSON, html: filepath.Join(dir, "page.html"),
			counterexample: filepath.Join(dir, "steps.ndjson")}
		require.Error(t, report(&cli.Env{Stdout: &out}, o, shard))
		khptest.WantVisible(t, "stdout", out.String())
		for _, name := range []string{o.html, o.counterexample} {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			khptest.WantVisible(t, name, string(b))
		}
	}
}

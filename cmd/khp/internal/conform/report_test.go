package conform

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/internal/conform"
	"example.com/khp/sim/verdict"
	"github.com/stretchr/testify/require"
)

// self runs some cases against khp itself.
func self(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	code, out, errs := khptest.Run(t, Command, "",
		append([]string{"conform", "self", "--profile", "spec", "--patience", "60s"}, args...)...)
	require.Empty(t, errs)
	return code, out
}

func TestConform_Reports(t *testing.T) {
	dir := t.TempDir()
	jsonFile, junit, page := filepath.Join(dir, "a.json"), filepath.Join(dir, "a.xml"),
		filepath.Join(dir, "a.html")
	code, out := self(t, "--run", "khp/ext/101", "--run", "tour/open", "--json", jsonFile,
		"--junit", junit, "--html", page)
	require.Equal(t, cli.ExitOK, code, out)
	require.Contains(t, out, "✓ khp/ext/101 4 of 4")
	require.Regexp(t, `\d+ of \d+ observable edges of the server's machine walked`, out)

	b, err := os.ReadFile(jsonFile)
	require.NoError(t, err)
	d, err := conform.Read(b)
	require.NoError(t, err)
	require.Len(t, d.Runs, 2)
	for _, r := range d.Runs {
		require.Equal(t, len(r.Cases), r.Grades[verdict.Pass])
		require.NotZero(t, r.Edges.Walked)
		for _, c := range r.Cases {
			require.NotEmpty(t, c.Wire, c.ID)
			require.Contains(t, c.Rerun, "khp conform self --profile spec --run "+c.ID)
		}
	}

	var suites junitSuites
	b, err = os.ReadFile(junit)
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(b, &suites))
	require.Len(t, suites.Suites, 2)
	require.Equal(t, len(d.Runs[0].Cases), suites.Suites[0].Tests)
	require.Zero(t, suites.Suites[0].Failures)

	b, err = os.ReadFile(page)
	require.NoError(t, err)
	for _, want := range []string{"<svg class=\"sequence\"", "khp/ext/101", "82 00",
		"khp server, spec", "khp client, spec"} {
		require.Contains(t, string(b), want)
	}
	for _, outside := range []string{"src=", "<link", "@import", "http://", "https://"} {
		require.NotContains(t, strings.ReplaceAll(string(b), "ws://", ""), outside,
			"the page needs nothing from elsewhere")
	}

	code, out = self(t, "--run", "khp/ext/101", "--json", "-")
	require.Equal(t, cli.ExitOK, code)
	require.NoError(t, json.Unmarshal([]byte(out), &d), "nothing but JSON")
}

// A list of known failures: a listed case that fails is expected, one that passes is reported, and
// one that does not exist is refused.
func TestConform_Expect(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "known.txt")
	require.NoError(t, os.WriteFile(list,
		[]byte("# known\nkhp/ext/101/terminator  a reason\n"), 0o600))
	code, out := self(t, "--run", "khp/ext/101", "--expect", list)
	require.Equal(t, cli.ExitOK, code)
	require.Contains(t, strings.Join(strings.Fields(out), " "),
		"khp/ext/101/terminator passes, although --expect says that it fails: take it out")

	for source, want := range map[string]string{
		"khp/ext/nothing why\n":      "line 1: there is no case khp/ext/nothing",
		"\nkhp/ext/101/terminator\n": "line 2: expected a reason behind khp/ext/101/terminator",
	} {
		require.NoError(t, os.WriteFile(list, []byte(source), 0o600))
		code, _, errs := khptest.Run(t, Command, "", "conform", "self", "--expect", list)
		require.Equal(t, cli.ExitUsage, code)
		require.Contains(t, errs, want)
	}
}

// outcomeOf is a report of one case.
func outcomeOf(t *testing.T, dir, name string, grade verdict.Grade) string {
	t.Helper()
	c := conform.Outcome{ID: "khp/ext/x", Level: "MUST", Requirements: []string{"KHP-EXT-01"},
		Profile: "spec", Grade: grade, Why: "<why> \x1b[2J", Title: "A title.",
		Behaviour: &verdict.Ruling{Grade: grade, Want: "close", Got: "nothing"}, Wire: []conform.Sent{
			{From: "client", Text: "close 1000", Hex: "8800"},
		}, Rerun: "khp conform ..."}
	d := conform.Document{Schema: conform.Schema,
		Runs: []*conform.Run{{Name: "<b>" + name, Role: "server", Profile: "spec",
			Cases: []conform.Outcome{c}, Grades: map[verdict.Grade]int{grade: 1}}}}
	file := filepath.Join(dir, name+".json")
	b, err := json.Marshal(d)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, b, 0o600))
	return file
}

func TestConform_Diff(t *testing.T) {
	dir := t.TempDir()
	good, bad := outcomeOf(t, dir, "good", verdict.Pass), outcomeOf(t, dir, "bad", verdict.Fail)
	code, out, _ := khptest.Run(t, Command, "", "conform", "diff", good, bad)
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, out, "pass    -> fail     server spec khp/ext/x")
	require.Contains(t, out, "1 case of 1 changed, 1 for the worse")
	code, out, _ = khptest.Run(t, Command, "", "conform", "diff", bad, good)
	require.Equal(t, cli.ExitOK, code)
	require.Contains(t, out, "fail    -> pass")
	code, out, _ = khptest.Run(t, Command, "", "conform", "diff", bad, bad)
	require.Equal(t, cli.ExitOK, code)
	require.Contains(t, out, "0 cases of 1 changed")
}

// Reports of several implementations stand side by side; words of a peer are text, whatever they
// are.
func TestConform_Report(t *testing.T) {
	dir := t.TempDir()
	good, bad, page, junit := outcomeOf(t, dir, "good", verdict.Pass), outcomeOf(t, dir, "bad",
		verdict.Fail), filepath.Join(dir, "m.html"), filepath.Join(dir, "m.xml")
	code, out, errs := khptest.Run(t, Command, "", "conform", "report", good, bad, "--html", page,
		"--junit", junit)
	require.Equal(t, cli.ExitFailed, code, errs)
	require.Contains(t, out, "✗ x  MUST KHP-EXT-01  fail: <why> \\x1b[2J")
	require.Contains(t, out, "want  close")
	require.Contains(t, out, "again  khp conform ...")
	b, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(b), "&lt;b&gt;good")
	require.Contains(t, string(b), "&lt;b&gt;bad")
	require.NotContains(t, string(b), "\x1b")
	require.NotContains(t, string(b), "<why>")
	b, err = os.ReadFile(junit)
	require.NoError(t, err)
	require.Contains(t, string(b), `<failure message="&lt;why&gt; \x1b[2J">`)

	require.NoError(t, os.WriteFile(good, []byte(`{"schema":"khp-sim/1"}`), 0o600))
	code, _, errs = khptest.Run(t, Command, "", "conform", "report", good)
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, `its schema is "khp-sim/1", expected "khp-conform/1"`)
}

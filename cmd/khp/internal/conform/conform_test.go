package conform

import (
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

func TestConform_List(t *testing.T) {
	for _, role := range []string{"server", "client", "self"} {
		code, out, errs := khptest.Run(t, Command, "", "conform", role, "--list")
		require.Equal(t, cli.ExitOK, code, errs)
		require.Contains(t, out, "khp/ext/401/replay-keeps-extensions")
	}
	code, out, errs := khptest.Run(t, Command, "", "conform", "server",
		"--list", "--run", "khp/ext/100/*")
	require.Equal(t, cli.ExitOK, code, errs)
	for line := range strings.Lines(out) {
		require.True(t, strings.HasPrefix(line, "khp/ext/100/") || strings.HasPrefix(line, "  "), line)
	}
	require.NotEmpty(t, out)
	code, _, errs = khptest.Run(t, Command, "", "conform", "server", "--list", "--run", "khp/none/*")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "--run khp/none/* matches no case")
}

// Input that is not understood is refused, in one line.
func TestConform_Usage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no role": {[]string{"serve"},
			`khp conform has no role "serve"; expected server URL, client, self, report or diff`},
		"no URL": {[]string{"server"}, "takes one URL, got 0 arguments"},
		"URL":    {[]string{"server", "ftp://h/"}, "the URL is not usable"},
		"profile": {[]string{"server", "ws://h/", "--profile", "old"},
			"--profile old: expected spec or kaazing"},
		"run elsewhere": {[]string{"server", "ws://h/", "--run", "kaazing/*"},
			"in the spec profile; try --profile kaazing"},
		"run": {[]string{"server", "ws://h/", "--run", "nothing"},
			"--run nothing matches no case for a server in the spec profile"},
		"resource": {[]string{"server", "ws://h/", "--resource", "login=/x"},
			`there is no resource "login"; expected one of challenge`},
		"resource path": {[]string{"server", "ws://h/", "--resource", "challenge=x"},
			"expected NAME=PATH, as in challenge=/members"},
		"resource twice": {[]string{"server", "ws://h/", "--resource", "refuse=/x",
			"--resource", "refuse=/y"}, "refuse is given twice"},
		"user": {[]string{"server", "ws://h/", "--user", "joe"},
			"--user: expected NAME:PASSWORD"},
		"parallel": {[]string{"server", "ws://h/", "--parallel", "0"},
			"--parallel 0: expected a number from 1 to 100"},
		"expect": {[]string{"self", "--expect", "/does/not/exist"},
			"--expect /does/not/exist: "},
		"with alone":     {[]string{"self", "--with", "x.json"}, "--with needs --html or --junit"},
		"html to stdout": {[]string{"self", "--html", "-"}, "only --json takes -"},
		"html nowhere": {[]string{"self", "--html", "/does/not/exist.html"},
			"--html /does/not/exist.html: "},
		"listen at a socket": {[]string{"client", "--listen", "unix:/x"},
			"--listen unix:/x: expected HOST:PORT"},
		"listen":             {[]string{"client", "--listen", "nowhere"}, "--listen nowhere: "},
		"argument of client": {[]string{"client", "x"}, "takes no argument"},
		"report without":     {[]string{"report"}, "takes at least one FILE"},
		"report of nothing":  {[]string{"report", "/does/not/exist"}, "cannot read /does/not/exist"},
		"diff of one":        {[]string{"diff", "a.json"}, "takes two reports, got 1 argument;"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := khptest.Run(t, Command, "", append([]string{"conform"}, c.args...)...)
			require.Equal(t, cli.ExitUsage, code, errs)
			require.Contains(t, errs, c.want)
			require.Equal(t, 1, strings.Count(errs, "\n"), errs)
			require.Empty(t, out)
		})
	}
}

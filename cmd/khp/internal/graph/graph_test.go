package graph

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// runGraph runs khp graph with args.
func runGraph(t *testing.T, args ...string) (code int, stdout, stderr string) {
	return khptest.Run(t, Command, "", append([]string{"graph"}, args...)...)
}

func TestGraph_Formats(t *testing.T) {
	for _, machine := range []string{"client", "server", "pair"} {
		for format, begin := range map[string]string{"mermaid": "flowchart ", "dot": "digraph ",
			"svg": "<svg "} {
			t.Run(machine+"/"+format, func(t *testing.T) {
				code, out, errs := runGraph(t, machine, "--format", format)
				if machine == "pair" && format == "svg" {
					require.Equal(t, cli.ExitUsage, code)
					require.Contains(t, errs, "khp graph pair --format mermaid")
					return
				}
				require.Equal(t, cli.ExitOK, code, errs)
				require.Empty(t, errs)
				require.True(t, strings.HasPrefix(out, begin), "a picture in %s begins with %q", format, begin)
			})
		}
	}
}

func TestGraph_Models(t *testing.T) {
	for format, want := range map[string]string{"promela": "active proctype client()",
		"tla": "MODULE pair", "tla-config": "SPECIFICATION Spec"} {
		code, out, errs := runGraph(t, "pair", "--format", format)
		require.Equal(t, cli.ExitOK, code, errs)
		require.Contains(t, out, want)
		code, out, errs = runGraph(t, "client", "--format", format)
		require.Equal(t, cli.ExitUsage, code, "one side alone is no model")
		require.Empty(t, out)
		require.Contains(t, errs, "khp graph pair --format "+format)
	}
}

func TestGraph_SMTLIB(t *testing.T) {
	for _, machine := range []string{"client", "server"} {
		code, out, errs := runGraph(t, machine, "--format", "smtlib")
		require.Equal(t, cli.ExitOK, code, errs)
		require.Contains(t, out, "(define-fun step () Bool")
		require.Contains(t, out, "; The "+machine+" of KHP")
	}
	code, out, errs := runGraph(t, "pair", "--format", "smtlib")
	require.Equal(t, cli.ExitUsage, code)
	require.Empty(t, out)
	require.Contains(t, errs, "khp graph client --format smtlib")
}

func TestGraph_DefaultIsMermaid(t *testing.T) {
	_, want, _ := runGraph(t, "client", "--format", "mermaid")
	code, got, _ := runGraph(t, "client")
	require.Equal(t, cli.ExitOK, code)
	require.Equal(t, want, got)
}

func TestGraph_Output(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.svg")
	code, out, errs := runGraph(t, "server", "--format", "svg", "--output", file)
	require.Equal(t, cli.ExitOK, code, errs)
	require.Empty(t, out)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	_, want, _ := runGraph(t, "server", "--format", "svg")
	require.Equal(t, want, string(data))

	code, _, errs = runGraph(t, "server", "--output", filepath.Join(file, "nowhere"))
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "not a directory; choose a file that can be written")
}

func TestGraph_Usage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no machine":    {nil, []string{"client, server, pair"}},
		"two machines":  {[]string{"client", "server"}, []string{"got 2 arguments"}},
		"other machine": {[]string{"toaster"}, []string{`"toaster"`, "client, server, pair"}},
		"unknown format": {[]string{"client", "--format", "png"},
			[]string{`"png"`, strings.Join(formatNames(), ", ")}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := runGraph(t, c.args...)
			require.Equal(t, cli.ExitUsage, code)
			require.Empty(t, out)
			for _, want := range c.want {
				require.Contains(t, errs, want)
			}
			require.Equal(t, 1, strings.Count(errs, "\n"), "the mistake is told in one line")
		})
	}
}

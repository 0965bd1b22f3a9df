package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/stretchr/testify/require"
)

// runGraph runs khp graph with args.
func runGraph(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(append([]string{"graph"}, args...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestGraph_Formats(t *testing.T) {
	for _, machine := range []string{"client", "server", "pair"} {
		for format, begin := range map[string]string{"mermaid": "flowchart ", "dot": "digraph ", "svg": "<svg "} {
			t.Run(machine+"/"+format, func(t *testing.T) {
				code, out, errs := runGraph(machine, "--format", format)
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
	for format, want := range map[string]string{"promela": "active proctype client()", "tla": "MODULE pair", "tla-config": "SPECIFICATION Spec"} {
		code, out, errs := runGraph("pair", "--format", format)
		require.Equal(t, cli.ExitOK, code, errs)
		require.Contains(t, out, want)
		code, out, errs = runGraph("client", "--format", format)
		require.Equal(t, cli.ExitUsage, code, "one side alone is no model")
		require.Empty(t, out)
		require.Contains(t, errs, "khp graph pair --format "+format)
	}
}

func TestGraph_DefaultIsMermaid(t *testing.T) {
	_, want, _ := runGraph("client", "--format", "mermaid")
	code, got, _ := runGraph("client")
	require.Equal(t, cli.ExitOK, code)
	require.Equal(t, want, got)
}

func TestGraph_Output(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.svg")
	code, out, errs := runGraph("server", "--format", "svg", "--output", file)
	require.Equal(t, cli.ExitOK, code, errs)
	require.Empty(t, out)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	_, want, _ := runGraph("server", "--format", "svg")
	require.Equal(t, want, string(data))

	code, _, errs = runGraph("server", "--output", filepath.Join(file, "nowhere"))
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "cannot write the picture")
}

func TestGraph_Usage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no machine":     {nil, []string{"client, server, pair"}},
		"two machines":   {[]string{"client", "server"}, []string{"got 2 arguments"}},
		"other machine":  {[]string{"toaster"}, []string{`"toaster"`, "client, server, pair"}},
		"unknown format": {[]string{"client", "--format", "png"}, []string{`"png"`, strings.Join(graphFormatNames(), ", ")}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := runGraph(c.args...)
			require.Equal(t, cli.ExitUsage, code)
			require.Empty(t, out)
			for _, want := range c.want {
				require.Contains(t, errs, want)
			}
			require.Equal(t, 1, strings.Count(errs, "\n"), "the mistake is told in one line")
		})
	}
}

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/internal/docgen/tool"
)

func TestCorpus_EveryDifferenceIsExplained(t *testing.T) {
	root, err := tool.Root()
	require.NoError(t, err)
	g, err := loadGrid(root)
	require.NoError(t, err)
	used := map[string]bool{}
	for _, d := range g.differences {
		require.NotEmpty(t, d.text, d.key)
		require.NotContains(t, used, d.key, "a difference is explained once")
		used[d.key] = false
	}
	for _, c := range g.cases {
		if !g.differs(c) {
			require.Empty(t, c.NetHTTP, "%s: net/http decides the same, %s", c.ID, c.Verdict)
			continue
		}
		require.Contains(t, used, c.NetHTTP, "%s: net/http decides otherwise, %s; "+
			"say why in the field nethttp, by a key of differences.tsv", c.ID, g.netHTTP[c.ID])
		used[c.NetHTTP] = true
	}
	for key, ok := range used {
		require.True(t, ok, "%s explains some case", key)
	}
}

func TestCorpus_Page(t *testing.T) {
	root, err := tool.Root()
	require.NoError(t, err)
	page, err := corpusPage(root)
	require.NoError(t, err)
	g, err := loadGrid(root)
	require.NoError(t, err)
	columns := 0
	for line := range strings.Lines(page) {
		bars := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			columns = 0
		case columns == 0:
			columns = bars
		default:
			require.Equal(t, columns, bars, "every row has as many cells as its head: %s", line)
		}
	}
	for _, c := range g.cases {
		require.Contains(t, page, `<a id="`+c.ID+`">`)
	}
}

func TestCorpus_NetHTTP(t *testing.T) {
	for _, c := range []struct{ kind, in, want string }{
		{"request", "GET / HTTP/1.1\r\n\r\n", netAccepts},
		{"request", "GET / HTTP/1.1\r\n\r\nx", netLeaves},
		{"request", "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", netRefuses},
		{"request", "GET", netRefuses},
		{"response", "HTTP/1.1 200 OK\r\n\r\nx", netAccepts},
		{"response", "HTTP/1.1 204 OK\r\n\r\nx", netLeaves},
		{"response", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", netRefuses},
		{"response", "HTTP/1.1", netRefuses},
	} {
		require.Equal(t, c.want, netHTTP(c.kind, []byte(c.in)), "%q", c.in)
	}
}

func TestCorpus_Code(t *testing.T) {
	require.Equal(t, "(nothing)", code(""))
	require.Equal(t, "`a\\|b`", code("a|b"))
	require.Equal(t, "`  a `", code(" a"))
	require.Equal(t, "`` a`b ``", code("a`b"))
	require.Less(t, len(code(strings.Repeat("x", 1000))), 200)
}

//go:build unix

package proxies

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// page is where the snippets are, and the table that says whom each proxy suits.
const page = "../../docs/operating.md"

// section is the text of the page about proxies.
func section(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	_, after, ok := strings.Cut(string(text), "\n## Behind a proxy\n")
	require.True(t, ok)
	s, _, _ := strings.Cut(after, "\n## ")
	return s
}

// row is a line of the table.
type row struct {
	// whether it suits clients of the specification, and Kaazing's Java and iOS clients
	modern, old bool
	why         string // its substitute, "" if none
}

func rows(t *testing.T) map[string]row {
	all := map[string]row{}
	for line := range strings.Lines(section(t)) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		if len(cells) != 4 || strings.Contains(line, "---") || strings.Contains(line, "| proxy |") {
			continue
		}
		why := regexp.MustCompile("`(.*)`").FindStringSubmatch(cells[3])
		r := row{modern: strings.HasPrefix(cells[1], " yes"), old: strings.HasPrefix(cells[2], " yes")}
		if why != nil {
			r.why = why[1]
		}
		all[strings.TrimSpace(cells[0])] = r
	}
	return all
}

// snippets are the blocks by the name in their first line.
func snippets(t *testing.T) map[string]string {
	all := map[string]string{}
	for _, block := range regexp.MustCompile("(?s)\n```[a-z]+\n# ([^:\n]+):([^\n]*\n.*?)```\n").
		FindAllStringSubmatch(section(t), -1) {
		all[block[1]] = "# " + block[1] + ":" + block[2]
	}
	require.Equal(t, strings.Count(section(t), "\n```\n"), len(all),
		"each block begins with # and a name of its own")
	return all
}

// place is where a snippet is tried.
type place struct{ port, khp, dir string }

// render puts the test's places into a snippet, and changes nothing else.
func render(t *testing.T, snippet string, p place) string {
	t.Helper()
	require.Contains(t, snippet, "127.0.0.1:8001")
	at := strings.NewReplacer(
		"127.0.0.1:8001", p.khp, "listen 443 ssl", "listen 127.0.0.1:"+p.port+" ssl", "bind :443",
		"bind 127.0.0.1:"+p.port, "*:443", "127.0.0.1:"+p.port,
		"\nkhp.example.com {", "\nhttp://khp.example.com:"+p.port+" {", "/etc/ssl/", p.dir+"/",
	).Replace(snippet)
	require.Contains(t, at, p.port, "the snippet listens where the test looks")
	require.NotRegexp(t, `\b443\b|/etc/ssl`, at)
	return at
}

// The page has a snippet and a row for each proxy that is tried here, and no other.
func TestSnippets(t *testing.T) {
	have, say := snippets(t), rows(t)
	require.Len(t, have, len(proxies))
	require.Len(t, say, len(proxies))
	for name := range proxies {
		require.Contains(t, have, name)
		require.Contains(t, say, name)
		render(t, have[name], place{port: "61234", khp: "127.0.0.1:61235", dir: "/tests"})
	}
}

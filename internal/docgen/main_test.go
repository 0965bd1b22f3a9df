package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/docgen/tool"
	"example.com/khp/sim/export"
	"github.com/stretchr/testify/require"
)

func TestDocgen_FilesAreFresh(t *testing.T) {
	root, err := tool.Root()
	require.NoError(t, err)
	files, err := documents(root)
	require.NoError(t, err)
	require.Len(t, files, 10)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		require.NoError(t, err, "run go generate ./docs")
		require.True(t, string(want) == string(got), "%s is stale; run go generate ./docs", name)
	}
}

func TestDocgen_EveryRowHasItsOwnAnchor(t *testing.T) {
	page, err := statesPage()
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(page, -1) {
		require.False(t, seen[m[1]], "the anchor %s is used once", m[1])
		require.Regexp(t, `^[a-z0-9-]+$`, m[1])
		seen[m[1]] = true
	}
	for _, m := range []export.Machine{export.Client, export.Server} {
		for _, r := range export.Edges(m) {
			require.True(t, seen[anchor(m, r)], "row %s is on the page", r.ID)
		}
		require.Contains(t, page, fmt.Sprintf("%d rows in %d phases.",
			len(export.Edges(m)), len(export.Phases(m))))
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(page, -1) {
		require.True(t, seen[m[1]], "the link to %s leads somewhere", m[1])
	}
}

func TestDocgen_TablesAreWhole(t *testing.T) {
	states, err := statesPage()
	require.NoError(t, err)
	for name, page := range map[string]string{"states": states, "status": statusPage()} {
		columns := 0
		for line := range strings.Lines(page) {
			switch {
			case !strings.HasPrefix(line, "|"):
				columns = 0
			case columns == 0:
				columns = strings.Count(line, "|")
			default:
				require.Equal(t, columns, strings.Count(line, "|"),
					"every row of %s has as many cells as its head: %s", name, line)
			}
		}
	}
}

func TestDocgen_Status(t *testing.T) {
	page := statusPage()
	for r := range fsm.Statuses() {
		require.Contains(t, page, fmt.Sprintf("<a id=\"%d\"></a>%d | %s |", r.Code, r.Code, r.Reason))
		require.NotEmpty(t, actionWords[r.Action], "%s has words", r.Action)
	}
	require.Equal(t, completing, groupOf(codes.ActionComplete))
	require.Equal(t, continuing, groupOf(codes.ActionWait))
	require.Equal(t, terminating, groupOf(codes.ActionRedirect))
	var names []string
	for _, c := range classes() {
		names = append(names, c.name())
	}
	require.Equal(t, []string{"100-199", "200-299", "300-399", "400-499", "500-599", "600-999",
		"below 100, above 999"}, names)
}

func TestDocgen_IntroductionPointsAtRows(t *testing.T) {
	_, err := rowOf(export.Client, "Reading", "Nonsense", "Open")
	require.ErrorContains(t, err, "no row")
}

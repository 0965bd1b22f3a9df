package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInterop_Rows requires of each fact that the page lists that its tests exist and have a subtest that names it, and of the 27 facts that all are listed.
func TestInterop_Rows(t *testing.T) {
	tests := testsOf(t, "../transport")
	text, err := os.ReadFile("interop.md")
	require.NoError(t, err)
	var listed []string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		if len(cells) != 4 || cells[0] == "Fact" || cells[0] == "---" {
			continue
		}
		names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(cells[3], -1)
		require.NotEmpty(t, names, line)
		var bodies string
		for _, name := range names {
			require.Contains(t, tests, name[1], line)
			bodies += tests[name[1]]
		}
		for fact := range strings.SplitSeq(cells[0], ", ") {
			listed = append(listed, fact)
			if !slices.ContainsFunc(names, func(n []string) bool { return !strings.HasPrefix(n[1], "TestInterop_") }) {
				require.Regexp(t, `"([AB][0-9.]* )*`+regexp.QuoteMeta(fact)+` `, bodies, "%s names no subtest of %s", fact, cells[3])
			}
		}
	}
	for i := range 27 {
		require.Contains(t, listed, "B"+strconv.Itoa(i+1))
	}
}

// testsOf returns the source of each test function of a package.
func testsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	list := make(map[string]string)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, part := range strings.Split(string(text), "\nfunc ")[1:] {
			name, body, _ := strings.Cut(part, "(")
			list[name] = body
		}
	}
	return list
}

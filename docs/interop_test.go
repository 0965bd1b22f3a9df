package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInterop_Rows requires of each fact that the page lists that its tests exist and have a
// subtest that names it, and of the 27 facts that all are listed.
func TestInterop_Rows(t *testing.T) {
	tests := testsOf(t, "../transport", "../cmd")
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
			require.NotEmpty(t, tests[name[1]], "there is a test %s: %s", name[1], line)
			bodies += tests[name[1]]
		}
		for fact := range strings.SplitSeq(cells[0], ", ") {
			listed = append(listed, fact)
			if !slices.ContainsFunc(names, func(n []string) bool {
				return !strings.HasPrefix(n[1], "TestInterop_")
			}) {
				require.Regexp(t, `"([AB][0-9.]* )*`+regexp.QuoteMeta(fact)+` `, bodies,
					"%s names no subtest of %s", fact, cells[3])
			}
		}
	}
	for i := range 27 {
		require.Contains(t, listed, "B"+strconv.Itoa(i+1))
	}
}

// testsOf returns the source of each test function below the folders.
func testsOf(t *testing.T, folders ...string) map[string]string {
	t.Helper()
	list := make(map[string]string)
	for _, folder := range folders {
		require.NoError(t, filepath.WalkDir(folder, func(file string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, "_test.go") {
				return err
			}
			text, err := os.ReadFile(file)
			for _, part := range strings.Split(string(text), "\nfunc ")[1:] {
				name, body, _ := strings.Cut(part, "(")
				list[name] = body
			}
			return err
		}))
	}
	return list
}

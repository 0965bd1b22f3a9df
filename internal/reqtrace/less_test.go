package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/internal/docgen/tool"
)

var (
	// a condition under which a test does less
	condition = regexp.MustCompile(`testing\.Short\(\)|if !?\w*\.?(PoolsAreExact|raceDetector)\b`)
	told      = regexp.MustCompile(`^\s*t\.(Skip|Attr\("less", )`)
	excluded  = regexp.MustCompile(`(?m)^//go:build .*!race`)
	hasTests  = regexp.MustCompile(`(?m)^func (Test|Fuzz|Example)`)
)

// The parts that tests leave out in short mode and under the race detector are run without both.
// Each such test must say so, because there is no other way to know it.
func TestLess_IsTold(t *testing.T) {
	dir, err := tool.Root()
	require.NoError(t, err)
	conditions := 0
	require.NoError(t, filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "less_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.False(t, excluded.Match(text) && hasTests.Match(text), "%s: the race detector "+
			"does not see that tests are missing; skip them there instead", name)
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			if condition.MatchString(line) && !strings.HasPrefix(line, "//") {
				conditions++
				require.Regexp(t, told, lines[i+1], `%s:%d: skip the test, or say t.Attr("less", "...")`,
					name, i+1)
			}
		}
		return nil
	}))
	require.Greater(t, conditions, 30)
}

// module with a test that is skipped in short mode, one that does less and one that does the same.
func lessModule(t *testing.T) string {
	dir := module(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "docs/requirements.tsv"), []byte(
		"id\tlevel\tparty\tstatement\ttrigger\taction\nKHP-A-01\tMUST\tx\tOne.\t\t\n"+
			"KHP-A-02\tMAY\tx\tTwo.\t\t\n"), 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "other"), 0o755))
	for name, text := range map[string]string{
		"m_test.go": `package m

import (
	"os"
	"testing"
)

func note(name string) {
	f, _ := os.OpenFile("ran", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	_, _ = f.WriteString(name + "\n")
	_ = f.Close()
}

func TestSkipped(t *testing.T) {
	t.Run("deep", func(t *testing.T) {
		if testing.Short() {
			t.Skip("takes long")
		}
		t.Attr("req", "KHP-A-01")
		note("skipped")
	})
}

func TestLess(t *testing.T) {
	if testing.Short() {
		t.Attr("less", "half of it")
		note("half")
		return
	}
	note("whole")
}

func TestSame(t *testing.T) { note("same") }
`,
		"other/o_test.go": `package other

import (
	"os"
	"testing"
)

func TestOther(t *testing.T) {
	if testing.Short() {
		panic("it is not among the first")
	}
	_ = os.WriteFile("ran", nil, 0o600)
}
`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

func TestRun_FirstLeavesTheRest(t *testing.T) {
	dir := lessModule(t)
	code, stdout, stderr := reqtrace(dir, "", "-first", "-short .")
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "MUST           1:    1 complete    0 exception    0 missing\n")
	ran, err := os.ReadFile(filepath.Join(dir, "ran"))
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"half", "same", "skipped", "whole"}, strings.Fields(string(ran)))
	require.FileExists(t, filepath.Join(dir, "other", "ran"))
}

func TestRun_FirstFails(t *testing.T) {
	dir := lessModule(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f_test.go"), []byte("package m\n\n"+
		"import \"testing\"\n\nfunc TestF(t *testing.T) { t.Error(\"seven is odd\") }\n"), 0o644))
	code, _, stderr := reqtrace(dir, "", "-first", "-short .")
	require.Equal(t, 1, code, stderr)
	require.Contains(t, stderr, "f_test.go:5: seven is odd")
	require.FileExists(t, filepath.Join(dir, "other", "ran"))
}

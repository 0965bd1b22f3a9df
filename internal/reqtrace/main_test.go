package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/internal/docgen/tool"
	"example.com/khp/internal/reqtrace/list"
	"example.com/khp/internal/reqtrace/page"
)

// module writes a module in which KHP-A-01 is complete, KHP-A-02 lacks its test, which failed, and
// KHP-A-03 needs nothing.
func module(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module \"m\"\n\ngo 1.26\n",
		list.RequirementsFile: "id\tlevel\tparty\tstatement\ttrigger\taction\n" +
			"KHP-A-01\tMUST\tx\tOne.\t\t\nKHP-A-02\tMUST NOT\tx\tTwo.\t\t\nKHP-A-03\tMAY\tx\tThree.\t\t\n",
		list.PropertiesFile: "id\tkind\tstatement\n",
		"m.go":              "package m\n\n//khp:impl KHP-A-01 KHP-A-02\nfunc F() {}\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\n" +
			"func TestF(t *testing.T) {\n\tt.Attr(\"req\", \"KHP-A-01\")\n\tF()\n}\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

const (
	passed = `{"Action":"attr","Package":"m","Test":"TestF","Key":"req","Value":"KHP-A-01"}
{"Action":"pass","Package":"m","Test":"TestF"}
{"Action":"pass","Package":"m"}
`
	second = `{"Action":"attr","Package":"m/x","Test":"TestG","Key":"req","Value":"KHP-A-02"}
{"Action":"pass","Package":"m/x","Test":"TestG"}
{"Action":"pass","Package":"m/x"}
`
)

// reqtrace runs the command and returns its exit code and output.
func reqtrace(dir, stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(dir, args, strings.NewReader(stdin), &out, &err)
	return code, out.String(), err.String()
}

func TestRun_Uncovered(t *testing.T) {
	dir := module(t)
	failed := strings.ReplaceAll(second, `"pass"`, `"fail"`)
	code, stdout, stderr := reqtrace(dir, passed+failed, "-json", "-")
	require.Equal(t, 1, code)
	require.Contains(t, stdout, "MUST NOT       1:    0 complete    0 exception    1 missing\n")
	require.Equal(t, `reqtrace: packages that failed, or could not be built; tests that did not pass do not count (1):
  m/x
reqtrace: MUST and MUST NOT without cover; docs/requirements.md says how to add marks (1):
  KHP-A-02 MUST NOT lacks test (implemented in m.go F; x.TestG failed)
`, stderr)
}

func TestRun_WriteAndCheck(t *testing.T) {
	dir := module(t)
	results := filepath.Join(dir, "second.json")
	require.NoError(t, os.WriteFile(results, []byte(second), 0o644))
	args := []string{"-json", "-", "-json", results}
	check := append(args, "-check")

	code, _, stderr := reqtrace(dir, passed, check...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "docs/requirements.md is not there or empty; write it again with: "+
		"go run ./internal/reqtrace -write docs/requirements.md")

	code, _, stderr = reqtrace(dir, passed, append(args, "-write", page.File)...)
	require.Equal(t, 0, code, stderr)
	code, _, stderr = reqtrace(dir, passed, check...)
	require.Equal(t, 0, code, stderr)

	file := filepath.Join(dir, page.File)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "| KHP-A-02 | MUST NOT | Two. | m.go: `F` | `x.TestG` |\n")
	require.NoError(t, os.WriteFile(file, append([]byte("x\n"), text...), 0o644))
	code, _, stderr = reqtrace(dir, passed, check...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "docs/requirements.md differs from line 1 on")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "x\n"+string(text), string(after), "-check writes nothing")
}

func TestRun_WrongMark(t *testing.T) {
	dir := module(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "n.go"),
		[]byte("package m\n\n//khp:impl KHP-A-04\n"), 0o644))
	code, _, stderr := reqtrace(dir, passed+second, "-json", "-")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "n.go:3: unknown id \"KHP-A-04\"")
}

func TestRun_RunsTheTests(t *testing.T) {
	code, stdout, stderr := reqtrace(module(t), "")
	require.Equal(t, 1, code)
	require.Contains(t, stdout, "MUST           1:    1 complete    0 exception    0 missing\n",
		stderr)
}

func TestRun_FailsWithATest(t *testing.T) {
	dir := module(t)
	requirements := "id\tlevel\tparty\tstatement\ttrigger\taction\nKHP-A-01\tMUST\tx\tOne.\t\t\n" +
		"KHP-A-02\tMAY\tx\tTwo.\t\t\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, list.RequirementsFile),
		[]byte(requirements), 0o644))
	code, stdout, stderr := reqtrace(dir, "")
	require.Equal(t, 0, code, stderr)
	require.Regexp(t, `(?m)^ok\s+m\s`, stdout)

	failing := "package m\n\nimport \"testing\"\n\n" +
		"func TestG(t *testing.T) { t.Error(\"seven is odd\") }\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "g_test.go"), []byte(failing), 0o644))
	code, stdout, stderr = reqtrace(dir, "")
	require.Equal(t, 1, code, "every MUST is covered, but a test failed")
	require.Regexp(t, `(?m)^FAIL\s+m\s`, stdout)
	require.Contains(t, stderr, "g_test.go:5: seven is odd")
}

func TestRun_Usage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"flag":     {[]string{"-nothing"}, "flag provided but not defined: -nothing"},
		"argument": {[]string{"file"}, `unexpected argument "file"`},
		"file":     {[]string{"-json", "/nowhere/at/all"}, "/nowhere/at/all: "},
		"no tests": {[]string{"-json", "-"}, "no package was tested"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := reqtrace(module(t), "", c.args...)
			require.Equal(t, 2, code)
			require.Contains(t, stderr, c.want)
		})
	}
	code, _, stderr := reqtrace(t.TempDir(), "")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "go.mod")
}

func TestModuleRoot(t *testing.T) {
	dir, err := tool.Root()
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(dir, list.RequirementsFile))
}

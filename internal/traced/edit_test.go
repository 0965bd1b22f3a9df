package main

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/internal/reqtrace/list"
)

const root = "../.."

var planned = sync.OnceValues(func() (*plan, error) { return load(root) })

// Each edit applies to exactly one place; a change of that line needs a change of the edit.
func TestEdits_Apply(t *testing.T) {
	p, err := planned()
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, m := range p.mutants {
		kinds[m.by()]++
		require.NotEmpty(t, p.tests[m.id], "no test names %s", m.id)
		if m.edit == nil {
			continue
		}
		text, err := m.edit.apply(root)
		require.NoError(t, err)
		before, err := os.ReadFile(root + "/" + m.edit.file)
		require.NoError(t, err)
		require.NotEqual(t, string(before), text)
	}
	t.Logf("%d requirements can be broken: %v; %d are excepted", len(p.mutants), kinds, p.excepted)
}

// An edit is used by the ids that it names.
func TestEdits_AreUsed(t *testing.T) {
	known, err := list.Load(os.DirFS(root))
	require.NoError(t, err)
	text, err := os.ReadFile("edits.txt")
	require.NoError(t, err)
	edits, err := parse(string(text), known)
	require.NoError(t, err)
	p, err := planned()
	require.NoError(t, err)
	for _, e := range edits {
		for _, id := range e.ids {
			i := slices.IndexFunc(p.mutants, func(m mutant) bool { return m.id == id })
			require.GreaterOrEqual(t, i, 0, "edits.txt:%d breaks %s, which is excepted", e.line, id)
			require.Equal(t, e.line, p.mutants[i].edit.line, "%s is broken twice", id)
		}
	}
}

func TestParse_SaysWhatIsWrong(t *testing.T) {
	known, err := list.Load(os.DirFS(root))
	require.NoError(t, err)
	for text, want := range map[string]string{
		"KHP-GEN-99 a.go\n-x\n+y\n":                  "edits.txt:1: there is no requirement KHP-GEN-99",
		"a.go\n-x\n+y\n":                             "edits.txt:1: ids and a file",
		"KHP-GEN-01 a.go\nKHP-GEN-04 b.go\n-x\n+y\n": "edits.txt:1: nothing is changed",
	} {
		_, err := parse(text, known)
		require.ErrorContains(t, err, want)
	}
	edits, err := parse("# why\nKHP-GEN-01 KHP-GEN-04 a.go\n-x\n-y\n+z\n\nKHP-GEN-05 b.go\n-x\n",
		known)
	require.NoError(t, err)
	require.Len(t, edits, 2)
	require.Equal(t, edit{ids: []string{"KHP-GEN-01", "KHP-GEN-04"}, file: "a.go", old: "x\ny\n",
		new: "z\n", why: "z", line: 2}, *edits[0])
	require.Equal(t, "without x", edits[1].why)
	require.ErrorContains(t, func() error {
		_, err := (&edit{file: "edit_test.go", old: "nowhere\n", line: 7}).apply(".")
		return err
	}(), "edits.txt:7 does not apply any more")
}

func TestSplit(t *testing.T) {
	for test, want := range map[string][2]string{
		"endpoint.TestA/b":                        {"endpoint", "TestA/b"},
		"sim/conform.TestCases_OwnPeers":          {"sim/conform", "TestCases_OwnPeers"},
		"transport.TestDial/http-1.0/a.b":         {"transport", "TestDial/http-1.0/a.b"},
		"transport/internal/frames.TestConn_Next": {"transport/internal/frames", "TestConn_Next"},
	} {
		folder, name := split(test)
		require.Equal(t, want, [2]string{folder, name})
	}
	require.Equal(t, `^TestA$/^http-1\.0$`, pattern("TestA/http-1.0"))
}

// Requirements that a page lists are found by id.
func TestListed(t *testing.T) {
	require.Equal(t, map[string][]string{"KHP-GEN-01": {"endpoint.TestA", "sim/conform.TestB"}},
		listed(strings.Join([]string{"# Page", "| id | level |", "| KHP-GEN-01 | MUST | a token | " +
			"a.go: `F` | `endpoint.TestA/*`<br>`sim/conform.TestB` |"}, "\n")))
}

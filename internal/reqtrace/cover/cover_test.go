package cover

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"example.com/khp/internal/reqtrace/list"
	"example.com/khp/internal/reqtrace/marks"
	"example.com/khp/internal/reqtrace/results"
)

// join builds a report on KHP-A-01 (MUST), KHP-A-02 (MAY) and INV-01. Each claim is "id test
// outcome".
func join(t *testing.T, m marks.Marks, claims ...string) *Report {
	t.Helper()
	l, err := list.Load(fstest.MapFS{
		list.RequirementsFile: {Data: []byte("id\tlevel\tparty\tstatement\ttrigger\taction\n" +
			"KHP-A-01\tMUST\tx\tOne.\t\t\nKHP-A-02\tMAY\tx\tTwo.\t\t\n")},
		list.PropertiesFile: {Data: []byte("id\tkind\tstatement\nINV-01\tsafety\tThree.\n")},
	})
	require.NoError(t, err)
	r := &results.Results{}
	require.NoError(t, r.Read(strings.NewReader("")))
	for _, c := range claims {
		f := strings.Fields(c)
		require.NoError(t, r.Read(strings.NewReader(fmt.Sprintf(`{"Action":"attr","Package":"m/wire","Test":%q,"Key":"req","Value":%q}
{"Action":%q,"Package":"m/wire","Test":%q}`, f[1], f[0], f[2], f[1]))))
	}
	return Join(l, &m, r, "m")
}

var (
	implemented = map[string][]marks.Place{"KHP-A-01": {{File: "wire/a.go", Symbol: "F"}},
		"INV-01": {{File: "wire/a.go", Symbol: "F"}}}
	excepted = map[string]marks.Exception{"KHP-A-01": {At: "docs/doc.go:3", Reason: "no cache"},
		"INV-01": {At: "docs/doc.go:4", Reason: "no"}}
)

func TestJoin_Rule(t *testing.T) {
	for name, c := range map[string]struct {
		marks  marks.Marks
		claims []string
		status Status // of KHP-A-01
		lacks  string
	}{
		"nothing": {status: Missing, lacks: "code and test"},
		"code only": {marks: marks.Marks{Impl: implemented},
			status: Missing, lacks: "test"},
		"test only": {claims: []string{"KHP-A-01 TestA pass"},
			status: Missing, lacks: "code"},
		"code and passed": {marks: marks.Marks{Impl: implemented},
			claims: []string{"KHP-A-01 TestA pass"}, status: Complete},
		"code and failed": {marks: marks.Marks{Impl: implemented},
			claims: []string{"KHP-A-01 TestA fail"}, status: Missing, lacks: "test"},
		"code and skipped": {marks: marks.Marks{Impl: implemented},
			claims: []string{"KHP-A-01 TestA skip"}, status: Missing, lacks: "test"},
		"code, one failed, one passed": {marks: marks.Marks{Impl: implemented},
			claims: []string{"KHP-A-01 TestA fail", "KHP-A-01 TestB pass"}, status: Complete},
		"exception": {marks: marks.Marks{Exceptions: excepted}, status: Excepted},
		"exception, code": {marks: marks.Marks{Impl: implemented, Exceptions: excepted},
			status: Excepted},
		"exception, test of another id": {marks: marks.Marks{Exceptions: excepted},
			claims: []string{"KHP-A-02 TestA pass"}, status: Excepted},
	} {
		t.Run(name, func(t *testing.T) {
			r := join(t, c.marks, c.claims...)
			require.Empty(t, r.Problems)
			require.Equal(t, "KHP-A-01", r.Items[0].ID)
			require.Equal(t, c.status, r.Items[0].Status)
			require.Equal(t, c.lacks, r.Items[0].Lacks())
			require.Equal(t, c.status == Missing, len(r.Uncovered()) == 1,
				"MAY and properties are never uncovered")
		})
	}
}

func TestJoin_PropertyNeedsNoCode(t *testing.T) {
	r := join(t, marks.Marks{}, "INV-01 TestA pass")
	require.Equal(t, Complete, r.Items[2].Status)
	r = join(t, marks.Marks{Impl: implemented})
	require.Equal(t, "test", r.Items[2].Lacks())
	r = join(t, marks.Marks{})
	require.Equal(t, "test", r.Items[2].Lacks())
}

func TestJoin_Problems(t *testing.T) {
	r := join(t, marks.Marks{Impl: implemented, Exceptions: excepted,
		Problems: []string{"a.go:1: bad"}}, "KHP-A-01 TestA pass", "KHP-A-99 TestB/x pass")
	require.Equal(t, []string{
		"a.go:1: bad",
		`wire.TestB/x: unknown id "KHP-A-99" in t.Attr`,
		"docs/doc.go:3: KHP-A-01 is implemented and tested; remove the exception",
	}, r.Problems)
	require.Equal(t, Complete, r.Items[0].Status)
	require.Empty(t, r.Items[0].Exception)
}

func TestJoin_NamesOfTests(t *testing.T) {
	r := join(t, marks.Marks{}, "KHP-A-01 TestB/y pass", "KHP-A-01 TestB/x pass",
		"KHP-A-01 TestA/z pass", "KHP-A-01 TestC pass", "KHP-A-01 TestC/x pass",
		"KHP-A-01 TestD/x fail", "KHP-A-01 TestD/y fail", "KHP-A-01 TestD/z skip", "KHP-A-01 TestE run")
	require.Equal(t, []string{"wire.TestA/z", "wire.TestB/*", "wire.TestC"}, r.Items[0].Tests)
	require.Equal(t, []string{"wire.TestD/* failed", "wire.TestD/z skipped", "wire.TestE did not end"},
		r.Items[0].Idle)

	r = join(t, marks.Marks{Tests: map[string][]marks.Place{
		"KHP-A-01": {{File: "wire/a_test.go", Symbol: "TestA"}},
	}})
	require.Equal(t, []string{"TestA in wire/a_test.go did not run"}, r.Items[0].Idle)
}

func TestReport_Totals(t *testing.T) {
	r := join(t, marks.Marks{Impl: implemented,
		Exceptions: map[string]marks.Exception{"INV-01": excepted["INV-01"]}}, "KHP-A-01 TestA pass")
	requirements, properties := r.Totals()
	require.Equal(t, []Total{
		{"MUST", 1, 1, 0, 0}, {Level: "MUST NOT"}, {Level: "SHOULD"}, {Level: "SHOULD NOT"},
		{"MAY", 1, 0, 0, 1}, {Level: "STATEMENT"}, {"all", 2, 1, 0, 1},
	}, requirements)
	require.Equal(t, []Total{{"safety", 1, 0, 1, 0}, {Level: "liveness"}, {Level: "scenario"},
		{"all", 1, 0, 1, 0}}, properties)
}

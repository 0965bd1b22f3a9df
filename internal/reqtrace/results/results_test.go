package results

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const output = `go: downloading something
{"Action":"start","Package":"m/wire"}
{"Action":"run","Package":"m/wire","Test":"TestA"}
{"Action":"output","Package":"m/wire","Test":"TestA","Output":"=== ATTR  TestA req KHP-A-01\n"}
{"Action":"attr","Package":"m/wire","Test":"TestA","Key":"req","Value":"KHP-A-01"}
{"Action":"attr","Package":"m/wire","Test":"TestA/x","Key":"req","Value":"KHP-A-01 KHP-A-02"}
{"Action":"attr","Package":"m/wire","Test":"TestA/y","Key":"req","Value":"KHP-A-02"}
{"Action":"attr","Package":"m/wire","Test":"TestA","Key":"owner","Value":"KHP-A-03"}
{"Action":"pass","Package":"m/wire","Test":"TestA/x"}
{"Action":"fail","Package":"m/wire","Test":"TestA/y"}
{"Action":"fail","Package":"m/wire","Test":"TestA"}
{"Action":"attr","Package":"m/wire","Test":"TestB","Key":"req","Value":"KHP-A-03"}
{"Action":"skip","Package":"m/wire","Test":"TestB"}
{"Action":"attr","Package":"m/wire","Test":"TestC","Key":"req","Value":"KHP-A-03"}
{"Action":"fail","Package":"m/wire","Elapsed":0.1}
{"Action":"pass","Package":"m/fsm"}
{"Action":"skip","Package":"m/none"}
{"ImportPath":"m/bad [m/bad.test]","Action":"build-output","Output":"# m/bad\n"}
{"ImportPath":"m/bad [m/bad.test]","Action":"build-fail"}
`

func TestRead(t *testing.T) {
	r := &Results{}
	require.NoError(t, r.Read(strings.NewReader(output)))
	require.Equal(t, []string{"KHP-A-01", "KHP-A-02", "KHP-A-03"}, r.IDs())
	require.Equal(t, []Test{{"m/wire", "TestA"}, {"m/wire", "TestA/x"}}, r.Claims("KHP-A-01"))
	require.Empty(t, r.Claims("KHP-A-99"))
	for name, want := range map[string]Outcome{"TestA": Failed, "TestA/x": Passed, "TestA/y": Failed,
		"TestB": Skipped, "TestC": NotEnded, "TestD": NotEnded} {
		require.Equal(t, want, r.Outcome(Test{"m/wire", name}), name)
	}
	require.Equal(t, 4, r.Packages())
	require.Equal(t, []string{"m/bad", "m/wire"}, r.FailedPackages())
}

func TestLeft(t *testing.T) {
	r := &Results{}
	require.NoError(t, r.Read(strings.NewReader(output+
		`{"Action":"attr","Package":"m/fsm","Test":"TestX/y","Key":"less","Value":"half"}
{"Action":"pass","Package":"m/fsm","Test":"TestX/y"}
{"Action":"skip","Package":"m/fsm","Test":"TestX/z"}
{"Action":"skip","Package":"m/fsm","Test":"TestA"}
`)))
	require.Equal(t, map[string][]string{"m/wire": {"TestB"}, "m/fsm": {"TestA", "TestX"}}, r.Left())
	require.True(t, r.Tested("m/wire"))
	require.False(t, r.Tested("m/x"))
}

func TestRead_SeveralRuns(t *testing.T) {
	line := func(action string) string {
		return `{"Action":"` + action +
			`","Package":"m","Test":"TestA"}` + "\n"
	}
	for name, c := range map[string]struct {
		runs []string
		want Outcome
	}{
		"failure stays":    {[]string{line("fail"), line("pass"), line("skip")}, Failed},
		"failure at last":  {[]string{line("pass") + line("fail")}, Failed},
		"passed, skipped":  {[]string{line("pass"), line("skip")}, Passed},
		"skipped, passed":  {[]string{line("skip"), line("pass")}, Passed},
		"no line end":      {[]string{strings.TrimSpace(line("pass"))}, Passed},
		"only started yet": {[]string{line("run")}, NotEnded},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Results{}
			for _, run := range c.runs {
				require.NoError(t, r.Read(strings.NewReader(run)))
			}
			require.Equal(t, c.want, r.Outcome(Test{"m", "TestA"}))
		})
	}
}

func TestRead_Broken(t *testing.T) {
	require.ErrorContains(t, new(Results).Read(strings.NewReader("prose\n{\"Action\":\n")), "line 2: ")
}

package sim

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// The report of a broken invariant: the scenario to run as a file, and the command that repeats
// it.
func TestSim_BrokenInvariant(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		c := &cli.Env{Stdout: &out}
		r := &report{Schema: schema, Seed: 5, Schedules: 3, Passed: true}
		r.fail(7, "rum\n", "INV-04: open twice")
		err := printReport(c, r, asJSON)
		var e *cli.ExitError
		require.ErrorAs(t, err, &e)
		require.Equal(t, cli.ExitFailed, e.Code)
		require.Equal(t, "an invariant is broken in schedule 3 of seed 5", e.Text)
		if asJSON {
			require.JSONEq(t, `{"schema":"khp-sim/1","seed":5,"schedules":3,"passed":false,"seconds":0,"failed_seed":7,"broken":"INV-04: open twice",
				"scenario":"rum\n","repeat":"khp sim --random 1 --seed 7"}`, out.String())
			continue
		}
		require.Equal(t, "seed 7 breaks an invariant: INV-04: open twice\n\nrum\n\n"+
			"the same again: khp sim --random 1 --seed 7\n", out.String())
	}
}

func TestSim_JSON(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.txt")
	require.NoError(t, os.WriteFile(name,
		[]byte("# Nobody is there.\n\nclient ws://a.example/\nrun\nexpect client open\n"), 0o600))
	code, out, errs := khptest.Run(t, Command, "", "sim", "--json", name)
	require.Equal(t, cli.ExitFailed, code, errs)
	var doc summary
	require.NoError(t, json.Unmarshal([]byte(out), &doc))
	require.Equal(t, schema, doc.Schema)
	require.False(t, doc.Passed)
	require.Len(t, doc.Scenarios, 1)
	require.Equal(t, "Nobody is there.", doc.Scenarios[0].Title)
	require.Equal(t, mismatch{5, []string{"expect client open"}, []string{"client failed Connect"}},
		doc.Scenarios[0].Mismatches[0])
}

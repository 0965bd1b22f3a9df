package spin

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// needSpin skips a test, visibly, where Spin is not installed.
func needSpin(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles a verifier, which takes seconds")
	}
	if missing := Missing(); missing != "" {
		t.Skip(missing)
	}
}

func TestSpin_VisitsTheStatesOfTheExplorer(t *testing.T) {
	needSpin(t)
	c, err := compare(t.Context(), configurations[0])
	require.NoError(t, err)
	require.True(t, c.Same, "%+v", c)
	require.Greater(t, c.Spin, 10000)
}

func TestSpin_FindsAFault(t *testing.T) {
	needSpin(t)
	f, err := fault(t.Context(), hostFault)
	require.NoError(t, err)
	require.Equal(t, f.Property, f.Found)
}

func TestSpin_SaysWhatIsWrongWithAModel(t *testing.T) {
	needSpin(t)
	_, err := Build(t.Context(), Options{Defines: []string{"MAX_REPLAYS=("}})
	require.ErrorContains(t, err, "pair.pml")
}

const printed = `VARIABLES a b
STATE 1 2
STATE 1 2
STATE 3 4
pan:1: assertion violated (20&&(c_replays<=1)) (at depth 7)
State-vector 148 byte, depth reached 429, errors: 1
    17765 states, stored
    44281 states, matched
Stats on memory usage (in Megabytes):
    2.846	equivalent memory usage for states (stored*(State-vector + overhead))
    2.000	actual memory usage for states
pan: elapsed time 0.25 seconds
`

func TestParse(t *testing.T) {
	r, err := parse([]byte(printed))
	require.NoError(t, err)
	require.Equal(t, Result{
		States: 17765, Matched: 44281, Depth: 429, Errors: 1, Broken: "INV-20", Bytes: 2 << 20,
		Variables: []string{"a", "b"}, Recorded: map[string]bool{"1 2": true, "3 4": true}, Steps: 3,
	}, r)
	_, err = parse([]byte("Segmentation fault"))
	require.ErrorContains(t, err, "Segmentation fault")
}

func TestReport_OK(t *testing.T) {
	good := Report{Configurations: []Configuration{{Same: true}}, Formulas: []Formula{{Holds: true,
		Expected: true}}, Faults: []Fault{{Property: "INV-20", Found: "INV-20"}}}
	require.True(t, good.OK())
	for name, change := range map[string]func(*Report){
		"other states":  func(r *Report) { r.Configurations = []Configuration{{Same: false}} },
		"a formula":     func(r *Report) { r.Formulas = []Formula{{Holds: false, Expected: true}} },
		"a fault alive": func(r *Report) { r.Faults = []Fault{{Property: "INV-20"}} },
	} {
		bad := good
		change(&bad)
		require.False(t, bad.OK(), name)
		var b strings.Builder
		require.NoError(t, bad.Write(&b))
		require.Contains(t, b.String(), "WRONG", name)
	}
}

package catalogue

import (
	"testing"

	"example.com/khp/internal/mutateglue/fault"
	"github.com/stretchr/testify/require"
)

// The catalogue fits the source: each of its faults can be made, and describes its change.
func TestCatalogue_IsNotStale(t *testing.T) {
	rows, err := Rows()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(rows), 150)
	with, without := Text(rows)
	require.True(t, noticed == with && unnoticed == without,
		"the rows are not sorted: go generate ./...")
	all, err := All("../../..")
	require.NoError(t, err)
	made := map[string]fault.Fault{}
	for _, f := range all {
		made[f.ID] = f
	}
	seen := map[string]bool{}
	for _, r := range rows {
		require.False(t, seen[r.ID], "%s stands twice in the catalogue", r.ID)
		seen[r.ID] = true
		f, ok := made[r.ID]
		require.True(t, ok, "%s does not apply any more. Run go generate ./..., which leaves it out",
			r.ID)
		require.Equal(t, f.Class, r.Class)
		if r.Killer == "" {
			require.Equal(t, []string{f.Before, f.After}, []string{r.Before, r.After})
		}
	}
}

// No more faults of a package are open than were before: a fault that no test notices gets a test,
// or the reason why nothing can be noticed.
func TestCatalogue_OpenOnes(t *testing.T) {
	rows, err := Rows()
	require.NoError(t, err)
	open := map[string]int{}
	for _, c := range Counts(rows, (*Row).Package) {
		open[c.Name] = c.Open
	}
	for name, most := range MayBeOpen {
		require.LessOrEqual(t, open[name], most, name)
	}
}

// Breaking a line of these packages is noticed by two tools, but for so many faults that one alone
// notices, or were not shown to a second one.
func TestCatalogue_NoticedTwice(t *testing.T) {
	rows, err := Rows()
	require.NoError(t, err)
	tests, err := Seconds()
	require.NoError(t, err)
	require.Equal(t, second, SecondText(rows, tests), "it is not sorted, or stale: go generate ./...")
	_, err = Pairs(rows)
	require.NoError(t, err)
	alone, kinds := map[string]int{}, map[string]int{}
	for i := range rows {
		if test := tests[rows[i].ID]; rows[i].Killer != "" && (test == "" || test == Alone) {
			alone[rows[i].Package()]++
		} else if IsAlone(test) {
			kinds[judged(test).Name]++
		}
	}
	for _, k := range Kinds {
		require.NotZero(t, kinds[k.Name], "no fault is of kind %s", k.Name)
	}
	for name, most := range Twice {
		require.LessOrEqual(t, alone[name], most, name)
	}
}

package catalogue

import (
	"testing"

	"example.com/khp/internal/mutateglue/fault"
	"github.com/stretchr/testify/require"
)

// The catalogue fits the source: each of its faults can be made, and says what it changes.
func TestCatalogue_IsNotStale(t *testing.T) {
	rows, err := Rows()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(rows), 150)
	require.Equal(t, file, Text(rows), "the rows are sorted")
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
		require.True(t, ok, "%s does not apply any more: %s. Run go run ./internal/mutateglue -add, which leaves it out", r.ID, r.Before)
		require.Equal(t, Row{f.ID, f.Class, f.Before, f.After, r.Killer}, r)
	}
}

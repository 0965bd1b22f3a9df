package conform

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tour goes along every edge that can be seen from outside, and along no other.
func TestTour_IsComplete(t *testing.T) {
	_, _, edges := tour()
	for _, role := range []string{"server", "client"} {
		for _, profile := range []string{"spec", "kaazing"} {
			walked, ids := map[int]bool{}, []string{}
			for key, list := range edges {
				if id, ok := strings.CutPrefix(key, role+" "+profile+" "); ok {
					ids = append(ids, id)
					for _, n := range list {
						walked[n] = true
					}
				}
			}
			for _, r := range edgeRows(role) {
				require.Equal(t, walked[r.Index], hidden(role, profile, r) == "", "%s, %s: %s (%s)",
					role, profile, r.ID, hidden(role, profile, r))
			}
			e := Coverage(role, profile, ids)
			require.Equal(t, e.Observable, e.Walked)
			require.Greater(t, e.Observable, e.All/4)
			require.Less(t, Coverage(role, profile, ids[:len(ids)/2]).Walked, e.Walked)
		}
	}
}

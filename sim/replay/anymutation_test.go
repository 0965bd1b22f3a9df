package replay

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCheck_AnyMutation changes recordings at random: there is always a verdict, and a wrong step
// always has a side, a reason and requirements that exist. Most changes leave the protocol.
func TestCheck_AnyMutation(t *testing.T) {
	ids := documented(t)
	var sessions []*Session
	for _, name := range []string{"accepted", "challenged", "redirected", "refused", "postponed",
		"kaazing", "body"} {
		sessions = append(sessions, recorded(t, name))
	}
	wrong, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := *rapid.SampledFrom(sessions).Draw(t, "session")
		s.Steps = slices.Clone(s.Steps)
		i := rapid.IntRange(0, len(s.Steps)-2).Draw(t, "step")
		switch rapid.IntRange(0, 4).Draw(t, "change") {
		case 0:
			s.Steps = slices.Delete(s.Steps, i, i+1)
		case 1:
			s.Steps = slices.Insert(s.Steps, i, s.Steps[i])
		case 2:
			s.Steps[i], s.Steps[i+1] = s.Steps[i+1], s.Steps[i]
		case 3:
			s.Steps[i].From = s.Steps[i].From.Other()
		case 4:
			if p := slices.Clone(s.Steps[i].Data); len(p) > 0 {
				p[rapid.IntRange(0, len(p)-1).Draw(t, "byte")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
				s.Steps[i].Data = p
			}
		}
		r := Check(&s)
		all++
		if r.Verdict != NotPath {
			return
		}
		wrong++
		require.NotEqual(t, Nobody, r.Wrong.Blame)
		require.NotEmpty(t, r.Wrong.Why)
		require.NotEmpty(t, r.Wrong.Requirements)
		for _, id := range r.Wrong.Requirements {
			require.True(t, ids[id], id)
		}
	})
	require.Greater(t, wrong*2, all, "%d of %d", wrong, all)
}

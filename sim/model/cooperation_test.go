package model

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

func TestExplore_Cooperation(t *testing.T) {
	exploreAll(t, "cooperation", act.Client, append(clientSteps, serverSteps...))
}

// A driver reports the body as written before it hands over the messages that it has received
// since. One that does not makes its own client take an accepting response for one that came too
// early.
func TestExplore_BodyReportedTooLate(t *testing.T) {
	m := Honest{Client: Bounds{Redirects: 1, Replays: 1, Interim: 4}.client("expect"),
		Server: fsm.ServerConfig{MaxChallenges: 1}, Cooperative: true, hasty: true}
	r, err := explore.Explore(m.System(), m.Properties(), explore.Options{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Violations)
	for _, v := range r.Violations {
		require.Equal(t, explore.LeadsTo, v.Kind, "%s", v)
	}
	require.Equal(t, "LIV-03", r.Violations[0].ID)
}

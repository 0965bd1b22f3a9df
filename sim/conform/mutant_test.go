package conform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
	"example.com/khp/sim/script"
	"example.com/khp/sim/verdict"
	"github.com/stretchr/testify/require"
)

// visible are the effects whose loss the other side has to notice.
var visible = []fsm.EffectKind{
	fsm.EffectSendOpening, fsm.EffectSendProceed, fsm.EffectSendResponse, fsm.EffectSendTerminator,
	fsm.EffectSendClose, fsm.EffectSendPong, fsm.EffectSendReroute,
	fsm.EffectDeliver, fsm.EffectSendRequest, fsm.EffectReplayRequest, fsm.EffectRefuseOpening,
	fsm.EffectFollow,
}

// mutants are the machines with one visible effect of one edge of the tour missing, by role and
// profile, and how many effects there are in all.
func mutants(t *testing.T) map[string]tables.Alteration {
	t.Helper()
	list := map[string]tables.Alteration{}
	_, _, edges := tour()
	for _, role := range []string{"server", "client"} {
		rows := slices.Collect(fsm.ServerRows())
		if role == "client" {
			rows = slices.Collect(fsm.ClientRows())
		}
		for n, r := range rows {
			for _, profile := range []string{"spec", "kaazing"} {
				if edges[role+" "+profile+" tour/"+r.ID] == nil {
					continue
				}
				for i, e := range r.Effects {
					optional := e.Kind == fsm.EffectFollow && r.From == "Opening" // a client may follow there
					if slices.Contains(visible, e.Kind) && !optional {
						changed := r
						changed.Effects = slices.Delete(slices.Clone(r.Effects), i, i+1)
						list[fmt.Sprintf("%s %s tour/%s without %s",
							role, profile, r.ID, e.Kind)] = tables.Alter(role,
							n, changed)
					}
				}
			}
		}
	}
	return list
}

// A machine that leaves out one thing on one edge is noticed by the case that the tour has for this
// edge, which names the requirements of the edge. An end of the connection in the place of a Close
// frame, and a redirect that is not followed, are lenient; most are failures.
func TestTour_CatchesTableMutants(t *testing.T) {
	index := map[string]*script.Case{}
	for _, c := range all(t) {
		role := "client"
		if c.Server {
			role = "server"
		}
		for _, profile := range profiles(c) {
			index[role+" "+profile+" "+c.Name] = c
		}
	}
	all, failed := mutants(t), 0
	require.Greater(t, len(all), 150)
	for name, altered := range all {
		t.Run(name, func(t *testing.T) {
			key, _, _ := strings.Cut(name, " without")
			c := index[key]
			require.NotNil(t, c)
			res, err := c.Run(script.Options{Profile: strings.Fields(key)[1], Altered: altered})
			require.NoError(t, err)
			require.NotContains(t, []verdict.Grade{verdict.Pass, verdict.Info, verdict.Skip},
				res.Grade(), "%s", res)
			require.NotEmpty(t, c.Requirements)
			if res.Grade().Failed() {
				failed++
			}
		})
	}
	require.Greater(t, failed, 90)
}

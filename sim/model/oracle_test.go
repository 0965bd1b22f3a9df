package model

import (
	"slices"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

// Each model asks the oracle at every step of each machine in it: the memory, which no other
// property looks at, is compared everywhere, with limits and without.
func TestOracle_IsAskedInEveryModel(t *testing.T) {
	client, server := tiny.client("spec"), fsm.ServerConfig{MaxChallenges: 1, MaxDeferrals: 1}
	faults := map[act.Side]act.Fault{act.Client: confused(t, act.Client, "reading/complete/open"),
		act.Server: confused(t, act.Server, "deciding/accept/open")}
	client1, server1 := func(f act.Fault, all bool) AnyServer {
		return AnyServer{Config: client, Fault: f, Unlimited: all}
	}, func(f act.Fault, all bool) AnyClient {
		return AnyClient{Config: server, Fault: f, Unlimited: all}
	}
	pair := func(f act.Fault, all, cooperative bool) (Report, error) {
		m := Honest{Client: client, Server: server, Fault: f, Unlimited: all, Cooperative: cooperative}
		return explore.Explore(m.System(), m.Properties(), explore.Options{First: true})
	}
	for name, m := range map[string]struct {
		sides []act.Side
		run   func(act.Fault) (Report, error)
	}{
		"byzantine-server": {[]act.Side{act.Client},
			func(f act.Fault) (Report, error) { return nearestOf(client1(f, false)) }},
		"byzantine-server, unlimited": {[]act.Side{act.Client},
			func(f act.Fault) (Report, error) { return nearestOf(client1(f, true)) }},
		"byzantine-client": {[]act.Side{act.Server},
			func(f act.Fault) (Report, error) { return nearestOf(server1(f, false)) }},
		"byzantine-client, unlimited": {[]act.Side{act.Server},
			func(f act.Fault) (Report, error) { return nearestOf(server1(f, true)) }},
		"honest": {[]act.Side{act.Client, act.Server},
			func(f act.Fault) (Report, error) { return pair(f, false, false) }},
		"honest, unlimited": {[]act.Side{act.Client, act.Server},
			func(f act.Fault) (Report, error) { return pair(f, true, false) }},
		"cooperation": {[]act.Side{act.Client, act.Server},
			func(f act.Fault) (Report, error) { return pair(f, false, true) }},
	} {
		for _, side := range m.sides {
			r, err := m.run(faults[side])
			require.NoError(t, err)
			require.Len(t, r.Violations, 1, "%s of %s", side, name)
			require.Equal(t, []string{act.OracleID, explore.Compared},
				[]string{r.Violations[0].ID, r.Violations[0].Kind}, name)
		}
	}
}

// nearestOf explores up to the nearest violation.
func nearestOf[S comparable](m interface {
	explore.System[S, act.Action]
	Properties() explore.Properties[S]
}) (Report, error) {
	return explore.Explore(m, m.Properties(), explore.Options{First: true})
}

// Without the oracle nothing finds it.
func TestOracle_FindsWhatNothingElseDoes(t *testing.T) {
	needTime(t)
	for side, id := range map[act.Side]string{act.Client: "opening/opened/request",
		act.Server: "deciding/close/shutdown"} {
		f := confused(t, side, id)
		f.Unaided = true
		require.Empty(t, nearest(t, f), "%s", id)
	}
}

// confused is the machine that marks something else in a row: a server believes that its client
// asked for KHP as Kaazing's do, a client that a terminator is still to come.
func confused(t *testing.T, side act.Side, id string) act.Fault {
	t.Helper()
	rows := slices.Collect(fsm.ClientRows())
	if side == act.Server {
		rows = slices.Collect(fsm.ServerRows())
	}
	n := slices.IndexFunc(rows, func(r fsm.Row) bool { return r.ID == id })
	require.GreaterOrEqual(t, n, 0, "row %s", id)
	r := rows[n]
	r.Changes.Set = []string{"kaazing"}
	if side == act.Client {
		r.Changes.Set = []string{"late terminator possible"}
	}
	return act.Fault{Name: "confused", Side: side, Altered: tables.Alter(side.String(), n, r)}
}

package fsm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEdges_NumberedInOrder(t *testing.T) {
	for _, side := range []string{"client", "server"} {
		n := 0
		for r := range RowsOf(side) {
			if r.Verdict != Accepted {
				require.Equal(t, -1, r.Index)
				continue
			}
			require.Equal(t, n, r.Index)
			require.NotContains(t, r.Event, "EventKind", "edge %d has a named event", n)
			n++
		}
		t.Logf("%d %s edges", n, side)
	}
}

func TestEdge_IsTheOneStepTakes(t *testing.T) {
	cfg := DefaultClientConfig()
	_, effects, _ := cfg.Step(cfg.Start(), Event{Kind: EventConnectRequested, Facts: FactTargetUsable})
	require.Equal(t, 0, effects.Edge())
	_, effects, _ = cfg.Step(cfg.Start(), Event{Kind: EventConnected})
	require.Equal(t, -1, effects.Edge())
	srv := DefaultServerConfig()
	_, effects, _ = srv.Step(srv.Start(), Event{Kind: EventSendRequested})
	require.Equal(t, -1, effects.Edge())
}

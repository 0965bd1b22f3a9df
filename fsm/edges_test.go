package fsm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEdges_NumberedInOrder(t *testing.T) {
	n := 0
	for e := range ClientEdges() {
		require.Equal(t, n, e.Index)
		require.NotContains(t, e.Event, "EventKind", "edge %d has a named event", n)
		n++
	}
	t.Logf("%d client edges", n)
	n = 0
	for e := range ServerEdges() {
		require.Equal(t, n, e.Index)
		n++
	}
	t.Logf("%d server edges", n)
}

func TestEdge_IsTheOneStepTakes(t *testing.T) {
	cfg := DefaultClientConfig()
	require.Equal(t, 0, cfg.Edge(cfg.Start(), Event{Kind: EventConnectRequested, Facts: FactTargetUsable}))
	require.Equal(t, -1, cfg.Edge(cfg.Start(), Event{Kind: EventConnected}))
	srv := DefaultServerConfig()
	require.Equal(t, -1, srv.Edge(srv.Start(), Event{Kind: EventSendRequested}))
}

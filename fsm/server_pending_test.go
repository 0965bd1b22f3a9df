package fsm_test

import (
	"slices"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// After 202 no decision is promised: when the time of the handshake is up the server says so.
func TestServer_Pending_OverallTimer(t *testing.T) {
	t.Attr("req", "RFC2068-202-02")
	cfg := fsm.DefaultServerConfig()
	s := cfg.Start()
	var effects fsm.Effects
	for _, ev := range []fsm.Event{
		{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP}, {Kind: fsm.EventRequest},
		{Kind: fsm.EventDecided, Status: 202}, {Kind: fsm.EventTimerExpired, Timer: fsm.TimerOverall},
	} {
		var verdict fsm.Verdict
		s, effects, verdict = cfg.Step(s, ev)
		require.Equal(t, fsm.Accepted, verdict, "%s", ev.Kind)
	}
	require.Equal(t, fsm.ServerClosing, s.Phase())
	require.Equal(t, []fsm.Effect{
		{Kind: fsm.EffectSendResponse, Code: 503}, {Kind: fsm.EffectSendTerminator},
		{Kind: fsm.EffectSendClose, Code: 1008},
		{Kind: fsm.EffectStopTimers}, {Kind: fsm.EffectArmTimer, Timer: fsm.TimerClose},
	}, slices.Collect(effects.All()))
}

package fsm

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// An alteration changes the one row, for those who step with it only.
func TestAlter_OneRow(t *testing.T) {
	cfg, ev := DefaultClientConfig(), Event{Kind: EventConnectRequested, Facts: FactTargetUsable}
	rows := slices.Collect(ClientRows())
	n := slices.IndexFunc(rows, func(r Row) bool { return r.ID == "idle/connect/dial" })
	changed := rows[n]
	changed.To, changed.Effects = "Failed", []Effect{{Kind: EffectFail}}

	s, effects, verdict := alter("client", n, changed).stepClient(cfg, cfg.Start(), ev)
	require.Equal(t, Accepted, verdict)
	require.Equal(t, ClientFailed, s.Phase())
	require.Equal(t, []Effect{{Kind: EffectFail}}, slices.Collect(effects.All()))
	require.Equal(t, changed.Index, effects.Edge())

	want, _, _ := cfg.Step(cfg.Start(), ev)
	require.Equal(t, ClientConnecting, want.Phase(), "the table is as it was")
	for name, a := range map[string]*alteration{
		"another row": alter("client", n+1, changed), "no row": alter("client", len(rows), changed),
		"a row before the first": alter("client", -1, changed),
		"the server":             alter("server", n, changed), "none": {},
	} {
		got, _, _ := a.stepClient(cfg, cfg.Start(), ev)
		require.Equal(t, want, got, name)
	}

	server, request := DefaultServerConfig(),
		Event{Kind: EventOpeningRequest, Facts: FactValid | FactKHP}
	rows = slices.Collect(ServerRows())
	n = slices.IndexFunc(rows, func(r Row) bool {
		return r.ID == "opening/opening-request/await-request"
	})
	_, _, verdict = alter("server", n, Row{From: rows[n].From, To: rows[n].From, Event: rows[n].Event,
		Verdict: Ignored}).stepServer(server, server.Start(), request)
	require.Equal(t, Ignored, verdict)
	_, _, verdict = alter("client", n, Row{}).stepServer(server, server.Start(), request)
	require.Equal(t, Accepted, verdict)
}

// A configuration carries the mistake into whatever steps its machine.
func TestAlter_InAConfiguration(t *testing.T) {
	rows := slices.Collect(ServerRows())
	n := slices.IndexFunc(rows, func(r Row) bool {
		return r.ID == "opening/opening-request/await-request"
	})
	changed := rows[n]
	changed.Effects = nil
	cfg := alter("server", n, changed).Server(DefaultServerConfig())
	_, effects, verdict := cfg.Step(cfg.Start(),
		Event{Kind: EventOpeningRequest, Facts: FactValid | FactKHP})
	require.Equal(t, Accepted, verdict)
	require.Zero(t, effects.Len())
	_, effects, _ = DefaultServerConfig().Step(cfg.Start(),
		Event{Kind: EventOpeningRequest, Facts: FactValid | FactKHP})
	require.NotZero(t, effects.Len(), "the table stays as it is")

	rows = slices.Collect(ClientRows())
	n = slices.IndexFunc(rows, func(r Row) bool { return r.ID == "connecting/connected/send-opening" })
	changed = rows[n]
	changed.Effects = nil
	client := alter("client", n, changed).Client(DefaultClientConfig())
	s, _, _ := client.Step(client.Start(), Event{Kind: EventConnectRequested, Facts: FactTargetUsable})
	_, effects, verdict = client.Step(s, Event{Kind: EventConnected})
	require.Equal(t, Accepted, verdict)
	require.Zero(t, effects.Len())
}

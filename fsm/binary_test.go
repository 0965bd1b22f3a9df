package fsm_test

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/inside"
	"github.com/stretchr/testify/require"
)

func TestState_BinaryRoundTrip(t *testing.T) {
	cfg := fsm.DefaultClientConfig()
	s, effects, _ := cfg.Step(cfg.Start(), fsm.Event{Kind: fsm.EventConnectRequested})
	require.GreaterOrEqual(t, effects.Edge(), 0, "a step names its edge")
	b, err := s.AppendBinary([]byte("kept"))
	require.NoError(t, err)
	require.Len(t, b, 4+inside.ClientStateSize, "the encoding is appended")
	var got fsm.ClientState
	require.NoError(t, got.UnmarshalBinary(b[4:]))
	require.Equal(t, s, got)

	server := fsm.DefaultServerConfig()
	u, _, _ := server.Step(server.Start(), fsm.Event{Kind: fsm.EventOpeningRequest, Status: 405})
	b, err = u.AppendBinary(nil)
	require.NoError(t, err)
	require.Len(t, b, inside.ServerStateSize)
	var back fsm.ServerState
	require.NoError(t, back.UnmarshalBinary(b))
	require.Equal(t, u, back)

	require.Equal(t, -1, fsm.Effects{}.Edge(), "no step, no edge")
}

func TestState_BinaryRefusesWhatIsNoState(t *testing.T) {
	for name, b := range map[string][]byte{"empty": nil, "no phase": make([]byte,
		inside.ClientStateSize), "unknown phase": {200, 9: 0}, "too long": {1, 10: 0}} {
		t.Run(name, func(t *testing.T) {
			s := fsm.DefaultClientConfig().Start()
			require.Error(t, s.UnmarshalBinary(b))
			require.Equal(t, fsm.ClientIdle, s.Phase(), "the state is untouched")
			require.Error(t, new(fsm.ServerState).UnmarshalBinary(b))
		})
	}
}

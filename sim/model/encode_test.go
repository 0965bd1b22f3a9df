package model

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

// wantRoundTrip walks through all states of a system and requires that each comes back from its
// encoding: so no two states share one.
func wantRoundTrip[S comparable](t *testing.T, sys explore.System[S, act.Action]) {
	t.Helper()
	seen, list := map[S]bool{sys.Start(): true}, []S{sys.Start()}
	a, b := make([]byte, sys.Size()), make([]byte, sys.Size())
	for i := range b {
		b[i] = 0xff
	}
	for i := 0; i < len(list); i++ {
		sys.Encode(list[i], a)
		require.Equal(t, list[i], sys.Decode(a), "a state comes back from its encoding")
		sys.Encode(list[i], b)
		require.Equal(t, a, b, "every byte is written")
		sys.Steps(list[i], func(s *step[S]) {
			if s.Broken == "" && !seen[s.Next] {
				seen[s.Next] = true
				list = append(list, s.Next)
			}
		})
	}
	require.Greater(t, len(list), 100)
}

func TestEncode_EveryStateComesBack(t *testing.T) {
	needTime(t)
	small := Bounds{Redirects: 1, Replays: 1, Interim: 1, Challenges: 1, Deferrals: 1}
	for _, c := range clientConfigs {
		t.Run("client/"+c.name, func(t *testing.T) {
			wantRoundTrip(t, AnyServer{Config: small.client(c.name)})
		})
	}
	for _, c := range serverConfigs {
		t.Run("server/"+c.name, func(t *testing.T) {
			cfg := fsm.DefaultServerConfig()
			c.change(&cfg)
			wantRoundTrip(t, AnyClient{Config: cfg})
		})
	}
	t.Run("honest", func(t *testing.T) {
		wantRoundTrip(t, Honest{Client: small.client("kaazing"),
			Server: fsm.ServerConfig{MaxChallenges: 1, MaxDeferrals: 1}}.System())
	})
}

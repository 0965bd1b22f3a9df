package model

import (
	"bytes"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
	"github.com/stretchr/testify/require"
)

func smallPair() explore.System[Pair, act.Action] {
	return Honest{Client: tiny.client("kaazing"),
		Server: fsm.ServerConfig{MaxChallenges: 1, MaxDeferrals: 1}}.System()
}

// walkedPair returns a system that has met some states, and those in the order of discovery.
func walkedPair(t *testing.T, states int) (sys explore.System[Pair, act.Action], list []Pair) {
	t.Helper()
	sys = smallPair()
	seen := map[Pair]bool{sys.Start(): true}
	list = []Pair{sys.Start()}
	for i := 0; len(list) < states; i++ {
		sys.Steps(list[i], func(s *step[Pair]) {
			if !seen[s.Next] {
				seen[s.Next] = true
				list = append(list, s.Next)
			}
		})
	}
	return sys, list
}

// A process that goes on with the exploration of another one has the same numbers of parts, and any
// process has the same fingerprints.
func TestPairSystem_LearnsTheNumbersOfAnother(t *testing.T) {
	sys, list := walkedPair(t, 2000)
	interned, b := sys.(explore.Interned[Pair]), make([]byte, sys.Size())
	other := smallPair()
	sys.Encode(list[len(list)-1], b)
	require.False(t, other.(explore.Interned[Pair]).Knows(b), "its parts are not known yet")
	require.NoError(t, other.(explore.Interned[Pair]).Learn(interned.Words()))
	prints := map[uint64]bool{}
	for _, p := range list {
		sys.Encode(p, b)
		require.True(t, other.(explore.Interned[Pair]).Knows(b))
		q := other.Decode(b)
		for _, seed := range []uint64{0, 1, 2} {
			fp := interned.Fingerprint(p, seed)
			require.Equal(t, fp, other.(explore.Interned[Pair]).Fingerprint(q, seed))
			require.False(t, prints[fp], "no state and no seed has the fingerprint of another")
			prints[fp] = true
		}
		require.Equal(t, p.String(), q.String())
	}
}

func TestPairSystem_RefusesPartsThatDoNotFit(t *testing.T) {
	sys, _ := walkedPair(t, 500)
	good := sys.(explore.Interned[Pair]).Words()
	require.NoError(t, smallPair().(explore.Interned[Pair]).Learn(good))
	for name, words := range map[string][][]byte{
		"none":           nil,
		"two kinds":      good[:2],
		"half a client":  {good[0][:len(good[0])-1], good[1], good[2]},
		"one twice":      {append(bytes.Clone(good[0]), good[0][:world.ClientSize]...), good[1], good[2]},
		"another start":  {good[0][world.ClientSize:], good[1], good[2]},
		"wrong order":    {good[0], good[2], good[1]},
		"an empty queue": {good[0], good[1], make([]byte, 3*queueSize)},
	} {
		require.Error(t, smallPair().(explore.Interned[Pair]).Learn(words), name)
	}
}

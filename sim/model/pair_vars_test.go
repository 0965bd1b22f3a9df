package model_test

import (
	"fmt"
	"sync"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
	"github.com/stretchr/testify/require"
)

// The variables of a state of the pair, by the names that the exported models use.
func ExamplePair_Vars() {
	m := model.Honest{Client: fsm.DefaultClientConfig(), Server: fsm.DefaultServerConfig()}
	for name, value := range m.System().Start().Vars() {
		if value != 0 {
			fmt.Println(name, value)
		}
	}
	// Output:
	// c_phase 1
	// s_phase 1
}

func TestPairVars_TellStatesApart(t *testing.T) {
	if testing.Short() {
		t.Skip("visits many states, which takes seconds")
	}
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays = 0, 1
	m := model.Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: 1}}
	seen := map[string]bool{}
	var mu sync.Mutex
	props := m.Properties()
	props.LeadsTo, props.Sometimes = nil, nil
	props.Always = append(props.Always, explore.Property[model.Pair]{
		ID: "VARS", Text: "every state is noted", Holds: func(p model.Pair) bool {
			var all []int
			for _, value := range p.Vars() {
				all = append(all, value)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[fmt.Sprint(all)] = true
			return true
		}})
	r, err := explore.Explore(m.System(), props, explore.Options{})
	require.NoError(t, err)
	require.Empty(t, r.Violations)
	require.Len(t, seen, r.States, "no two states have the same variables")
}

func TestPairVars_StopsWhenAsked(t *testing.T) {
	n := 0
	for range (model.Pair{}).Vars() {
		if n++; n == 2 {
			break
		}
	}
	require.Equal(t, 2, n)
}

package fsm_test

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/export"
	"example.com/khp/sim/model"
	"github.com/stretchr/testify/require"
)

// TestFaults_AreFound puts each fault that the exported models carry into the tables and requires that the explorer breaks the same property as the model checkers do.
func TestFaults_AreFound(t *testing.T) {
	for _, f := range export.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			defer fsm.SetRow(f.Machine.String(), f.Row, f.Changed)()
			m := faultyPair()
			r, err := explore.Explore(m, m.Properties(), explore.Options{})
			require.NoError(t, err)
			for _, v := range r.Violations {
				if v.ID == f.Property {
					t.Logf("explorer: %s breaks %s in %d steps, %d states", f.Name, v.ID, len(v.Path), r.States)
					return
				}
			}
			t.Errorf("the explorer does not find that %s: want %s broken, got %d other violations", f.Text, f.Property, len(r.Violations))
			for _, v := range r.Violations {
				t.Log(strings.SplitN(v.String(), "\n", 2)[0])
			}
		})
	}
	m := faultyPair()
	r, err := explore.Explore(m, m.Properties(), explore.Options{})
	require.NoError(t, err)
	require.Empty(t, r.Violations, "the tables are as they were")
}

// faultyPair is the pair in which faults are looked for: no deferrals, which keeps it small, and one more challenge than the client may answer.
func faultyPair() model.Honest {
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 1, 1, 2
	return model.Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: 2}}
}

package model

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

func TestFaults_EachHasItsRow(t *testing.T) { require.Len(t, act.Faults(), len(act.Mistakes)) }

func TestFaults_AreCaughtByTheirProperty(t *testing.T) {
	needTime(t)
	for _, f := range act.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			f.Unaided = f.Catches != act.OracleID
			var shortest *Violation
			for _, m := range Models() { // the first configuration of each is enough
				for _, c := range m.Configurations[:1] {
					if !c.Has(f.Side) {
						continue
					}
					r, err := c.Explore(c.Bounds("small"), f, explore.Options{})
					require.NoError(t, err)
					for _, v := range r.Violations {
						if len(v.Path) > 0 && (shortest == nil || len(v.Path) < len(shortest.Path)) {
							shortest = &v
						}
					}
				}
			}
			require.NotNil(t, shortest, "exploration finds it")
			require.Equal(t, f.Catches, shortest.ID, "%s", shortest)
		})
	}
}

// An honest pair shows the faults that exported models carry, so that the explorer breaks the same
// property as the model checkers do.
func TestFaults_AreFoundInThePair(t *testing.T) {
	needTime(t)
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 1, 1, 2
	for _, f := range act.Faults() {
		if !f.Pair {
			continue
		}
		// no deferrals, which keeps it small, and one more challenge than the client may answer
		t.Run(f.Name, func(t *testing.T) {
			m := Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: 2}, Fault: f}
			r, err := explore.Explore(m.System(), m.Properties(), explore.Options{})
			require.NoError(t, err)
			var broken []string
			for _, v := range r.Violations {
				broken = append(broken, v.ID)
			}
			require.Contains(t, broken, f.Catches, f.Text)
		})
	}
}

package model

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
	"github.com/stretchr/testify/require"
)

func TestUnlimited_HoldsForAllLimits(t *testing.T) {
	for _, m := range Unlimited() {
		for _, c := range m.Configurations {
			if m.Name == "honest" && c.Name != "spec" || c.Model == "byzantine-server" {
				continue // too long with the race detector; make prove runs khp explore
			}
			t.Run(m.Name+"/"+c.Name, func(t *testing.T) {
				if m.Name == "honest" {
					needTime(t)
				}
				r, err := c.Explore(Bounds{Unlimited: true}, act.Fault{}, explore.Options{})
				require.NoError(t, err)
				for _, v := range r.Violations {
					t.Errorf("%s", v)
				}
			})
		}
	}
	require.Len(t, everyClient(), 768)
}

// Every state that a client reaches with limits is one without, once counts say only whether
// anything is left.
func TestUnlimited_CoversEveryLimit(t *testing.T) {
	needTime(t)
	for _, limits := range []fsm.ClientConfig{{MaxRedirects: 2, MaxReplays: 1, MaxInterim: 0},
		{MaxRedirects: 0, MaxReplays: 0, MaxInterim: 2}} {
		cfg := limits
		cfg.Profile, cfg.Expect = fsm.ProfileSpec, true
		exact := AnyServer{Config: cfg}
		cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 1, 1, 1
		all := reachable(AnyServer{Config: cfg, Unlimited: true})
		left := func(n int, max uint8) uint { return uint(on01(n >= int(max))) }
		for w := range reachable(exact) {
			s := w.State
			if s.Phase() == fsm.ClientIdle {
				continue
			}
			counts := left(s.Interim(), limits.MaxInterim) | left(s.Replays(),
				limits.MaxReplays)<<1 | left(s.Redirects(), limits.MaxRedirects)<<2
			w.State, w.Host.Dials = countedClient(s, [3]bool{true, true, true}, counts), 0
			require.True(t, all[w] || s.Phase().Terminal(), "%s with %d interim, %d replays, %d redirects",
				w, s.Interim(), s.Replays(), s.Redirects())
		}
	}
}

func on01(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// reachable lists the states of a model.
func reachable(m AnyServer) map[world.Client]bool {
	seen := map[world.Client]bool{m.Start(): true}
	for queue := []world.Client{m.Start()}; len(queue) > 0; queue = queue[1:] {
		m.Steps(queue[0], func(s *step[world.Client]) {
			if !seen[s.Next] {
				seen[s.Next] = true
				queue = append(queue, s.Next)
			}
		})
	}
	return seen
}

// A limit that is not kept is found without limits, too.
func TestUnlimited_FindsWhatBreaksALimit(t *testing.T) {
	for name, id := range map[string]string{"replay-without-limit": "INV-20",
		"redirect-without-limit": "INV-21", "lost-timer": "LIV-06"} {
		f, ok := act.FaultNamed(name)
		require.True(t, ok)
		r, err := (func() (Report, error) {
			m := AnyServer{Config: unlimited.client("spec"), Fault: f, Unlimited: true}
			return explore.Explore(m, m.Properties(), explore.Options{})
		})()
		require.NoError(t, err)
		require.NotEmpty(t, r.Violations, name)
		require.Equal(t, id, r.Violations[0].ID, name)
	}
}

package sim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/fsm"
)

// clockwork is a toy system: a hand that goes from 0 to its last position, and may be told to jump, stick or break on the way.
type clockwork struct {
	last     int
	stuckAt  int // no step leads on from here
	brokenAt int // the step from here breaks a property
	loopFrom int // from here it only goes back to the position before
}

func (c clockwork) Start() int        { return 0 }
func (c clockwork) AtRest(n int) bool { return n == c.last }
func (c clockwork) Steps(n int, yield func(Step[int])) {
	if n == c.last || n == c.stuckAt {
		return
	}
	step := Step[int]{Action: Action{Side: Client, Event: fsm.Event{Kind: fsm.EventPingReceived}}, Next: n + 1, Edges: [2]int{n % 3, -1}}
	if n == c.brokenAt {
		step.Broken = "TOY-1: the wheel breaks"
	}
	if c.loopFrom > 0 && n == c.loopFrom {
		step.Next = n - 1
	}
	yield(step)
}

func wantViolation(t *testing.T, c clockwork, p Properties[int], id string, steps int) {
	t.Helper()
	r, err := Explore(c, p, Options{})
	require.NoError(t, err)
	require.Len(t, r.Violations, 1)
	require.Equal(t, id, r.Violations[0].ID)
	require.Len(t, r.Violations[0].Path, steps, "a shortest path")
	require.Contains(t, r.Violations[0].String(), id)
}

func TestExplore_FindsNothingWhereNothingIs(t *testing.T) {
	r, err := Explore(clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{
		Always:    []Property[int]{{"TOY-2", "stays on the dial", func(n int) bool { return n <= 9 }}},
		Sometimes: []Property[int]{{"TOY-3", "passes five", func(n int) bool { return n == 5 }}},
		LeadsTo:   []Property[int]{{"TOY-4", "the last position", func(n int) bool { return n == 9 }}},
	}, Options{})
	require.NoError(t, err)
	require.Empty(t, r.Violations)
	require.Equal(t, 10, r.States)
	require.Equal(t, 9, r.Steps)
	require.Equal(t, []int{3, 3, 3}, r.Edges[0])
}

func TestExplore_FindsWhatIsWrong(t *testing.T) {
	t.Run("step", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: 4}, Properties[int]{}, "TOY-1", 5)
	})
	t.Run("stuck", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: 6, brokenAt: -1}, Properties[int]{}, "LIV-09", 6)
	})
	t.Run("always", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{Always: []Property[int]{{"TOY-2", "stays below 7", func(n int) bool { return n < 7 }}}}, "TOY-2", 7)
	})
	t.Run("sometimes", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: -1}, Properties[int]{Sometimes: []Property[int]{{"TOY-3", "passes twelve", func(n int) bool { return n == 12 }}}}, "TOY-3", 0)
	})
	t.Run("leads-to", func(t *testing.T) {
		wantViolation(t, clockwork{last: 9, stuckAt: -1, brokenAt: -1, loopFrom: 3}, Properties[int]{LeadsTo: []Property[int]{{"TOY-4", "the last position", func(n int) bool { return n == 9 }}}}, "TOY-4", 0)
	})
}

func TestExplore_GivesUpBeyondItsBound(t *testing.T) {
	_, err := Explore(clockwork{last: 1000, stuckAt: -1, brokenAt: -1}, Properties[int]{}, Options{MaxStates: 100})
	require.ErrorContains(t, err, "more than 100 states")
}

func TestAction_Reads(t *testing.T) {
	require.Equal(t, "network: cut", Action{Side: Network, Cut: true}.String())
	s := Action{Side: Client, Event: fsm.Event{Kind: fsm.EventResponse, Status: 302, Facts: fsm.FactTargetUsable}}.String()
	require.True(t, strings.HasPrefix(s, "client: Response 302"), s)
}

func BenchmarkExplore(b *testing.B) {
	models := map[string]func() (Report, error){
		"any-server": func() (Report, error) {
			m := AnyServer{smallClient(clientConfigs["spec"])}
			return Explore(m, m.Properties(), Options{})
		},
		"honest": func() (Report, error) {
			cfg := smallClient(clientConfigs["spec"])
			cfg.MaxRedirects, cfg.MaxReplays = 1, 1
			m := Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: 1, MaxDeferrals: 1}}
			return Explore(m, m.Properties(), Options{})
		},
	}
	for name, run := range models {
		b.Run(name, func(b *testing.B) {
			states := 0
			for b.Loop() {
				r, err := run()
				require.NoError(b, err)
				states += r.States
			}
			b.ReportMetric(float64(states)/float64(b.N), "states")
			b.ReportMetric(float64(states)/b.Elapsed().Seconds(), "states/s")
		})
	}
}

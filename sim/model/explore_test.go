package model

import (
	"slices"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

// size is the exact size of an exploration: a change of it is a change of the machine's behaviour,
// and must be meant.
type size struct{ states, steps, depth int }

var sizes = map[string]size{
	"TestExplore_AnyClient/default":          {1817, 5997, 11},
	"TestExplore_AnyClient/plain":            {1822, 6010, 11},
	"TestExplore_AnyClient/unchecked":        {2033, 7637, 11},
	"TestExplore_AnyServer/auto":             {62580, 329541, 37},
	"TestExplore_AnyServer/auto-stay":        {8294, 45895, 19},
	"TestExplore_AnyServer/expect":           {74934, 409197, 36},
	"TestExplore_AnyServer/expect-optional":  {105321, 564312, 36},
	"TestExplore_AnyServer/kaazing":          {37962, 192615, 37},
	"TestExplore_AnyServer/kaazing-optional": {55746, 271680, 37},
	"TestExplore_AnyServer/kaazing-stay":     {4886, 26143, 19},
	"TestExplore_AnyServer/no-redirects":     {3524, 20296, 17},
	"TestExplore_AnyServer/no-wait":          {9147, 47466, 31},
	"TestExplore_AnyServer/optional":         {32511, 174573, 35},
	"TestExplore_AnyServer/other-method":     {24663, 137304, 35},
	"TestExplore_AnyServer/plain":            {26121, 143244, 35},
	"TestExplore_AnyServer/proxy-upgrade":    {68838, 371664, 44},
	"TestExplore_AnyServer/spec":             {25905, 142218, 35},
	"TestExplore_Cooperation/auto":           {335, 471, 31},
	"TestExplore_Cooperation/auto-unaware":   {231, 310, 28},
	"TestExplore_Cooperation/expect":         {126, 162, 37},
	"TestExplore_Cooperation/kaazing":        {307, 415, 31},
	"TestExplore_Cooperation/spec":           {231, 310, 28},
	"TestExplore_Honest/auto":                {46278, 146230, 36},
	"TestExplore_Honest/auto-unaware":        {30424, 93828, 33},
	"TestExplore_Honest/expect":              {38119, 119427, 43},
	"TestExplore_Honest/kaazing":             {41542, 129796, 36},
	"TestExplore_Honest/spec":                {30424, 93828, 33},
}

// needTime skips a test in short mode, which the race detector runs in: TestExplore_Same... and
// TestExplore_Resumed... show it all that runs in parallel.
func needTime(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("explores many states, which takes seconds")
	}
}

// exploreAll runs all configurations of a model within small bounds and requires that nothing is
// violated and that sizes are the known ones. Every property that held is attested. It returns
// which edges of the side's table were taken.
func exploreAll(
	t *testing.T, model string, side act.Side, atEachStep []string,
) (taken map[int]bool) {
	t.Helper()
	taken = map[int]bool{}
	for _, m := range Models() {
		for _, c := range m.Configurations {
			if c.Model != model {
				continue
			}
			t.Run(c.Name, func(t *testing.T) {
				r, err := c.Explore(c.Bounds("small"), act.Fault{}, explore.Options{})
				require.NoError(t, err)
				for _, v := range r.Violations {
					t.Errorf("%s", v)
				}
				require.Equal(t, sizes[t.Name()], size{r.States, r.Steps, r.Depth}, "size of the state space")
				for _, p := range r.Properties {
					require.True(t, p.Held && !p.Undecided, "%s: %s", p.ID, p.Text)
					if !slices.Contains([]string{"TOTAL", "CAUSE", act.OracleID}, p.ID) {
						t.Attr("req", p.ID)
					}
				}
				for _, id := range atEachStep {
					t.Attr("req", id)
				}
				for i, n := range Edges(r)[side-act.Client] {
					taken[i] = taken[i] || n > 0
				}
			})
		}
	}
	return taken
}

// Properties that the hosts of the models check at every step.
var (
	clientSteps = []string{
		"INV-01", "INV-02", "INV-03", "INV-04", "INV-05", "INV-06", "INV-07", "INV-16", "INV-17",
		"INV-18", "INV-19", "INV-20", "INV-21", "INV-28", "INV-37", "INV-39", "LIV-09",
		"KHP-GEN-05", "KHP-GEN-06", "KHP-OPEN-05", "WSP-OPEN-07",
	}
	serverSteps = []string{
		"INV-01", "INV-02", "INV-03", "INV-04", "INV-05", "INV-37", "INV-39", "INV-40", "INV-41",
		"INV-42", "INV-43", "INV-45", "INV-46", "LIV-06", "LIV-09",
		"KHP-GEN-05", "RFC6585-511-04",
	}
)

func TestExplore_AnyServer(t *testing.T) {
	needTime(t)
	wantAllTaken(t, exploreAll(t, "byzantine-server", act.Client, clientSteps),
		act.EdgesOf(act.Client))
}

func TestExplore_AnyClient(t *testing.T) {
	wantAllTaken(t, exploreAll(t, "byzantine-client", act.Server, serverSteps),
		act.EdgesOf(act.Server))
}

func TestExplore_Honest(t *testing.T) {
	needTime(t)
	exploreAll(t, "honest", act.Client, append(clientSteps, serverSteps...))
}

func wantAllTaken(t *testing.T, taken map[int]bool, edges []fsm.Row) {
	t.Helper()
	for _, e := range edges {
		if !taken[e.Index] {
			t.Errorf("edge %d %s: %s --%s [%s]--> %s was never taken",
				e.Index, e.ID, e.From, e.Event, e.Guard, e.To)
		}
	}
}

func BenchmarkExplore(b *testing.B) {
	for _, m := range Models() {
		b.Run(m.Name, func(b *testing.B) {
			states := 0
			for b.Loop() {
				r, err := m.Configurations[0].Explore(m.Configurations[0].Bounds("small"), act.Fault{},
					explore.Options{})
				require.NoError(b, err)
				states += r.States
			}
			b.ReportMetric(float64(states)/float64(b.N), "states")
			b.ReportMetric(float64(states)/b.Elapsed().Seconds(), "states/s")
		})
	}
}

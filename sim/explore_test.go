package sim

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// clientConfigs are the configurations explored: small bounds, and every switch in both positions.
var clientConfigs = map[string]func(*fsm.ClientConfig){
	"spec":             func(*fsm.ClientConfig) {},
	"kaazing":          func(c *fsm.ClientConfig) { c.Profile = fsm.ProfileKaazing },
	"kaazing-optional": func(c *fsm.ClientConfig) { c.Profile, c.TerminatorOptional = fsm.ProfileKaazing, true },
	"kaazing-stay":     func(c *fsm.ClientConfig) { c.Profile, c.NoRedirects = fsm.ProfileKaazing, true },
	"optional":         func(c *fsm.ClientConfig) { c.TerminatorOptional = true },
	"expect":           func(c *fsm.ClientConfig) { c.Expect = true },
	"expect-optional":  func(c *fsm.ClientConfig) { c.Expect, c.TerminatorOptional = true, true },
	"plain":            func(c *fsm.ClientConfig) { c.PlainFallback = true },
	"other-method":     func(c *fsm.ClientConfig) { c.OtherMethod = true },
	"no-redirects":     func(c *fsm.ClientConfig) { c.NoRedirects = true },
	"no-wait":          func(c *fsm.ClientConfig) { c.NoWait = true },
	"auto":             func(c *fsm.ClientConfig) { c.Profile = fsm.ProfileAuto },
	"auto-stay":        func(c *fsm.ClientConfig) { c.Profile, c.NoRedirects = fsm.ProfileAuto, true },
	"proxy-upgrade":    func(c *fsm.ClientConfig) { c.Proxy, c.Upgrade = true, true },
}

func smallClient(change func(*fsm.ClientConfig)) fsm.ClientConfig {
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 2, 2, 2
	change(&cfg)
	return cfg
}

// size is what an exploration must find exactly: a change of it is a change of the machine's behaviour, and must be meant.
type size struct{ states, steps, depth int }

var sizes = map[string]size{
	"TestExplore_AnyClient/default":          {1817, 7386, 11},
	"TestExplore_AnyClient/plain":            {1822, 7402, 11},
	"TestExplore_AnyClient/unchecked":        {2033, 9242, 11},
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
	"TestExplore_Honest/auto":                {46278, 160342, 36},
	"TestExplore_Honest/auto-unaware":        {30424, 102978, 33},
	"TestExplore_Honest/expect":              {48763, 172992, 42},
	"TestExplore_Honest/kaazing":             {41542, 142414, 36},
	"TestExplore_Honest/spec":                {30424, 102978, 33},
}

// explore runs a model and requires that nothing is violated and that its size is the known one. Every property that held is attested.
func explore[S comparable](t *testing.T, sys System[S], props Properties[S], atEachStep []string) Report {
	t.Helper()
	r, err := Explore(sys, props, Options{})
	require.NoError(t, err)
	for _, v := range r.Violations {
		t.Errorf("%s", v)
	}
	require.Equal(t, sizes[t.Name()], size{r.States, r.Steps, r.Depth}, "size of the state space")
	for _, list := range [][]Property[S]{props.Always, props.Sometimes, props.LeadsTo} {
		for _, p := range list {
			t.Attr("req", p.ID)
		}
	}
	for _, id := range atEachStep {
		t.Attr("req", id)
	}
	return r
}

// Properties that the hosts of the models check at every step.
var (
	clientSteps = []string{
		"INV-01", "INV-02", "INV-03", "INV-04", "INV-05", "INV-06", "INV-07", "INV-16", "INV-17", "INV-18", "INV-19", "INV-20", "INV-21", "INV-28", "INV-37", "INV-39", "LIV-09",
		"KHP-GEN-05", "KHP-GEN-06", "KHP-OPEN-05", "WSP-OPEN-07",
	}
	serverSteps = []string{
		"INV-01", "INV-02", "INV-03", "INV-04", "INV-05", "INV-37", "INV-39", "INV-40", "INV-41", "INV-42", "INV-43", "INV-45", "INV-46", "LIV-06", "LIV-09",
		"KHP-GEN-05", "RFC6585-511-04",
	}
)

func TestExplore_AnyServer(t *testing.T) {
	taken := map[int]bool{}
	for name, change := range clientConfigs {
		t.Run(name, func(t *testing.T) {
			m := AnyServer{smallClient(change)}
			r := explore(t, m, m.Properties(), clientSteps)
			for i, n := range r.Edges[0] {
				taken[i] = taken[i] || n > 0
			}
		})
	}
	for e := range fsm.ClientEdges() {
		if !taken[e.Index] {
			t.Errorf("edge %d %s: %s --%s [%s]--> %s was never taken", e.Index, e.ID, e.From, e.Event, e.Guard, e.To)
		}
	}
}

// serverConfigs are the configurations explored.
var serverConfigs = map[string]func(*fsm.ServerConfig){
	"default":   func(*fsm.ServerConfig) {},
	"plain":     func(c *fsm.ServerConfig) { c.Plain = true },
	"unchecked": func(c *fsm.ServerConfig) { c.Unchecked = true },
}

func TestExplore_AnyClient(t *testing.T) {
	taken := map[int]bool{}
	for name, change := range serverConfigs {
		t.Run(name, func(t *testing.T) {
			m := AnyClient{fsm.ServerConfig{MaxChallenges: 2, MaxDeferrals: 2}}
			change(&m.Config)
			r := explore(t, m, m.Properties(), serverSteps)
			for i, n := range r.Edges[1] {
				taken[i] = taken[i] || n > 0
			}
		})
	}
	for e := range fsm.ServerEdges() {
		if !taken[e.Index] {
			t.Errorf("edge %d %s: %s --%s [%s]--> %s was never taken", e.Index, e.ID, e.From, e.Event, e.Guard, e.To)
		}
	}
}

func TestExplore_Honest(t *testing.T) {
	for _, name := range []string{"spec", "kaazing", "expect", "auto", "auto-unaware"} {
		t.Run(name, func(t *testing.T) {
			config, unaware := strings.CutSuffix(name, "-unaware")
			cfg := smallClient(clientConfigs[config])
			cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 1, 1, 2
			m := Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: 1, MaxDeferrals: 1}, Unaware: unaware}
			explore(t, m, m.Properties(), append(clientSteps, serverSteps...))
		})
	}
}

package sim

import (
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
	"proxy-upgrade":    func(c *fsm.ClientConfig) { c.Proxy, c.Upgrade = true, true },
}

func smallClient(change func(*fsm.ClientConfig)) fsm.ClientConfig {
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 2, 2, 2
	change(&cfg)
	return cfg
}

func wantNoViolation(t *testing.T, r Report, err error) {
	t.Helper()
	require.NoError(t, err)
	for _, v := range r.Violations {
		t.Errorf("%s", v)
	}
	t.Logf("%d states, %d steps, depth %d", r.States, r.Steps, r.Depth)
}

func TestExplore_AnyServer(t *testing.T) {
	taken := map[int]bool{}
	for name, change := range clientConfigs {
		t.Run(name, func(t *testing.T) {
			m := AnyServer{smallClient(change)}
			r, err := Explore(m, m.Properties(), Options{})
			wantNoViolation(t, r, err)
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
			r, err := Explore(m, m.Properties(), Options{})
			wantNoViolation(t, r, err)
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
	for _, name := range []string{"spec", "kaazing", "expect"} {
		t.Run(name, func(t *testing.T) {
			cfg := smallClient(clientConfigs[name])
			cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 1, 1, 2
			m := Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: 1, MaxDeferrals: 1}}
			r, err := Explore(m, m.Properties(), Options{})
			wantNoViolation(t, r, err)
		})
	}
}

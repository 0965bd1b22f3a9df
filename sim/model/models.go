package model

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
)

// The actions of an exploration, and the faults of a machine.
type (
	Side   = act.Side   // who acts: Client, Server or Network
	Action = act.Action // one event of one machine, or of the network
	Fault  = act.Fault  // a mistake in a row of a table, which every checker must find
)

// Sides.
const (
	Client  = act.Client
	Server  = act.Server
	Network = act.Network
)

// Faults returns all faults, in the order in which they are named to the user.
func Faults() []Fault { return act.Faults() }

// FaultNamed returns the fault called name.
func FaultNamed(name string) (Fault, bool) { return act.FaultNamed(name) }

// VarName makes the name of a variable of a condition or mark: "wait running" of the client is
// c_wait_running.
func VarName(prefix, name string) string { return world.VarName(prefix, name) }

// Results of explorations.
type (
	Report    = explore.Report[act.Action]
	Violation = explore.Violation[act.Action]
)

type step[S comparable] = explore.Step[S, act.Action]

// holds and leads write properties in a line.
func holds[S comparable](id, text string, holds func(S) bool) explore.Property[S] {
	return explore.Property[S]{ID: id, Text: text, Holds: holds}
}

func leads[S comparable](id, text string, from, to func(S) bool) explore.Promise[S] {
	return explore.Promise[S]{ID: id, Text: text, From: from, To: to}
}

// Merge puts the reports of all shards of a configuration together; see [explore.Merge].
func Merge(shards ...Report) (Report, error) { return explore.Merge(act.EdgeCount(), shards...) }

// Bounds limit the counters of a model, and so its size.
type Bounds struct {
	Redirects int `json:"redirects"` // follow-up connections of a connect call
	Replays   int `json:"replays"`   // replays on a connection
	// 100 and 202 responses on a connection, as the client counts them
	Interim    int `json:"interim"`
	Challenges int `json:"challenges"` // 401 responses of a server
	Deferrals  int `json:"deferrals"`  // 202 responses of a server

	Unlimited bool `json:"unlimited,omitempty"` // any limits at once, and the others mean nothing
}

// Model is a group of configurations that are explored together.
type Model struct {
	Name, Text     string
	Configurations []Configuration
}

// Configuration is one machine, or pair of machines, to explore.
type Configuration struct {
	Model, Name string
	sides       []act.Side
	bounds      map[string]Bounds
	explore     func(Bounds, act.Fault, explore.Options) (Report, error)
}

// BoundNames are the names of the ready-made bounds, the default in the middle.
var BoundNames = []string{"small", "default", "large"}

// Bounds returns the ready-made bounds called name, one of [BoundNames].
func (c Configuration) Bounds(name string) Bounds { return c.bounds[name] }

// Has reports whether a side takes part that acts by its machine, so that a fault there changes
// something.
func (c Configuration) Has(s act.Side) bool {
	return slices.Contains(c.sides, s)
}

// Explore explores the configuration. The zero Fault is none.
func (c Configuration) Explore(b Bounds, f act.Fault, o explore.Options) (Report, error) {
	return c.explore(b, f, o)
}

// named is a configuration of a machine.
type named[C any] struct {
	name   string
	change func(*C)
}

// clientConfigs are the clients explored: every switch in both positions.
var clientConfigs = []named[fsm.ClientConfig]{
	{"spec", func(*fsm.ClientConfig) {}},
	{"kaazing", func(c *fsm.ClientConfig) { c.Profile = fsm.ProfileKaazing }},
	{"kaazing-optional", func(c *fsm.ClientConfig) {
		c.Profile, c.TerminatorOptional = fsm.ProfileKaazing, true
	}},
	{"kaazing-stay", func(c *fsm.ClientConfig) {
		c.Profile, c.NoRedirects = fsm.ProfileKaazing, true
	}},
	{"optional", func(c *fsm.ClientConfig) { c.TerminatorOptional = true }},
	{"expect", func(c *fsm.ClientConfig) { c.Expect = true }},
	{"expect-optional", func(c *fsm.ClientConfig) { c.Expect, c.TerminatorOptional = true, true }},
	{"plain", func(c *fsm.ClientConfig) { c.PlainFallback = true }},
	{"other-method", func(c *fsm.ClientConfig) { c.OtherMethod = true }},
	{"no-redirects", func(c *fsm.ClientConfig) { c.NoRedirects = true }},
	{"no-wait", func(c *fsm.ClientConfig) { c.NoWait = true }},
	{"auto", func(c *fsm.ClientConfig) { c.Profile = fsm.ProfileAuto }},
	{"auto-stay", func(c *fsm.ClientConfig) { c.Profile, c.NoRedirects = fsm.ProfileAuto, true }},
	{"proxy-upgrade", func(c *fsm.ClientConfig) { c.Proxy, c.Upgrade = true, true }},
}

// serverConfigs are the servers explored.
var serverConfigs = []named[fsm.ServerConfig]{
	{"default", func(*fsm.ServerConfig) {}},
	{"plain", func(c *fsm.ServerConfig) { c.Plain = true }},
	{"unchecked", func(c *fsm.ServerConfig) { c.Unchecked = true }},
}

// pairedConfigs are the clients that meet an honest server. An unaware server does not know the
// kaazing profile.
var pairedConfigs = []struct {
	name, client string
	unaware      bool
}{{"spec", "spec", false}, {"kaazing", "kaazing", false}, {"expect", "expect", false},
	{"auto", "auto", false}, {"auto-unaware", "auto", true}}

// client returns the client configuration called name within bounds.
func (b Bounds) client(name string) fsm.ClientConfig {
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = uint8(b.Redirects),
		uint8(b.Replays), uint8(b.Interim)
	for _, c := range clientConfigs {
		if c.name == name {
			c.change(&cfg)
		}
	}
	return cfg
}

// Ready-made bounds. The small ones take about a second for all models together, the default ones
// are those of the machines' defaults, the large ones go beyond them.
var (
	byzantineServerBounds = map[string]Bounds{
		"small": {Redirects: 2, Replays: 2, Interim: 2}, "default": {Redirects: 5, Replays: 3,
			Interim: 8}, "large": {Redirects: 10, Replays: 5, Interim: 16},
	}
	byzantineClientBounds = map[string]Bounds{"small": {Challenges: 2, Deferrals: 2},
		"default": {Challenges: 3, Deferrals: 4}, "large": {Challenges: 8, Deferrals: 16}}
	honestBounds = map[string]Bounds{
		"small":   {Redirects: 1, Replays: 1, Interim: 2, Challenges: 1, Deferrals: 1},
		"default": {Redirects: 5, Replays: 3, Interim: 8, Challenges: 3, Deferrals: 4},
		"large":   {Redirects: 10, Replays: 5, Interim: 8, Challenges: 5, Deferrals: 5},
	}
)

// Models returns all models.
func Models() []Model {
	honest := Model{"honest", "honest client and server, free applications and clock, " +
		"a network that keeps order and is cut anywhere", paired("honest", Honest{}, honestBounds)}
	cooperation := Model{"cooperation",
		"honest client and server that want the connection: nothing is cut, nobody gives up",
		paired("cooperation", Honest{Cooperative: true}, honestBounds)}
	servers := Model{Name: "byzantine-server",
		Text: "honest client against a server, network and clock that do anything at any time"}
	for _, c := range clientConfigs {
		servers.Configurations = append(servers.Configurations, Configuration{servers.Name, c.name,
			[]act.Side{act.Client}, byzantineServerBounds,
			func(b Bounds, f act.Fault, o explore.Options) (Report, error) {
				m := AnyServer{Config: b.client(c.name), Fault: f}
				return explore.Explore(m, m.Properties(), o)
			}})
	}
	clients := Model{Name: "byzantine-client", Text: "honest server against clients, a network, " +
		"an application and a clock that do anything at any time"}
	for _, c := range serverConfigs {
		clients.Configurations = append(clients.Configurations, Configuration{clients.Name, c.name,
			[]act.Side{act.Server}, byzantineClientBounds,
			func(b Bounds, f act.Fault, o explore.Options) (Report, error) {
				m := AnyClient{Config: fsm.ServerConfig{MaxChallenges: uint8(b.Challenges),
					MaxDeferrals: uint8(b.Deferrals)}, Fault: f}
				c.change(&m.Config)
				return explore.Explore(m, m.Properties(), o)
			}})
	}
	return []Model{honest, servers, clients, cooperation}
}

// paired returns the configurations of a model whose pairs are like m.
func paired(model string, m Honest, bounds map[string]Bounds) (list []Configuration) {
	for _, p := range pairedConfigs {
		list = append(list, Configuration{model, p.name, []act.Side{act.Client, act.Server}, bounds,
			func(b Bounds, f act.Fault, o explore.Options) (Report, error) {
				if m.Unlimited {
					b = unlimited
				}
				m := m
				m.Client, m.Unaware, m.Fault = b.client(p.client), p.unaware, f
				m.Server.MaxChallenges, m.Server.MaxDeferrals = uint8(b.Challenges), uint8(b.Deferrals)
				return explore.Explore(m.System(), m.Properties(), o)
			}})
	}
	return list
}

// Edges returns how often each edge of the client's and of the server's table was taken, by its
// index; nil for a table of which none was.
func Edges(r Report) (tables [2][]int) {
	n := min(act.ClientEdges, len(r.Edges))
	for i, list := range [2][]int{r.Edges[:n], r.Edges[n:]} {
		if slices.ContainsFunc(list, func(n int) bool { return n > 0 }) {
			tables[i] = list
		}
	}
	return tables
}

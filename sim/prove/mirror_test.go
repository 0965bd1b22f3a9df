package prove

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/tables"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
)

// The surroundings of a machine are terms here and code in package model. Both take every step of
// an exploration: the same row must be taken, the same must be known afterwards, and a duty must be
// broken where the model says that a property is.

// hostNames are the variables of the model that are called otherwise here.
var hostNames = map[string]string{
	webSocket: "web_socket", asked: "asked", writing: "writing", following: "following",
	closeSent: "close_sent", toldOpen: "opened", toldEnd: "ended",
	selected: "selected", outstanding: "outstanding", challenged: "challenged", over: "over",
	bodyAllowed: "body_allowed", good: "good",
	deciding: "deciding", bodyOwed: "body_owed", peerClosed: "peer_closed", request: "request",
	responding: "responding", decided: "decided",
	forKaazing: "asked_kaazing", again: "again",
}

// read reads a state of the model: its phase, and the variables by their names here.
func (m *Machine) read(
	vars iter.Seq2[string, int], max map[string]int,
) (phase string, values map[string]bool) {
	byName := map[string]int{}
	for name, value := range vars {
		byName[name] = value
	}
	prefix, values := m.Side[:1]+"_", map[string]bool{}
	for _, v := range m.state {
		name := v
		if n, ok := hostNames[v]; ok {
			name = n
		}
		values[v] = byName[model.VarName(prefix, name)] != 0
	}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		name := strings.TrimPrefix(t.String(), "Timer")
		for variable, set := range map[string]int{runs(name): byName[prefix+"running"],
			still(name): byName[prefix+"paused"]} {
			if _, ok := values[variable]; ok {
				values[variable] = set&(1<<t) != 0
			}
		}
	}
	for count, n := range max {
		values[count+" left"] = byName[prefix+count] < n
	}
	phase = strings.TrimPrefix(fsm.ClientPhase(byName["c_phase"]).String(), "Client")
	if m.Side == "server" {
		phase = strings.TrimPrefix(fsm.ServerPhase(byName["s_phase"]).String(), "Server")
	}
	return phase, values
}

// input adds the facts of an event.
func input(values map[string]bool, ev fsm.Event) {
	for f := fsm.FactTargetUsable; f <= fsm.FactReroute; f <<= 1 {
		values[factPrefix+f.String()] = ev.Facts.Has(f)
	}
	rule := fsm.Status(int(ev.Status))
	for _, field := range rule.Duties.Fields() {
		values["status requires "+field] = true
	}
	values["status is never sent"] = rule.Duties&codes.NeverSend != 0
}

type world interface {
	comparable
	Vars() iter.Seq2[string, int]
}

// mirror follows every step of an exploration, and returns how many broke a property.
func mirror[S world](t *testing.T, m *Machine, sys explore.System[S, model.Action],
	config map[string]bool, max map[string]int, column func(fsm.Event) string) (broken int) {
	cells := map[string][]*run{}
	for n := range m.rows {
		r := m.run(n)
		cells[r.row.From+" "+r.row.Event] = append(cells[r.row.From+" "+r.row.Event], r)
	}
	known := map[string]bool{} // counts are not looked at
	for _, r := range slices.Concat(slices.Collect(maps.Values(cells))...) {
		for _, d := range r.duties {
			known[d.id] = true
		}
	}
	seen := map[S]bool{sys.Start(): true}
	queue := []S{sys.Start()}
	for i := 0; i < min(len(queue), mirrored); i++ {
		s := queue[i]
		phase, now := m.read(s.Vars(), max)
		maps.Copy(now, config)
		sys.Steps(s, func(step *explore.Step[S, model.Action]) {
			before := maps.Clone(now)
			input(before, step.Action.Event)
			of := func(name string) bool { return before[name] }
			cell := cells[phase+" "+column(step.Action.Event)]
			i := slices.IndexFunc(cell, func(r *run) bool { return r.when.value(of) })
			if i < 0 || int(step.Action.Index) != cell[i].row.Index {
				t.Fatalf("%s in %s takes %s, and another row in the terms",
					step.Action, phase, step.Action.Row())
			}
			r := cell[i]
			var ids []string
			for _, d := range r.duties {
				if !d.holds.value(of) {
					ids = append(ids, d.id)
				}
			}
			if id, _, _ := strings.Cut(step.Broken, ":"); step.Broken != "" {
				if broken++; known[id] {
					require.Contains(t, ids, id, "%s by %s in %s", step.Broken, step.Action, phase)
				}
				return
			}
			if len(ids) > 0 {
				t.Fatalf("%s in %s breaks %s in the terms only", step.Action, phase, ids)
			}
			_, after := m.read(step.Next.Vars(), max)
			for _, v := range m.state {
				if after[v] != r.at[v].value(of) {
					t.Fatalf("%s is %t after %s in %s", v, after[v], step.Action, phase)
				}
			}
			if !seen[step.Next] {
				seen[step.Next] = true
				queue = append(queue, step.Next)
			}
		})
	}
	return broken
}

// mirrored is how many states are followed in each configuration, the nearest first: enough for
// every row that can be taken there.
const mirrored = 300

func mirrorClient(t *testing.T, fault model.Fault, cfg fsm.ClientConfig) int {
	config := map[string]bool{
		"kaazing": cfg.Profile == fsm.ProfileKaazing, "auto": cfg.Profile == fsm.ProfileAuto,
		"terminator required": !cfg.TerminatorOptional,
		"plain fallback":      cfg.PlainFallback, "Expect sent": cfg.Expect, "GET": !cfg.OtherMethod,
		"redirects on": !cfg.NoRedirects, "may wait": !cfg.NoWait,
		"proxy configured": cfg.Proxy, "upgrade on": cfg.Upgrade,
	}
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 1, 1, 1
	return mirror(t, with(Client(), fault), model.AnyServer{Config: cfg, Fault: fault}, config,
		map[string]int{"redirects": 1, "replays": 1, "interim": 1}, tables.FSM.ClientColumn)
}

func mirrorServer(t *testing.T, fault model.Fault, cfg fsm.ServerConfig) int {
	config := map[string]bool{"plain served": cfg.Plain, "unchecked": cfg.Unchecked}
	cfg.MaxChallenges, cfg.MaxDeferrals = 1, 1
	return mirror(t, with(Server(), fault), model.AnyClient{Config: cfg, Fault: fault}, config,
		map[string]int{"replays": 1, "interim": 1}, tables.FSM.ServerColumn)
}

func with(m *Machine, f model.Fault) *Machine {
	if f.Name == "" {
		return m
	}
	return m.With(f.Row, f.Changed)
}

func TestMirror(t *testing.T) {
	clients := map[string]fsm.ClientConfig{
		"spec":    {Profile: fsm.ProfileSpec},
		"kaazing": {Profile: fsm.ProfileKaazing, TerminatorOptional: true, Proxy: true, Upgrade: true},
		"auto":    {Profile: fsm.ProfileAuto, PlainFallback: true, OtherMethod: true},
		"expect":  {Profile: fsm.ProfileSpec, Expect: true},
	}
	for name, cfg := range clients {
		t.Run("client/"+name, func(t *testing.T) { require.Zero(t, mirrorClient(t, model.Fault{}, cfg)) })
	}
	for name, cfg := range map[string]fsm.ServerConfig{"default": {}, "plain": {Plain: true},
		"unchecked": {Unchecked: true}} {
		t.Run("server/"+name, func(t *testing.T) { require.Zero(t, mirrorServer(t, model.Fault{}, cfg)) })
	}
	for _, f := range model.Faults() {
		t.Run("fault/"+f.Name, func(t *testing.T) {
			if f.Side == model.Client {
				mirrorClient(t, f, clients["spec"])
				return
			}
			mirrorServer(t, f, fsm.ServerConfig{})
		})
	}
}

package fsm_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
	"example.com/khp/sim/oracle"
	"github.com/stretchr/testify/require"
)

var mutate = flag.Bool("mutate", false,
	"run the mutation check: every change of a table cell must be noticed (make mutate)")

// TestMutation changes the tables one cell at a time and requires that the oracle or the explorer
// notices. The oracle was written from the requirements and the explorer checks properties, so
// neither of them depends on the tables.
func TestMutation(t *testing.T) {
	if !*mutate {
		t.Skip("run with -mutate, or make mutate")
	}
	begin := time.Now()
	clients, servers := clientSamples(), serverSamples()
	clientWalks, serverWalks := clientGraphs(), serverGraphs()
	total, byStep, byWalk, byExplorer, spare, open := 0, 0, 0, 0, 0, 0
	var alive []string
	for m := range fsm.Mutants() {
		total++
		m.Apply()
		switch {
		case m.Side == "client" && clients.differ(m.Cell), m.Side == "server" && servers.differ(m.Cell),
			m.Side == "status" && compareStatus() != nil:
			byStep++
		case m.Side == "client" && clients.leftOpen(m), m.Side == "server" && servers.leftOpen(m):
			open++
		case m.Side == "client" && clientWalks.differ(m.Cell), m.Side == "server" &&
			serverWalks.differ(m.Cell), m.Side == "status" && noticedByOracle() != "":
			byWalk++
		case noticedByExplorer(m.Side) != "":
			byExplorer++
		case redundant(m.Name):
			spare++
		case onlyVerdict(m.Name), equivalents[m.Name] != "", implied(t, m.Name):
			open++
		default:
			alive = append(alive, m.Name)
		}
		m.Undo()
	}
	t.Logf("mutants: %d of %d killed (%d by one step compared with the oracle, %d by walks, "+
		"%d by the explorer), %d redundant orders, %d left open by the text or equivalent, in %v",
		byStep+byWalk+byExplorer, total, byStep, byWalk, byExplorer, spare, open,
		time.Since(begin).Round(time.Second))
	require.Equal(t, 25, spare, "redundant orders: a new one must be meant")
	for _, name := range alive {
		t.Errorf("nothing notices: %s", name)
	}
	require.Empty(t, noticedByOracle(), "the tables are as they were")
}

// equivalents are mutants that change nothing, for a reason that no analysis of the table sees.
var equivalents = map[string]string{
	"client edge 150 sending-body/data/reading []: also mark 10": "a body " +
		"that was cut short lets no response complete, so nothing asks for a late terminator any more",
	"client order ClientClosing CloseRequested: row 1 [plan close] behind the next one": "the next " +
		"one plans to close, which is the plan already",
	"client order ClientDraining CloseRequested: row 1 [plan close] behind the next one": "the next " +
		"one plans to close, which is the plan already",
}

var (
	moreGuarded = regexp.MustCompile(` \[(.*)\]: only (if|unless) (.*)$`)
	implication = regexp.MustCompile(`(?m)^- (.*) → (.*)$`)
)

// implied reports whether a mutant only adds a condition that the guard of its row implies anyway,
// by a proven invariant.
func implied(t *testing.T, name string) bool {
	m := moreGuarded.FindStringSubmatch(name)
	if m == nil {
		return false
	}
	page, err := os.ReadFile("../docs/invariants.md")
	require.NoError(t, err)
	not := func(s string) string {
		if s, ok := strings.CutPrefix(s, "not "); ok {
			return s
		}
		return "not " + s
	}
	guard, more := strings.Split(m[1], ", "), m[3]
	if m[2] == "unless" {
		more = not(more)
	}
	for _, i := range implication.FindAllStringSubmatch(string(page), -1) {
		if slices.Contains(guard, i[1]) && more == i[2] ||
			slices.Contains(guard, not(i[2])) && more == not(i[1]) {
			return true
		}
	}
	return false
}

// redundant reports whether a mutant that nothing notices only drops an order that has nothing left
// to do there. Every end stops all timers, also those where none can be running, so that one row
// serves them all; and a second 202, or a second 100, records the status that the first one
// recorded.
func redundant(name string) bool {
	if strings.HasSuffix(name, ": without EffectStopTimers") {
		return true
	}
	again := strings.Contains(name, "ServerPending Decided(Wait)") ||
		strings.Contains(name, "reading/100/unexpected-message")
	return again && strings.HasSuffix(name, fmt.Sprintf(": without op %b", fsm.OpStatus))
}

// samples are, for each cell of a table, situations in which the cell decides. Comparing them is
// much faster than to walk through everything.
type samples struct {
	cells  map[int][]func() bool
	spoken map[int]bool // the text says something about the cell
}

// leftOpen reports whether a mutant only exchanges verdicts where the text says neither: in no
// situation anything happens.
func (s *samples) leftOpen(m fsm.Mutant) bool { return !s.spoken[m.Cell] && onlyVerdict(m.Name) }

// onlyVerdict reports whether a mutant changes only the verdict on an event without consequence.
func onlyVerdict(name string) bool {
	return strings.HasSuffix(name, "Ignored: Misuse") || strings.HasSuffix(name, "Misuse: Ignored") ||
		strings.HasSuffix(name, "Ignored: Accepted")
}

// differ reports whether machine and oracle differ in a situation in which the cell decides.
func (s *samples) differ(cell int) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = true
		}
	}()
	for _, differs := range s.cells[cell] {
		if differs() {
			return true
		}
	}
	return false
}

func clientSamples() *samples {
	all := &samples{map[int][]func() bool{}, map[int]bool{}}
	for _, cfg := range oracleClientConfigs {
		collect(all, newClient(cfg, clientEvents(quickStatuses, variants)), fsm.ClientCell)
	}
	return all
}

func serverSamples() *samples {
	all := &samples{map[int][]func() bool{}, map[int]bool{}}
	for _, cfg := range oracleServerConfigs {
		collect(all, newServer(cfg, serverEvents(quickStatuses, variants)), fsm.ServerCell)
	}
	return all
}

// collect walks like the comparison does and keeps some situations for each cell and event.
func collect[S, M comparable](all *samples, c *subject[S, M], cellOf func(S, fsm.Event) int) {
	const perEvent = 8
	type key struct {
		cell int
		ev   fsm.Event
	}
	kept := map[key]int{}
	first := node[S, M]{state: c.start, model: c.model}
	seen, queue := map[node[S, M]]bool{first: true}, []node[S, M]{first}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		for _, ev := range c.events {
			if k := (key{cellOf(n.state, ev), ev}); k.cell >= 0 && kept[k] < perEvent {
				kept[k]++
				if _, _, verdict := c.oracle(n.model, ev); verdict != oracle.Refused &&
					verdict != oracle.Nothing {
					all.spoken[k.cell] = true
				}
				all.cells[k.cell] = append(all.cells[k.cell],
					func() bool { _, diff, _ := c.next(n, ev); return diff != "" })
			}
			if to, _, moved := c.next(n, ev); moved && !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
}

// graphs are those of all configurations of a machine.
type graphs []interface{ differs(cell int) bool }

// differ reports whether the comparison of machine and oracle comes upon a difference once a cell
// is another one.
func (all graphs) differ(cell int) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = true
		}
	}()
	for _, g := range all {
		if g.differs(cell) {
			return true
		}
	}
	return false
}

func clientGraphs() (all graphs) {
	for _, cfg := range oracleClientConfigs {
		all = append(all, newGraph(newClient(cfg, clientEvents(quickStatuses, singles)), fsm.ClientCell))
	}
	return all
}

func serverGraphs() (all graphs) {
	for _, cfg := range oracleServerConfigs {
		all = append(all, newGraph(newServer(cfg, serverEvents(quickStatuses, singles)), fsm.ServerCell))
	}
	return all
}

// graph is everything that the comparison of a configuration visits, while the table is as it
// should be.
type graph[S, M comparable] struct {
	*subject[S, M]
	nodes   []node[S, M]
	known   map[node[S, M]]struct{}
	through map[int][]situation // by cell
}

// situation is a node and an event, by their numbers.
type situation struct{ node, ev int32 }

func newGraph[S, M comparable](c *subject[S, M], cellOf func(S, fsm.Event) int) *graph[S, M] {
	first := node[S, M]{state: c.start, model: c.model}
	g := &graph[S, M]{c, []node[S, M]{first}, map[node[S, M]]struct{}{first: {}},
		map[int][]situation{}}
	for i := 0; i < len(g.nodes); i++ {
		for k, ev := range c.events {
			if cell := cellOf(g.nodes[i].state, ev); cell >= 0 {
				g.through[cell] = append(g.through[cell], situation{int32(i), int32(k)})
			}
			if to, _, moved := c.next(g.nodes[i], ev); moved {
				if _, known := g.known[to]; !known {
					g.known[to] = struct{}{}
					g.nodes = append(g.nodes, to)
				}
			}
		}
	}
	return g
}

// differs walks as [subject.walk] does, through the changes of an altered cell: the steps through
// it, and everything that is reached by them and was not before. All other steps are as they were.
func (g *graph[S, M]) differs(cell int) bool {
	fresh := map[node[S, M]]struct{}{}
	var queue []node[S, M]
	step := func(n node[S, M], ev fsm.Event) (differs bool) {
		to, diff, moved := g.next(n, ev)
		if diff != "" || !moved {
			return diff != ""
		}
		_, known := g.known[to]
		if _, again := fresh[to]; !known && !again {
			fresh[to] = struct{}{}
			queue = append(queue, to)
		}
		return false
	}
	for _, s := range g.through[cell] {
		if step(g.nodes[s.node], g.events[s.ev]) {
			return true
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, ev := range g.events {
			if step(queue[0], ev) {
				return true
			}
		}
	}
	return false
}

// noticedByOracle compares the machines with the oracle; "" if they agree.
func noticedByOracle() (what string) {
	defer func() {
		if v := recover(); v != nil {
			what = fmt.Sprint("panic: ", v)
		}
	}()
	if err := compareStatus(); err != nil {
		return err.Error()
	}
	for _, cfg := range oracleClientConfigs {
		if err := compareClient(cfg); err != nil {
			return err.Error()
		}
	}
	for _, cfg := range oracleServerConfigs {
		if err := compareServer(cfg); err != nil {
			return err.Error()
		}
	}
	return ""
}

// noticedByExplorer checks the properties of all models in which a table is used; "" if they hold.
func noticedByExplorer(table string) (what string) {
	defer func() {
		if v := recover(); v != nil {
			what = fmt.Sprint("panic: ", v)
		}
	}()
	for _, cfg := range oracleClientConfigs {
		if table == "server" {
			break
		}
		cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = min(cfg.MaxRedirects, 1),
			min(cfg.MaxReplays, 1), min(cfg.MaxInterim, 1)
		m := model.AnyServer{Config: cfg, Fault: model.Fault{Unaided: true}}
		if r, err := explore.Explore(m, m.Properties(),
			explore.Options{MaxStates: 100_000}); err != nil || len(r.Violations) > 0 {
			return fmt.Sprint(err, r.Violations)
		}
	}
	for _, cfg := range oracleServerConfigs {
		if table == "client" {
			break
		}
		m := model.AnyClient{Config: cfg, Fault: model.Fault{Unaided: true}}
		if r, err := explore.Explore(m, m.Properties(),
			explore.Options{MaxStates: 100_000}); err != nil || len(r.Violations) > 0 {
			return fmt.Sprint(err, r.Violations)
		}
	}
	return ""
}
